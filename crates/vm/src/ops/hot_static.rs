//! Static properties, class constants and constants through their inline caches, the fast way.
//!
//! ```text
//!  name of a static property  | address of the value | PropInfo if a write needs it |
//!  name of a class constant   | class                | ClassConst                   |
//!  name of a constant         | address of the value |
//! ```
//!
//! Only what is the same each time the instruction runs is noted: a static property by the name of its class, `self`
//! or `parent`.
//!
//! # Safety
//!
//! Handlers: see [`crate::dispatch`]. Operand kinds are those of the specialisation a handler serves. Static
//! properties, class constants and what [`crate::kept`] keeps stay where they are until the request ends.
#![allow(unsafe_code, reason = "hand-written handlers")]

use super::hot_arith::{Lit, Place};
use super::hot_array::data_place;
use crate::Context;
use crate::class::{ClassConst, ClassRef, Lazy, PropInfo, PropRef};
use crate::dispatch::{Next, Table, go};
use crate::frame::Frame;
use crate::func::CacheSlot;
use crate::ins::Ins;
use phalanx_bytecode::flags::{self, class as class_flags};
use phalanx_bytecode::{FLAG_SHIFT, Kind, Op};
use phalanx_value::{Tag, Value};
use std::ptr;

/// The inline cache of the name at `operand`.
#[inline(always)]
unsafe fn cache(operand: u32, pc: *const Op, fp: *mut Frame) -> *mut CacheSlot {
    // SAFETY: module documentation.
    unsafe { (*fp).cache.add((*Lit::at(pc, fp, operand)).spare() as usize) }
}

/// The value of the static property that the cache leads to, dereferenced, or null.
#[inline(always)]
unsafe fn place(pc: *const Op, fp: *mut Frame) -> *mut Value {
    // SAFETY: module documentation.
    unsafe {
        let place = *cache((*pc).a, pc, fp);
        if place == 0 { ptr::null_mut() } else { Value::deref_ptr(ptr::with_exposed_provenance_mut(place)) }
    }
}

/// Notes where a static property lies, if it is the same one each time.
pub(super) fn remember(ins: Ins, class: ClassRef, place: *mut Value, info: PropRef) {
    let op = ins.op();
    let fixed = match op.kind_b() {
        Kind::Lit => true,
        Kind::None => op.b != flags::CLASS_STATIC,
        _ => false,
    };
    if op.kind_a() != Kind::Lit || !fixed || class.has(class_flags::TRAIT) {
        return;
    }
    let name = ins.literal(op.a);
    ins.cache_of(name, 0).set(place.expose_provenance());
    ins.cache_of(name, 1).set(if info.ty.is_some() { info.as_ptr().expose_provenance() } else { 0 });
}

/// `FETCH_STATIC_R`.
pub(super) unsafe fn fetch(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let place = place(pc, fp);
        if !place.is_null() && !(*place).is_undef() {
            Frame::slot(fp, (*pc).c).write((*place).clone());
            return go(pc.add(1), fp, cx, table);
        }
        let handler = const { super::simple(super::static_prop::fetch_r) };
        handler(pc, fp, cx, table)
    }
}

/// `ASSIGN_STATIC` over a value that is not counted.
pub(super) unsafe fn assign(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let cache = cache((*pc).a, pc, fp);
        let place: *mut Value = ptr::with_exposed_provenance_mut(*cache);
        let value = data_place(pc, fp);
        let tag = (*value).tag();
        if !place.is_null()
            && !(*place).is_counted()
            && !(*value).is_counted()
            && tag != Tag::Undef
            && takes(*cache.add(1), tag)
        {
            place.write((*value).copy_raw());
            return go(pc.add(2), fp, cx, table);
        }
        let handler = const { super::with_data(super::static_prop::assign) };
        handler(pc, fp, cx, table)
    }
}

/// Whether the property of a cache word takes a value with this tag without a check.
#[inline(always)]
unsafe fn takes(info: CacheSlot, tag: Tag) -> bool {
    let info: *const PropInfo = ptr::with_exposed_provenance(info);
    // SAFETY: the word is null or the address of a property.
    info.is_null() || unsafe { (*info).fast_bits } & 1 << tag as u32 != 0
}

/// `ISSET_STATIC`, and `empty`.
pub(super) unsafe fn isset(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let place = place(pc, fp);
        if !place.is_null()
            && let Some(truth) = is_set((*pc).x >> FLAG_SHIFT, place)
        {
            Frame::slot(fp, (*pc).c).write(Value::bool(truth));
            return go(pc.add(1), fp, cx, table);
        }
        let handler = const { super::simple(super::static_prop::isset) };
        handler(pc, fp, cx, table)
    }
}

/// What `isset` or `empty`, as the flags say, answers for a value, if no code has to run for it.
#[inline(always)]
pub(super) unsafe fn is_set(flags: u16, value: *const Value) -> Option<bool> {
    // SAFETY: the caller's value is live.
    unsafe {
        let tag = (*value).tag();
        if flags & flags::op::EMPTY == 0 {
            return if tag == Tag::Undef { None } else { Some(tag != Tag::Null) };
        }
        match tag {
            Tag::Null | Tag::False => Some(true),
            Tag::True => Some(false),
            Tag::Int => Some((*value).int_unchecked() == 0),
            _ => None,
        }
    }
}

/// `FETCH_CONST`.
pub(super) unsafe fn constant(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation. What the cache leads to is not counted.
    unsafe {
        let value: *const Value = ptr::with_exposed_provenance(*cache((*pc).a, pc, fp));
        if !value.is_null() {
            Frame::slot(fp, (*pc).c).write((*value).copy_raw());
            return go(pc.add(1), fp, cx, table);
        }
        let handler = const { super::simple(super::constant::fetch) };
        handler(pc, fp, cx, table)
    }
}

/// `FETCH_CLASS_CONST`.
pub(super) unsafe fn class_constant(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let class = match (*pc).kind_a() {
            Kind::Lit => *cache((*pc).a, pc, fp),
            Kind::Tmp => match (*Frame::slot(fp, (*pc).a)).tag() {
                Tag::Raw => (*Frame::slot(fp, (*pc).a)).payload_bits() as usize,
                _ => 0,
            },
            _ => {
                let func = (*fp).func;
                let scope = func.scope.filter(|_| (*pc).a == flags::CLASS_SELF);
                scope.map_or(0, |scope| scope.as_ptr().expose_provenance())
            }
        };
        let cache = cache((*pc).b, pc, fp);
        if class != 0 && *cache == class {
            let constant: *const ClassConst = ptr::with_exposed_provenance(*cache.add(1));
            if let Lazy::Value(value) = &*(*constant).value.as_ptr() {
                Frame::slot(fp, (*pc).c).write(value.clone());
                return go(pc.add(1), fp, cx, table);
            }
        }
        let handler = const { super::simple(super::class::fetch_const) };
        handler(pc, fp, cx, table)
    }
}
