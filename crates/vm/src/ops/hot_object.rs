//! Reads and writes of declared properties through their inline cache, the fast way.
//!
//! The layout of the cache is told in [`crate::props`].
//!
//! # Safety
//!
//! Handlers: see [`crate::dispatch`]. Operand kinds are those of the specialisation a handler serves. A cache that
//! names the object's class has the offset of a slot of that class.
#![allow(unsafe_code, reason = "hand-written handlers")]

use super::hot_arith::{Lit, Place};
use super::hot_array::data_place;
use super::hot_assign::compute;
use crate::Context;
use crate::dispatch::{Next, Table, go};
use crate::frame::Frame;
use crate::func::CacheSlot;
use crate::props;
use phalanx_bytecode::{FLAG_SHIFT, Kind, Op};
use phalanx_value::{ObjRef, Tag, Value};

/// The inline cache of the property's name.
#[inline(always)]
unsafe fn cache(pc: *const Op, fp: *mut Frame) -> *mut CacheSlot {
    // SAFETY: module documentation.
    unsafe { (*fp).cache.add((*Lit::at(pc, fp, (*pc).b)).spare() as usize) }
}

#[inline(always)]
unsafe fn fetch(
    object: Option<&ObjRef>,
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: module documentation.
    unsafe {
        if let Some(object) = object
            && let Some(value) = props::read_cached(object, cache(pc, fp))
        {
            Frame::slot(fp, (*pc).c).write(value.clone());
            return go(pc.add(1), fp, cx, table);
        }
        let handler = const { super::simple(super::object::fetch_r) };
        handler(pc, fp, cx, table)
    }
}

/// `FETCH_OBJ_R` of `$this`.
pub(super) unsafe fn fetch_this(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe { fetch((*fp).this.as_object(), pc, fp, cx, table) }
}

/// `FETCH_OBJ_R` of a variable.
pub(super) unsafe fn fetch_variable(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let variable = Value::deref_ptr(Frame::slot(fp, (*pc).a));
        fetch((*variable).as_object(), pc, fp, cx, table)
    }
}

#[inline(always)]
unsafe fn assign(
    object: Option<&ObjRef>,
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let value = data_place(pc, fp);
        let tag = (*value).tag();
        if let Some(object) = object
            && tag != Tag::Undef
            && tag != Tag::Reference
        {
            let slot = props::write_cached(object, cache(pc, fp), tag);
            if !slot.is_null() && !(*slot).is_counted() {
                // A temporary's value moves; literals are never counted.
                if (*pc.add(1)).kind_a() == Kind::Cv {
                    (*value).add_ref();
                }
                slot.write((*value).copy_raw());
                return go(pc.add(2), fp, cx, table);
            }
        }
        assign_slow(pc, fp, cx, table)
    }
}

#[inline(never)]
unsafe fn assign_slow(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    let handler = const { super::with_data(super::object::assign) };
    // SAFETY: module documentation.
    unsafe { handler(pc, fp, cx, table) }
}

/// `ASSIGN_OBJ` to `$this`.
pub(super) unsafe fn assign_this(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe { assign((*fp).this.as_object(), pc, fp, cx, table) }
}

/// `ASSIGN_OBJ` to the object in a variable.
pub(super) unsafe fn assign_variable(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let variable = Value::deref_ptr(Frame::slot(fp, (*pc).a));
        assign((*variable).as_object(), pc, fp, cx, table)
    }
}

/// `ISSET_OBJ`, and `empty`, of a declared property that has a value.
#[inline(always)]
unsafe fn isset(
    object: Option<&ObjRef>,
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: module documentation.
    unsafe {
        if let Some(object) = object
            && let Some(value) = props::read_cached(object, cache(pc, fp))
            && let Some(truth) = super::hot_static::is_set((*pc).x >> FLAG_SHIFT, value)
        {
            Frame::slot(fp, (*pc).c).write(Value::bool(truth));
            return go(pc.add(1), fp, cx, table);
        }
        let handler = const { super::simple(super::object::isset) };
        handler(pc, fp, cx, table)
    }
}

/// `ISSET_OBJ` of `$this`.
pub(super) unsafe fn isset_this(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe { isset((*fp).this.as_object(), pc, fp, cx, table) }
}

/// `ISSET_OBJ` of the object in a variable.
pub(super) unsafe fn isset_variable(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let variable = Value::deref_ptr(Frame::slot(fp, (*pc).a));
        isset((*variable).as_object(), pc, fp, cx, table)
    }
}

/// The slot of a declared property that holds an int or float and may hold another one, or null.
#[inline(always)]
unsafe fn number(object: Option<&ObjRef>, pc: *const Op, fp: *mut Frame) -> *mut Value {
    // SAFETY: module documentation.
    unsafe {
        let Some(object) = object else { return std::ptr::null_mut() };
        let slot = props::cached_slot(object, cache(pc, fp));
        if slot.is_null() {
            return slot;
        }
        // A value of the same type fits if any may be stored without a check.
        props::write_cached(object, cache(pc, fp), (*slot).tag())
    }
}

/// `ASSIGN_OBJ_OP` on numbers whose result is of the type that was there.
#[inline(always)]
unsafe fn compound(
    object: Option<&ObjRef>,
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let slot = number(object, pc, fp);
        if !slot.is_null()
            && let Some(result) = compute((*pc).x >> FLAG_SHIFT, slot, data_place(pc, fp))
            && result.tag() == (*slot).tag()
        {
            slot.write(result);
            return go(pc.add(2), fp, cx, table);
        }
        let handler = const { super::with_data(super::object::assign_op) };
        handler(pc, fp, cx, table)
    }
}

/// `ASSIGN_OBJ_OP` of `$this`.
pub(super) unsafe fn compound_this(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe { compound((*fp).this.as_object(), pc, fp, cx, table) }
}

/// `ASSIGN_OBJ_OP` of the object in a variable.
pub(super) unsafe fn compound_variable(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let variable = Value::deref_ptr(Frame::slot(fp, (*pc).a));
        compound((*variable).as_object(), pc, fp, cx, table)
    }
}

/// Counts an int property up or down; what it was, unless the general way is needed.
#[inline(always)]
unsafe fn count<const UP: bool>(object: Option<&ObjRef>, pc: *const Op, fp: *mut Frame) -> Option<i64> {
    // SAFETY: module documentation.
    unsafe {
        let slot = number(object, pc, fp);
        if slot.is_null() || (*slot).tag() != Tag::Int {
            return None;
        }
        let old = (*slot).int_unchecked();
        let new = if UP { old.checked_add(1)? } else { old.checked_sub(1)? };
        (*slot).set_int_unchecked(new);
        Some(old)
    }
}

/// `PRE_INC_OBJ` and `PRE_DEC_OBJ` of `$this` whose result nobody wants.
pub(super) unsafe fn step_this<const UP: bool>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: module documentation.
    unsafe {
        if count::<UP>((*fp).this.as_object(), pc, fp).is_some() {
            return go(pc.add(1), fp, cx, table);
        }
        let handler = const { super::simple(super::object::pre::<UP>) };
        handler(pc, fp, cx, table)
    }
}

/// The same of the object in a variable.
pub(super) unsafe fn step_variable<const UP: bool>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let variable = Value::deref_ptr(Frame::slot(fp, (*pc).a));
        if count::<UP>((*variable).as_object(), pc, fp).is_some() {
            return go(pc.add(1), fp, cx, table);
        }
        let handler = const { super::simple(super::object::pre::<UP>) };
        handler(pc, fp, cx, table)
    }
}

/// `POST_INC_OBJ` and `POST_DEC_OBJ` of `$this`.
pub(super) unsafe fn post_step_this<const UP: bool>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: module documentation.
    unsafe {
        if let Some(old) = count::<UP>((*fp).this.as_object(), pc, fp) {
            Frame::slot(fp, (*pc).c).write(Value::int(old));
            return go(pc.add(1), fp, cx, table);
        }
        let handler = const { super::simple(super::object::post::<UP>) };
        handler(pc, fp, cx, table)
    }
}
