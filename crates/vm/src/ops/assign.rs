//! Assignment to variables, compound assignment, increment and decrement, references.
//!
//! # Safety
//!
//! Places come from [`Ins`], which knows that they are live.
#![allow(unsafe_code, reason = "variables are written through places")]

use crate::ins::Ins;
use crate::thrown::PhpResult;
use crate::{Context, arith, dims};
use phalanx_bytecode::Kind;
use phalanx_bytecode::flags::{BinOp, op as op_flag};
use phalanx_value::{PhpRef, Tag, Value};

pub(super) fn assign(ins: Ins, cx: &mut Context) -> PhpResult {
    let value = ins.take_b(cx)?;
    // SAFETY: module documentation.
    let assigned = unsafe { dims::store(cx, ins.place_a(), value) };
    ins.free_a();
    let assigned = assigned?;
    if ins.wants_result() {
        ins.set_c(assigned);
    }
    Ok(())
}

/// Assigns a result to the variable that operand c is.
pub(super) fn store_result(ins: Ins, cx: &mut Context, value: Value) -> PhpResult {
    // SAFETY: with DEST_CV operand c is a variable.
    unsafe { dims::store(cx, ins.slot(ins.op().c), value) }.map(drop)
}

/// `place OP= right`; gives the new value.
///
/// # Safety
/// `place` must be the address of a live value, which user code that runs meanwhile leaves where it is.
pub(super) unsafe fn compound(
    cx: &mut Context,
    op: BinOp,
    place: *mut Value,
    right: Value,
) -> PhpResult<Value> {
    // SAFETY: the caller's promise.
    unsafe {
        let place = Value::deref_ptr(place);
        if op == BinOp::Concat && (*place).tag() == Tag::String && (*place).is_counted() {
            let bytes = match right.as_string() {
                Some(bytes) => bytes.clone(),
                None => cx.to_string(&right)?,
            };
            if (*place).append_str(&bytes) {
                return Ok((*place).clone());
            }
        }
        let old = (*place).clone();
        let new = arith::binary(cx, op, &old, &right)?;
        drop(old);
        dims::store(cx, place, new)
    }
}

pub(super) fn assign_op(ins: Ins, cx: &mut Context) -> PhpResult {
    let op = BinOp::from_flags(ins.op().flags());
    let right = ins.take_b(cx)?;
    let place = ins.place_a();
    // SAFETY: module documentation.
    unsafe {
        if ins.op().kind_a() == Kind::Cv && (*place).is_undef() {
            let null = ins.undefined(ins.op().a, cx)?;
            if (*place).is_undef() {
                *place = null;
            }
        }
        if let Some(reference) = (*place).as_ref()
            && reference.has_type_sources()
        {
            let reference = reference.clone();
            let new = arith::binary(cx, op, &reference.get(), &right)?;
            let new = crate::props::assign_reference(cx, &reference, new)?;
            ins.set_c(new);
            return Ok(());
        }
        if op == BinOp::Concat && !ins.wants_result() {
            return append(ins, cx, place, right);
        }
        let result = compound(cx, op, place, right);
        ins.free_a();
        let result = result?;
        if ins.wants_result() {
            ins.set_c(result);
        }
    }
    Ok(())
}

/// `place .= right` whose value nobody wants: the string grows in place.
unsafe fn append(ins: Ins, cx: &mut Context, place: *mut Value, right: Value) -> PhpResult {
    // SAFETY: the caller's place is live.
    unsafe {
        let target = Value::deref_ptr(place);
        if (*target).tag() == Tag::String {
            let bytes = match right.as_string() {
                Some(bytes) => bytes.clone(),
                None => cx.to_string(&right)?,
            };
            drop(right);
            let target = Value::deref_ptr(place);
            if (*target).append_str(&bytes) {
                ins.free_a();
                return Ok(());
            }
            let result = compound(cx, BinOp::Concat, target, Value::string(bytes));
            ins.free_a();
            return result.map(drop);
        }
        let result = compound(cx, BinOp::Concat, place, right);
        ins.free_a();
        result.map(drop)
    }
}

pub(super) fn assign_ref(ins: Ins, cx: &mut Context) -> PhpResult {
    let op = ins.op();
    if ins.has(op_flag::SOURCE_FUNCTION) && op.kind_b() == Kind::Tmp {
        let value = ins.take_slot(op.b);
        if value.tag() != Tag::Indirect {
            if !value.is_ref() {
                cx.notice("Only variables should be assigned by reference")?;
                // SAFETY: module documentation.
                let assigned = unsafe { dims::store(cx, ins.place_a(), value)? };
                ins.free_a();
                ins.set_c(assigned);
                return Ok(());
            }
            return bind(ins, value);
        }
        // SAFETY: the fetch before this instruction gave a live place.
        let reference = unsafe { (*value.indirect_ptr()).make_ref() };
        return bind(ins, Value::reference(reference));
    }
    // SAFETY: module documentation.
    let reference = unsafe { (*ins.place_b()).make_ref() };
    ins.free_b();
    bind(ins, Value::reference(reference))
}

/// Makes the place of operand a hold `reference`.
fn bind(ins: Ins, reference: Value) -> PhpResult {
    // SAFETY: module documentation. The old value is dropped last.
    let old = unsafe { std::ptr::replace(ins.place_a(), reference.clone()) };
    ins.free_a();
    if ins.wants_result() {
        ins.set_c(reference.into_deref());
    }
    drop(old);
    Ok(())
}

/// What `++` or `--` makes of a value.
pub(super) fn step<const UP: bool>(cx: &mut Context, value: &Value) -> PhpResult<Value> {
    if UP { arith::increment(cx, value) } else { arith::decrement(cx, value) }
}

fn step_place<const UP: bool>(ins: Ins, cx: &mut Context) -> PhpResult<(Value, Value)> {
    let place = ins.place_a();
    // SAFETY: module documentation.
    unsafe {
        let mut old = (*place).deref_clone();
        if old.is_undef() {
            old = if ins.op().kind_a() == Kind::Cv { ins.undefined(ins.op().a, cx)? } else { Value::NULL };
        }
        let new = step::<UP>(cx, &old)?;
        if let Some(reference) = (*place).as_ref()
            && reference.has_type_sources()
        {
            let reference = reference.clone();
            let new = crate::props::step_reference(cx, &reference, &old, new, UP)?;
            return Ok((old, new));
        }
        let new = dims::store(cx, place, new)?;
        Ok((old, new))
    }
}

pub(super) fn pre<const UP: bool>(ins: Ins, cx: &mut Context) -> PhpResult {
    let (old, new) = step_place::<UP>(ins, cx)?;
    drop(old);
    ins.free_a();
    ins.set_c(new);
    Ok(())
}

pub(super) fn post<const UP: bool>(ins: Ins, cx: &mut Context) -> PhpResult {
    let (old, new) = step_place::<UP>(ins, cx)?;
    drop(new);
    ins.free_a();
    ins.set_c(old);
    Ok(())
}

pub(super) fn make_ref(ins: Ins, _: &mut Context) -> PhpResult {
    // SAFETY: module documentation.
    let reference: PhpRef = unsafe { (*ins.place_a()).make_ref() };
    ins.free_a();
    ins.set_c(Value::reference(reference));
    Ok(())
}

pub(super) fn separate(ins: Ins, _: &mut Context) -> PhpResult {
    let slot = ins.slot(ins.op().a);
    // SAFETY: the temporary is live.
    unsafe {
        if (*slot).as_ref().is_some_and(|reference| reference.ref_count() == 1) {
            let value = slot.read().into_deref();
            slot.write(value);
        }
    }
    Ok(())
}
