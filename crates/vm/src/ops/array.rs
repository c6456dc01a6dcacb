//! Array literals and dimensions, in full generality.
//!
//! # Safety
//!
//! Places come from [`Ins`], which knows that they are live.
#![allow(unsafe_code, reason = "dimensions are written through places")]

use crate::Context;
use crate::dims::{self, Fetched, KeyUse};
use crate::frame::flag;
use crate::ins::Ins;
use crate::thrown::PhpResult;
use phalanx_bytecode::Kind;
use phalanx_bytecode::flags::op as op_flag;
use phalanx_value::{PhpArray, Value, View};

pub(super) fn fetch_r(ins: Ins, cx: &mut Context) -> PhpResult {
    let container = ins.take_a(cx)?;
    let key = ins.take_b(cx)?;
    let value = dims::read(cx, &container, &key, false)?;
    ins.set_c(value.into_deref());
    Ok(())
}

pub(super) fn fetch_is(ins: Ins, cx: &mut Context) -> PhpResult {
    let container = ins.peek_a();
    ins.free_a();
    let key = ins.take_b(cx)?;
    let value = dims::read(cx, &container, &key, true)?;
    ins.set_c(value.into_deref());
    Ok(())
}

pub(super) fn fetch_list_r(ins: Ins, cx: &mut Context) -> PhpResult {
    let container = if ins.op().kind_a() == Kind::Cv { ins.take_a(cx)? } else { ins.peek_a() };
    let key = ins.take_b(cx)?;
    let value = match container.view() {
        View::Array(_) | View::Object(_) => dims::read(cx, &container, &key, false)?,
        // Destructuring of anything else, strings included, gives null without a word.
        _ => Value::NULL,
    };
    ins.set_c(value.into_deref());
    Ok(())
}

/// The key operand of a write: none for `[]`.
fn write_key(ins: Ins, cx: &mut Context) -> PhpResult<Option<Value>> {
    Ok(if ins.op().kind_b() == Kind::None { None } else { Some(ins.take_b(cx)?) })
}

pub(super) fn fetch_w(ins: Ins, cx: &mut Context) -> PhpResult {
    let key = write_key(ins, cx)?;
    // SAFETY: module documentation.
    let fetched = unsafe { dims::fetch_write(cx, ins.place_a(), key.as_ref(), false, ins) };
    finish_fetch(ins, fetched)
}

pub(super) fn fetch_rw(ins: Ins, cx: &mut Context) -> PhpResult {
    let place = known_place(ins, cx)?;
    let key = write_key(ins, cx)?;
    // SAFETY: module documentation.
    let fetched = unsafe { dims::fetch_write(cx, place, key.as_ref(), true, ins) };
    finish_fetch(ins, fetched)
}

pub(super) fn fetch_unset(ins: Ins, cx: &mut Context) -> PhpResult {
    let key = ins.take_b(cx)?;
    let place = known_place(ins, cx)?;
    // SAFETY: module documentation.
    let fetched = unsafe { dims::fetch_unset(cx, place, &key, ins) };
    finish_fetch(ins, fetched)
}

/// The container of something that is expected to be there: an undefined variable warns.
fn known_place(ins: Ins, cx: &mut Context) -> PhpResult<*mut Value> {
    if ins.misses_a() {
        ins.undefined(ins.op().a, cx)?;
    }
    Ok(ins.place_a())
}

fn finish_fetch(ins: Ins, fetched: PhpResult<Fetched>) -> PhpResult {
    match fetched {
        Ok(fetched) => {
            // A value of the container's own temporary goes with it, so a place inside is not kept.
            if ins.op().kind_a() == Kind::Tmp {
                let owner = ins.take_slot(ins.op().a);
                if owner.is_counted()
                    && let Fetched::Place(place) = fetched
                {
                    // SAFETY: the owner is still alive here.
                    let value = unsafe { (*place).clone() };
                    drop(owner);
                    ins.set_c(value);
                    return Ok(());
                }
            }
            ins.set_c(fetched.into_slot());
            Ok(())
        }
        Err(thrown) => {
            ins.free_a();
            Err(thrown)
        }
    }
}

pub(super) fn fetch_func_arg(ins: Ins, cx: &mut Context) -> PhpResult {
    if ins.call().has(flag::SEND_BY_REF) {
        if ins.has(op_flag::TEMPORARY) {
            return Err(super::object::temporary_by_ref(ins, cx));
        }
        return fetch_w(ins, cx);
    }
    if ins.op().kind_b() == Kind::None {
        return Err(cx.throw_error("Cannot use [] for reading"));
    }
    fetch_r(ins, cx)
}

pub(super) fn fetch_list_w(ins: Ins, cx: &mut Context) -> PhpResult {
    let key = ins.take_b(cx)?;
    let place = ins.place_a();
    // SAFETY: module documentation.
    let fetched = unsafe {
        if let Some(object) = (*Value::deref_ptr(place)).as_object().cloned() {
            let value = dims::read_object(cx, &object, Some(&key), crate::class::DimMode::Write)?;
            if !value.is_ref() {
                let class = crate::class::ClassRef::of(&object).name.clone();
                cx.notice(format!("Indirect modification of overloaded element of {class} has no effect"))?;
            }
            Fetched::Value(value)
        } else {
            dims::fetch_write(cx, place, Some(&key), false, ins)?
        }
    };
    ins.set_c(fetched.into_slot());
    Ok(())
}

pub(super) fn assign(ins: Ins, cx: &mut Context) -> PhpResult {
    let key = write_key(ins, cx)?;
    let value = ins.data().take_a(cx)?;
    // SAFETY: module documentation.
    let assigned = unsafe { dims::write(cx, ins.place_a(), key.as_ref(), value) };
    ins.free_a();
    ins.set_c(assigned?);
    Ok(())
}

pub(super) fn assign_op(ins: Ins, cx: &mut Context) -> PhpResult {
    let op = phalanx_bytecode::flags::BinOp::from_flags(ins.op().flags());
    let place = known_place(ins, cx)?;
    let key = write_key(ins, cx)?;
    // SAFETY: module documentation.
    let result = unsafe {
        if let Some(object) = (*Value::deref_ptr(place)).as_object().cloned() {
            let right = ins.data().take_a(cx)?;
            let old = dims::read_object(cx, &object, key.as_ref(), crate::class::DimMode::Read)?;
            let new = super::arith::compute(cx, op, &old.into_deref(), &right)?;
            dims::write_object(cx, &object, key.as_ref(), new.clone())?;
            Ok(new)
        } else {
            let right = ins.data();
            let warned = right.misses_a() && key.is_some();
            if warned {
                // Its handler may do anything to the element, so that is looked for again.
                dims::fetch_write(cx, place, key.as_ref(), true, ins)?;
            }
            let right = right.take_a(cx)?;
            match dims::fetch_write(cx, place, key.as_ref(), !warned, ins)? {
                Fetched::Place(element) => super::assign::compound(cx, op, element, right),
                Fetched::Value(_) => Ok(Value::NULL),
            }
        }
    };
    ins.free_a();
    ins.set_c(result?);
    Ok(())
}

pub(super) fn unset(ins: Ins, cx: &mut Context) -> PhpResult {
    let key = ins.take_b(cx)?;
    let place = known_place(ins, cx)?;
    // SAFETY: module documentation.
    let done = unsafe { dims::unset(cx, place, &key) };
    ins.free_a();
    done
}

pub(super) fn init(ins: Ins, cx: &mut Context) -> PhpResult {
    // ARRAY_SIZE may stand before it.
    ins.set_c(Value::array(PhpArray::new()));
    if ins.op().kind_a() == Kind::None { Ok(()) } else { add(ins, cx) }
}

pub(super) fn add(ins: Ins, cx: &mut Context) -> PhpResult {
    let value = if ins.has(op_flag::BY_REF) {
        // SAFETY: module documentation.
        Value::reference(unsafe { (*ins.place_a()).make_ref() })
    } else {
        ins.take_a(cx)?
    };
    if ins.op().kind_b() == Kind::None {
        if target(ins).push(value).is_err() {
            return Err(cx.throw_error(dims::NEXT_OCCUPIED));
        }
        return Ok(());
    }
    let key = ins.take_b(cx)?;
    let key = dims::array_key(cx, &key, KeyUse::Access)?;
    target(ins).insert(key.as_key(), value);
    Ok(())
}

/// The array in temporary c.
fn target(ins: Ins) -> &'static mut PhpArray {
    // SAFETY: INIT_ARRAY wrote it; the reference does not outlive the instruction.
    unsafe { (*ins.slot(ins.op().c)).as_array_mut().expect("INIT_ARRAY made it") }
}

pub(super) fn unpack(ins: Ins, cx: &mut Context) -> PhpResult {
    let source = ins.take_a(cx)?;
    match source.view() {
        View::Array(list) => {
            for (key, value) in list.iter() {
                let array = target(ins);
                let done = match key.as_str() {
                    Some(_) => {
                        array.insert(key, value.deref_clone());
                        Ok(())
                    }
                    None => array.push(value.deref_clone()),
                };
                if done.is_err() {
                    return Err(cx.throw_error(dims::NEXT_OCCUPIED));
                }
            }
            Ok(())
        }
        View::Object(_) => crate::iterate::each(cx, &source, &mut |cx, key, value| {
            let array = target(ins);
            let done = match key.view() {
                View::Int(_) => array.push(value),
                View::Str(name) => {
                    array.insert(phalanx_value::ArrayKey::from_string(name.clone()).as_key(), value);
                    Ok(())
                }
                _ => {
                    return Err(cx.throw_error("Keys must be of type int|string during array unpacking"));
                }
            };
            if done.is_err() {
                return Err(cx.throw_error(dims::NEXT_OCCUPIED));
            }
            Ok(true)
        }),
        _ => {
            let kind = crate::convert::value_name(&source);
            Err(cx.throw_error(format!("Only arrays and Traversables can be unpacked, {kind} given")))
        }
    }
}

pub(super) fn isset(ins: Ins, cx: &mut Context) -> PhpResult {
    let empty = ins.has(op_flag::EMPTY);
    let container = ins.peek_a();
    ins.free_a();
    let key = ins.take_b(cx)?;
    let set = dims::is_set(cx, &container, &key, empty)?;
    ins.set_c(Value::bool(set != empty));
    Ok(())
}
