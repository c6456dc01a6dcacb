//! Static properties.
//!
//! # Safety
//!
//! The places of static properties are live as long as the request.
#![allow(unsafe_code, reason = "static properties are written through places")]

use crate::Context;
use crate::class::ClassRef;
use crate::class::PropRef;
use crate::frame::flag;
use crate::ins::Ins;
use crate::static_props::StaticMode;
use crate::thrown::PhpResult;
use phalanx_bytecode::flags::{BinOp, op as op_flag};
use phalanx_bytecode::{Kind, types};
use phalanx_value::{PhpRef, PhpString, Tag, Value};

/// Class and name of the property.
fn operands(ins: Ins, cx: &mut Context) -> PhpResult<(ClassRef, PhpString)> {
    let op = ins.op();
    let name = if op.kind_a() == Kind::Lit {
        ins.name_a().clone()
    } else {
        let name = ins.take_a(cx)?;
        cx.to_string(&name)?
    };
    let class = super::class::operand(ins, op.kind_b(), op.b, cx)?;
    Ok((class, name))
}

/// Address of the property, for writing.
fn place(ins: Ins, cx: &mut Context) -> PhpResult<(*mut Value, PropRef)> {
    let (class, name) = operands(ins, cx)?;
    find(ins, cx, class, &name)
}

fn find(ins: Ins, cx: &mut Context, class: ClassRef, name: &PhpString) -> PhpResult<(*mut Value, PropRef)> {
    let found = cx.static_prop(class, name, ins.scope(), StaticMode::Write)?;
    if let Some((place, info)) = found {
        super::hot_static::remember(ins, class, place, info);
    }
    Ok(found.expect("only silent look-ups find nothing without an error"))
}

fn assign_to(cx: &mut Context, place: (*mut Value, PropRef), value: Value) -> PhpResult<Value> {
    // SAFETY: module documentation.
    unsafe { cx.assign_static(place.0, place.1, value) }
}

pub(super) fn fetch_r(ins: Ins, cx: &mut Context) -> PhpResult {
    let (class, name) = operands(ins, cx)?;
    let value = match cx.static_prop(class, &name, ins.scope(), StaticMode::Read)? {
        Some((place, info)) => {
            super::hot_static::remember(ins, class, place, info);
            // SAFETY: module documentation.
            unsafe { (*place).deref_clone() }
        }
        None => Value::NULL,
    };
    ins.set_c(value);
    Ok(())
}

pub(super) fn fetch_is(ins: Ins, cx: &mut Context) -> PhpResult {
    let (class, name) = operands(ins, cx)?;
    let value = quiet(ins, cx, class, &name)?;
    ins.set_c(value);
    Ok(())
}

fn quiet(ins: Ins, cx: &mut Context, class: ClassRef, name: &PhpString) -> PhpResult<Value> {
    Ok(match cx.static_prop(class, name, ins.scope(), StaticMode::Isset)? {
        Some((place, info)) => {
            super::hot_static::remember(ins, class, place, info);
            // SAFETY: module documentation.
            unsafe { (*place).deref_clone() }
        }
        None => Value::NULL,
    })
}

pub(super) fn fetch_w(ins: Ins, cx: &mut Context) -> PhpResult {
    let (class, name) = operands(ins, cx)?;
    let flags = ins.op().flags();
    let place = cx.static_place(class, &name, ins.scope(), flags)?;
    ins.set_c(Value::indirect(place));
    Ok(())
}

pub(super) fn fetch_func_arg(ins: Ins, cx: &mut Context) -> PhpResult {
    if ins.call().has(flag::SEND_BY_REF) { fetch_w(ins, cx) } else { fetch_r(ins, cx) }
}

pub(super) fn assign(ins: Ins, cx: &mut Context) -> PhpResult {
    let place = place(ins, cx)?;
    let value = ins.data().take_a(cx)?;
    let assigned = assign_to(cx, place, value)?;
    ins.set_c(assigned);
    Ok(())
}

pub(super) fn assign_op(ins: Ins, cx: &mut Context) -> PhpResult {
    let op = BinOp::from_flags(ins.op().flags());
    let (class, name) = operands(ins, cx)?;
    let old = cx.read_static(class, &name, ins.scope())?;
    let right = ins.data().take_a(cx)?;
    let new = super::arith::compute(cx, op, &old, &right)?;
    let place = find(ins, cx, class, &name)?;
    let assigned = assign_to(cx, place, new)?;
    ins.set_c(assigned);
    Ok(())
}

/// The reference that the DATA of an instruction names.
pub(super) fn data_reference(ins: Ins, cx: &mut Context) -> PhpResult<PhpRef> {
    let data = ins.data();
    if data.op().kind_a() == Kind::Tmp {
        let value = data.take_slot(data.op().a);
        return match value.tag() {
            // SAFETY: the fetch before this instruction gave a live place.
            Tag::Indirect => Ok(unsafe { (*value.indirect_ptr()).make_ref() }),
            Tag::Reference => Ok(value.into_ref().expect("by its tag")),
            _ => {
                cx.notice("Only variables should be assigned by reference")?;
                Ok(PhpRef::new(value))
            }
        };
    }
    // SAFETY: the operand is a variable.
    Ok(unsafe { (*data.place_a()).make_ref() })
}

pub(super) fn assign_ref(ins: Ins, cx: &mut Context) -> PhpResult {
    let place = place(ins, cx)?;
    let reference = data_reference(ins, cx)?;
    crate::props::bind_check(cx, place.1, &reference)?;
    // SAFETY: module documentation. The old value is dropped last.
    let old = unsafe { std::ptr::replace(place.0, Value::reference(reference.clone())) };
    drop(old);
    ins.set_c(reference.get());
    Ok(())
}

fn step<const UP: bool, const PRE: bool>(ins: Ins, cx: &mut Context) -> PhpResult {
    let (class, name) = operands(ins, cx)?;
    let old = cx.read_static(class, &name, ins.scope())?;
    let new = super::assign::step::<UP>(cx, &old)?;
    let place = find(ins, cx, class, &name)?;
    if old.is_int() && new.is_float() && place.1.ty.is_some() && place.1.ty.bits() & types::FLOAT == 0 {
        return Err(cx.step_error(place.1, UP));
    }
    let new = assign_to(cx, place, new)?;
    ins.set_c(if PRE { new } else { old });
    Ok(())
}

pub(super) fn pre<const UP: bool>(ins: Ins, cx: &mut Context) -> PhpResult {
    step::<UP, true>(ins, cx)
}

pub(super) fn post<const UP: bool>(ins: Ins, cx: &mut Context) -> PhpResult {
    step::<UP, false>(ins, cx)
}

pub(super) fn unset(ins: Ins, cx: &mut Context) -> PhpResult {
    let (class, name) = operands(ins, cx)?;
    Err(cx.throw_error(format!("Attempt to unset static property {}::${name}", class.name)))
}

pub(super) fn isset(ins: Ins, cx: &mut Context) -> PhpResult {
    let empty = ins.has(op_flag::EMPTY);
    let (class, name) = operands(ins, cx)?;
    let value = quiet(ins, cx, class, &name)?;
    let set = if empty { !cx.to_bool(&value)? } else { !value.is_nullish() };
    ins.set_c(Value::bool(set));
    Ok(())
}
