//! Properties of objects.
//!
//! # Safety
//!
//! Places come from [`Ins`], which knows that they are live.
#![allow(unsafe_code, reason = "objects are found through places")]

use crate::Context;
use crate::frame::flag;
use crate::func::CacheSlot;
use crate::ins::Ins;
use crate::props::{Isset, Place, PlaceMode, ReadMode};
use crate::thrown::{PhpResult, Thrown};
use phalanx_bytecode::Kind;
use phalanx_bytecode::flags::{BinOp, op as op_flag};
use phalanx_value::{ObjRef, PhpString, Value, View};

/// The property name in operand b, with its inline cache if it is a literal.
fn name(ins: Ins, cx: &mut Context) -> PhpResult<(PhpString, *mut CacheSlot)> {
    if ins.op().kind_b() == Kind::Lit {
        let literal = ins.literal(ins.op().b);
        return match literal.as_string() {
            Some(name) => Ok((name.clone(), ins.cache_ptr(literal))),
            None => Ok((cx.to_string(literal)?, std::ptr::null_mut())),
        };
    }
    let name = ins.take_b(cx)?;
    let name = match name.as_string() {
        Some(name) => name.clone(),
        None => cx.to_string(&name)?,
    };
    Ok((name, std::ptr::null_mut()))
}

/// A place as the contents of a temporary.
fn into_slot(place: Place) -> Value {
    match place {
        Place::Slot(slot) => Value::indirect(slot),
        Place::Temp(value) => value,
    }
}

/// The object operand of a read: `$this`, or a value.
fn object_to_read(ins: Ins, cx: &mut Context, quiet: bool) -> PhpResult<Value> {
    if ins.op().kind_a() == Kind::None {
        return this(ins, cx);
    }
    if quiet {
        let value = ins.peek_a();
        ins.free_a();
        return Ok(value);
    }
    ins.take_a(cx)
}

fn this(ins: Ins, cx: &mut Context) -> PhpResult<Value> {
    match ins.this() {
        Some(this) => Ok(Value::object(this.clone())),
        None => Err(cx.throw_error("Using $this when not in object context")),
    }
}

fn read(ins: Ins, cx: &mut Context, mode: ReadMode) -> PhpResult {
    let container = object_to_read(ins, cx, mode == ReadMode::Isset)?;
    let (name, cache) = name(ins, cx)?;
    let value = match container.view() {
        View::Object(object) => cx.read_prop(object, &name, ins.scope(), mode, cache)?,
        _ if mode == ReadMode::Isset => Value::NULL,
        _ => {
            let kind = crate::convert::value_name(&container);
            cx.warning(format!("Attempt to read property \"{name}\" on {kind}"))?;
            Value::NULL
        }
    };
    ins.set_c(value.into_deref());
    Ok(())
}

pub(super) fn fetch_r(ins: Ins, cx: &mut Context) -> PhpResult {
    read(ins, cx, ReadMode::Read)
}

pub(super) fn fetch_is(ins: Ins, cx: &mut Context) -> PhpResult {
    read(ins, cx, ReadMode::Isset)
}

/// What a write finds where it expects an object.
enum Target {
    Object(ObjRef),
    /// Null, or an undefined variable.
    Null,
    Other(Value),
}

/// The object operand of what writes to it, and reads it before: an undefined variable warns.
fn object_to_change(ins: Ins, cx: &mut Context) -> PhpResult<Target> {
    if ins.misses_a() {
        ins.undefined(ins.op().a, cx)?;
        return Ok(Target::Null);
    }
    object_to_write(ins, cx)
}

/// The object operand of a write.
fn object_to_write(ins: Ins, cx: &mut Context) -> PhpResult<Target> {
    if ins.op().kind_a() == Kind::None {
        let this = this(ins, cx)?;
        return Ok(Target::Object(this.into_object().expect("an object")));
    }
    // SAFETY: module documentation.
    let value = unsafe { (*ins.place_a()).deref_clone() };
    Ok(match value.view() {
        View::Object(object) => Target::Object(object.clone()),
        View::Undef | View::Null => Target::Null,
        _ => Target::Other(value),
    })
}

/// The error of a write to a property of something that is no object.
fn no_object(cx: &mut Context, target: Target, action: &str, name: &PhpString) -> crate::thrown::Thrown {
    let kind = match target {
        Target::Other(value) => crate::convert::value_name(&value).to_string(),
        _ => "null".to_string(),
    };
    cx.throw_error(format!("Attempt to {action} property \"{name}\" on {kind}"))
}

fn fetch_write(ins: Ins, cx: &mut Context, mode: PlaceMode) -> PhpResult {
    let target = match mode {
        PlaceMode::ReadWrite => object_to_change(ins, cx)?,
        _ => object_to_write(ins, cx)?,
    };
    let (name, cache) = name(ins, cx)?;
    let Target::Object(object) = target else {
        ins.free_a();
        return Err(no_object(cx, target, "modify", &name));
    };
    let fetched = cx.prop_place(&object, &name, ins.scope(), mode, ins.op().flags(), cache)?;
    // The object may live in temporary a alone: its owner must not go before the place is used.
    let mut slot = into_slot(fetched);
    if ins.op().kind_a() == Kind::Tmp {
        let owner = ins.take_slot(ins.op().a);
        drop(owner);
        if object.ref_count() == 1 && slot.tag() == phalanx_value::Tag::Indirect {
            // SAFETY: the object is still alive here.
            slot = unsafe { (*slot.indirect_ptr()).clone() };
        }
    }
    ins.set_c(slot);
    Ok(())
}

pub(super) fn fetch_w(ins: Ins, cx: &mut Context) -> PhpResult {
    fetch_write(ins, cx, PlaceMode::Write)
}

pub(super) fn fetch_rw(ins: Ins, cx: &mut Context) -> PhpResult {
    fetch_write(ins, cx, PlaceMode::ReadWrite)
}

pub(super) fn fetch_unset(ins: Ins, cx: &mut Context) -> PhpResult {
    let target = object_to_change(ins, cx)?;
    let (name, cache) = name(ins, cx)?;
    match target {
        Target::Object(object) => {
            let fetched = cx.prop_place(&object, &name, ins.scope(), PlaceMode::Unset, 0, cache)?;
            ins.free_a();
            ins.set_c(into_slot(fetched));
            Ok(())
        }
        _ => {
            ins.free_a();
            ins.set_c(Value::NULL);
            Ok(())
        }
    }
}

pub(super) fn fetch_func_arg(ins: Ins, cx: &mut Context) -> PhpResult {
    if !ins.call().has(flag::SEND_BY_REF) {
        return fetch_r(ins, cx);
    }
    if ins.has(op_flag::TEMPORARY) {
        return Err(temporary_by_ref(ins, cx));
    }
    fetch_w(ins, cx)
}

/// Nothing in a value that no variable holds can be passed by reference.
pub(super) fn temporary_by_ref(ins: Ins, cx: &mut Context) -> Thrown {
    ins.free_b();
    ins.free_a();
    cx.throw_error("Cannot use temporary expression in write context")
}

pub(super) fn assign(ins: Ins, cx: &mut Context) -> PhpResult {
    let target = object_to_write(ins, cx)?;
    let (name, cache) = name(ins, cx)?;
    let value = ins.data().take_a(cx)?;
    let Target::Object(object) = target else {
        ins.free_a();
        return Err(no_object(cx, target, "assign", &name));
    };
    let assigned = cx.write_prop(&object, &name, value, ins.scope(), cache);
    ins.free_a();
    ins.set_c(assigned?);
    Ok(())
}

#[inline(never)]
pub(super) fn assign_op(ins: Ins, cx: &mut Context) -> PhpResult {
    let op = BinOp::from_flags(ins.op().flags());
    let target = object_to_change(ins, cx)?;
    let (name, cache) = name(ins, cx)?;
    let right = ins.data().take_a(cx)?;
    let Target::Object(object) = target else {
        ins.free_a();
        return Err(no_object(cx, target, "assign", &name));
    };
    let scope = ins.scope();
    let result = cx
        .update_prop(&object, &name, scope, cache, &mut |cx, old| super::arith::compute(cx, op, old, &right));
    ins.free_a();
    let (_, new) = result?;
    ins.set_c(new);
    Ok(())
}

#[inline(never)]
pub(super) fn assign_ref(ins: Ins, cx: &mut Context) -> PhpResult {
    let target = object_to_write(ins, cx)?;
    let (name, cache) = name(ins, cx)?;
    let reference = super::static_prop::data_reference(ins, cx)?;
    let Target::Object(object) = target else {
        ins.free_a();
        return Err(no_object(cx, target, "modify", &name));
    };
    cx.bind_prop(&object, &name, &reference, ins.scope(), cache)?;
    ins.free_a();
    ins.set_c(reference.get());
    Ok(())
}

#[inline(never)]
fn step<const UP: bool, const PRE: bool>(ins: Ins, cx: &mut Context) -> PhpResult {
    let target = object_to_change(ins, cx)?;
    let (name, cache) = name(ins, cx)?;
    let Target::Object(object) = target else {
        ins.free_a();
        return Err(no_object(cx, target, "increment/decrement", &name));
    };
    let result = cx
        .step_prop(&object, &name, ins.scope(), UP, cache, &mut |cx, old| super::assign::step::<UP>(cx, old));
    ins.free_a();
    let (old, new) = result?;
    ins.set_c(if PRE { new } else { old });
    Ok(())
}

#[inline(never)]
pub(super) fn pre<const UP: bool>(ins: Ins, cx: &mut Context) -> PhpResult {
    step::<UP, true>(ins, cx)
}

#[inline(never)]
pub(super) fn post<const UP: bool>(ins: Ins, cx: &mut Context) -> PhpResult {
    step::<UP, false>(ins, cx)
}

pub(super) fn unset(ins: Ins, cx: &mut Context) -> PhpResult {
    let target = object_to_write(ins, cx)?;
    let (name, cache) = name(ins, cx)?;
    let done = match target {
        Target::Object(object) => cx.unset_prop(&object, &name, ins.scope(), cache),
        Target::Null => Ok(()),
        Target::Other(_) => Err(cx.throw_error("Attempt to unset property on a non-object")),
    };
    ins.free_a();
    done
}

pub(super) fn isset(ins: Ins, cx: &mut Context) -> PhpResult {
    let empty = ins.has(op_flag::EMPTY);
    let container = if ins.op().kind_a() == Kind::None { this(ins, cx)? } else { ins.peek_a() };
    ins.free_a();
    let (name, cache) = name(ins, cx)?;
    let what = if empty { Isset::NotEmpty } else { Isset::Set };
    let set = match container.view() {
        View::Object(object) => cx.has_prop(object, &name, ins.scope(), what, cache)?,
        _ => false,
    };
    ins.set_c(Value::bool(set != empty));
    Ok(())
}
