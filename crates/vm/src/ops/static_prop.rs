//! Static properties.
//!
//! # Safety
//!
//! The places of static properties are live as long as the request.
#![allow(unsafe_code, reason = "static properties are written through places")]

use crate::class::ClassRef;
use crate::frame::flag;
use crate::ins::Ins;
use crate::thrown::PhpResult;
use crate::{Context, props, static_props};
use phalanx_bytecode::Kind;
use phalanx_bytecode::flags::{BinOp, op as op_flag};
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
fn place(ins: Ins, cx: &mut Context) -> PhpResult<static_props::StaticPlace> {
    let (class, name) = operands(ins, cx)?;
    static_props::find(cx, class, &name, ins.scope())
}

pub(super) fn fetch_r(ins: Ins, cx: &mut Context) -> PhpResult {
    let (class, name) = operands(ins, cx)?;
    let value = static_props::read(cx, class, &name, ins.scope())?;
    ins.set_c(value.into_deref());
    Ok(())
}

pub(super) fn fetch_is(ins: Ins, cx: &mut Context) -> PhpResult {
    let (class, name) = operands(ins, cx)?;
    let value = static_props::read_quiet(cx, class, &name, ins.scope())?;
    ins.set_c(value.unwrap_or(Value::NULL).into_deref());
    Ok(())
}

pub(super) fn fetch_w(ins: Ins, cx: &mut Context) -> PhpResult {
    let (class, name) = operands(ins, cx)?;
    let flags = ins.op().flags();
    let fetched = static_props::fetch_write(cx, class, &name, ins.scope(), flags)?;
    ins.set_c(fetched.into_slot());
    Ok(())
}

pub(super) fn fetch_func_arg(ins: Ins, cx: &mut Context) -> PhpResult {
    if ins.call().has(flag::SEND_BY_REF) { fetch_w(ins, cx) } else { fetch_r(ins, cx) }
}

pub(super) fn assign(ins: Ins, cx: &mut Context) -> PhpResult {
    let place = place(ins, cx)?;
    let value = ins.data().take_a(cx)?;
    let assigned = static_props::assign(cx, &place, value)?;
    ins.set_c(assigned);
    Ok(())
}

pub(super) fn assign_op(ins: Ins, cx: &mut Context) -> PhpResult {
    let op = BinOp::from_flags(ins.op().flags());
    let (class, name) = operands(ins, cx)?;
    let old = static_props::read(cx, class, &name, ins.scope())?.into_deref();
    let right = ins.data().take_a(cx)?;
    let new = super::arith::compute(cx, op, &old, &right)?;
    let place = static_props::find(cx, class, &name, ins.scope())?;
    let assigned = static_props::assign(cx, &place, new)?;
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
    static_props::bind_reference(cx, &place, reference.clone())?;
    ins.set_c(reference.get());
    Ok(())
}

fn step<const UP: bool, const PRE: bool>(ins: Ins, cx: &mut Context) -> PhpResult {
    let (class, name) = operands(ins, cx)?;
    let old = static_props::read(cx, class, &name, ins.scope())?.into_deref();
    let new = super::assign::step::<UP>(cx, &old)?;
    let place = static_props::find(cx, class, &name, ins.scope())?;
    let new = props::checked_step(cx, &old, new, UP, |cx, new| static_props::assign(cx, &place, new))?;
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
    let value = static_props::read_quiet(cx, class, &name, ins.scope())?.unwrap_or(Value::NULL).into_deref();
    let set = if empty { !cx.to_bool(&value)? } else { !value.is_nullish() };
    ins.set_c(Value::bool(set));
    Ok(())
}
