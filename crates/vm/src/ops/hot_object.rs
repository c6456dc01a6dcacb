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
use crate::Context;
use crate::dispatch::{Next, Table, go};
use crate::frame::Frame;
use crate::func::CacheSlot;
use crate::props;
use phalanx_bytecode::{Kind, Op};
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
        let data = pc.add(1);
        let tag = match (*data).kind_a() {
            Kind::Lit => (*Lit::at(data, fp, (*data).a)).tag(),
            _ => (*Frame::slot(fp, (*data).a)).deref().tag(),
        };
        let slot = match object {
            Some(object) if tag != Tag::Undef => props::write_cached(object, cache(pc, fp), tag),
            _ => std::ptr::null_mut(),
        };
        if !slot.is_null() && !(*slot).is_counted() {
            match (*data).kind_a() {
                Kind::Lit => slot.write((*Lit::at(data, fp, (*data).a)).copy_raw()),
                Kind::Tmp => slot.write(Frame::slot(fp, (*data).a).read().into_deref()),
                _ => slot.write((*Frame::slot(fp, (*data).a)).deref_clone()),
            }
            return go(pc.add(2), fp, cx, table);
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
