//! Arguments of calls being prepared.
//!
//! # Safety
//!
//! The call being prepared is live and has room for its arguments; places come from [`Ins`].
#![allow(unsafe_code, reason = "writes into frames")]

use crate::Context;
use crate::call;
use crate::class::ClassRef;
use crate::frame::{Frame, flag};
use crate::ins::Ins;
use crate::stack::VmStack;
use crate::thrown::PhpResult;
use phalanx_bytecode::Kind;
use phalanx_bytecode::flags::op as op_flag;
use phalanx_value::{ArrayKey, Key, PhpRef, PhpString, Tag, Value, View};

/// Puts an argument where the instruction says: by position or by name.
fn put(ins: Ins, cx: &mut Context, value: Value) -> PhpResult {
    let op = ins.op();
    let call: *mut Frame = ins.call();
    // SAFETY: module documentation.
    unsafe {
        if ins.has(op_flag::NAMED) {
            let name = ins.name_c();
            return call::send_named(cx, call, name, value);
        }
        Frame::slot_at(call, op.b - 1).write(value);
        (*call).num_args = op.b;
    }
    Ok(())
}

/// Whether the callee takes the argument of this instruction by reference, and whether it merely prefers to.
fn by_ref(ins: Ins) -> (bool, bool) {
    let call = ins.call();
    if call.has(flag::TRAMPOLINE) {
        return (false, false);
    }
    let func = call.func;
    let index = if ins.has(op_flag::NAMED) { func.param_index(ins.name_c()) } else { Some(ins.op().b - 1) };
    match index {
        Some(index) => (func.param_by_ref(index), func.prefers_ref(index)),
        None => (func.param_by_ref(func.num_params), func.prefers_ref(func.num_params)),
    }
}

pub(super) fn value(ins: Ins, cx: &mut Context) -> PhpResult {
    let value = ins.take_a(cx)?;
    if ins.has(op_flag::CHECK) {
        let (by_ref, prefers) = by_ref(ins);
        if by_ref && !prefers {
            let func = ins.call().func;
            let name = call::qualified_name(func);
            let named = ins.has(op_flag::NAMED).then(|| func.param_index(ins.name_c())).flatten();
            let number = named.map_or(ins.op().b, |index| index + 1);
            let param = func.param_name(number.max(1) - 1);
            return Err(cx.throw_error(format!(
                "{name}: Argument #{number} (${param}) could not be passed by reference"
            )));
        }
    }
    put(ins, cx, value)
}

pub(super) fn variable(ins: Ins, cx: &mut Context) -> PhpResult {
    if ins.has(op_flag::CHECK) && by_ref(ins).0 {
        return reference(ins, cx);
    }
    let value = ins.take_a(cx)?;
    put(ins, cx, value)
}

pub(super) fn reference(ins: Ins, cx: &mut Context) -> PhpResult {
    // SAFETY: module documentation.
    let reference = unsafe { (*ins.place_a()).make_ref() };
    ins.free_a();
    put(ins, cx, Value::reference(reference))
}

pub(super) fn call_result(ins: Ins, cx: &mut Context) -> PhpResult {
    let value = if ins.op().kind_a() == Kind::Tmp { ins.take_slot(ins.op().a) } else { ins.take_a(cx)? };
    let (by_ref, prefers) = by_ref(ins);
    if !by_ref {
        return put(ins, cx, value.into_deref());
    }
    if value.tag() == Tag::Indirect {
        // SAFETY: the fetch before this instruction gave a live place.
        let reference = unsafe { (*value.indirect_ptr()).make_ref() };
        return put(ins, cx, Value::reference(reference));
    }
    if value.is_ref() {
        return put(ins, cx, value);
    }
    if !prefers {
        cx.notice("Only variables should be passed by reference")?;
        return put(ins, cx, Value::reference(PhpRef::new(value)));
    }
    put(ins, cx, value)
}

pub(super) fn check_func_arg(ins: Ins, _: &mut Context) -> PhpResult {
    let func = ins.call().func;
    let trampoline = ins.call().has(flag::TRAMPOLINE);
    let index = match ins.op().kind_c() {
        Kind::Lit => func.param_index(ins.name_c()).unwrap_or(func.num_params),
        _ => ins.op().b - 1,
    };
    let call = ins.call();
    if !trampoline && func.param_by_ref(index) {
        call.flags |= flag::SEND_BY_REF;
    } else {
        call.flags &= !flag::SEND_BY_REF;
    }
    Ok(())
}

pub(super) fn func_arg(ins: Ins, cx: &mut Context) -> PhpResult {
    if ins.call().has(flag::SEND_BY_REF) {
        return reference(ins, cx);
    }
    let value = if ins.op().kind_a() == Kind::Tmp {
        let slot = ins.take_slot(ins.op().a);
        if slot.tag() == Tag::Indirect {
            // SAFETY: the fetch before this instruction gave a live place.
            unsafe { (*slot.indirect_ptr()).deref_clone() }
        } else {
            slot.into_deref()
        }
    } else {
        ins.take_a(cx)?
    };
    put(ins, cx, value)
}

/// Appends an argument by position to the call being prepared, which grows as needed.
fn push(ins: Ins, cx: &mut Context, value: Value) {
    // SAFETY: module documentation; the call is the topmost frame, so it can grow.
    unsafe {
        let mut call: *mut Frame = ins.call();
        let index = (*call).num_args;
        let func = (*call).func;
        if index >= func.num_params {
            call = VmStack::grow_call(&mut cx.stack, call, index + 1);
            (*ins.fp()).call = call;
        }
        let func = (*call).func;
        let value = if func.param_by_ref(index) && !(*call).has(flag::TRAMPOLINE) {
            if value.is_ref() { value } else { Value::reference(PhpRef::new(value)) }
        } else {
            value.into_deref()
        };
        Frame::slot_at(call, index).write(value);
        (*call).num_args = index + 1;
    }
}

fn push_named(ins: Ins, cx: &mut Context, name: &PhpString, value: Value) -> PhpResult {
    // SAFETY: module documentation.
    unsafe {
        let call: *mut Frame = ins.call();
        call::send_named(cx, call, name, value)
    }
}

const POSITIONAL_AFTER_NAMED: &str = "Cannot use positional argument after named argument during unpacking";

pub(super) fn unpack(ins: Ins, cx: &mut Context) -> PhpResult {
    let source = ins.take_a(cx)?;
    match source.view() {
        View::Array(_) if ins.op().kind_a() == Kind::Cv && ins.call().func.has(crate::func::TAKES_REFS) => {
            drop(source);
            spread_variable(ins, cx)
        }
        View::Array(array) => spread(ins, cx, array),
        View::Object(object) if !ClassRef::of(object).is_a(cx.native_class("traversable")) => {
            let kind = crate::convert::value_name(&source);
            Err(cx.throw_type_error(format!("Only arrays and Traversables can be unpacked, {kind} given")))
        }
        View::Object(_) => {
            let mut named = false;
            crate::iterate::each(cx, &source, &mut |cx, key, value| {
                match key.view() {
                    View::Str(name) => {
                        named = true;
                        push_named(ins, cx, name, value)?;
                    }
                    View::Int(_) if named => return Err(cx.throw_error(POSITIONAL_AFTER_NAMED)),
                    View::Int(_) => {
                        let index = ins.call().num_args;
                        if ins.call().func.param_by_ref(index) && !ins.call().has(flag::TRAMPOLINE) {
                            let name = call::qualified_name(ins.call().func);
                            cx.warning(format!(
                                "Cannot pass by-reference argument {} of {name} by unpacking a Traversable, passing by-value instead",
                                index + 1
                            ))?;
                        }
                        push(ins, cx, value);
                    }
                    _ => {
                        return Err(
                            cx.throw_error("Keys must be of type int|string during argument unpacking")
                        );
                    }
                }
                Ok(true)
            })
        }
        _ => {
            let kind = crate::convert::value_name(&source);
            Err(cx.throw_type_error(format!("Only arrays and Traversables can be unpacked, {kind} given")))
        }
    }
}

/// Elements of an array in a variable, which parameters by reference get as they lie there.
fn spread_variable(ins: Ins, cx: &mut Context) -> PhpResult {
    let place = ins.place_a();
    // SAFETY: the place is a live variable that holds an array, or a reference to one; nothing runs while it is
    // changed. The elements are copies or references that are counted.
    let elements: Vec<(ArrayKey, Value)> = unsafe {
        let func = ins.call().func;
        let mut index = ins.call().num_args;
        let array = (*Value::deref_ptr(place)).make_array();
        let take = |(key, value): (Key<'_>, &mut Value)| {
            let by_ref = match key {
                Key::Int(_) => {
                    index += 1;
                    func.param_by_ref(index - 1)
                }
                Key::Str(name) => func.param_index(name).is_some_and(|index| func.param_by_ref(index)),
            };
            let value = if by_ref { Value::reference(value.make_ref()) } else { value.clone() };
            (key.to_owned(), value)
        };
        array.iter_mut().map(take).collect()
    };
    let mut named = false;
    for (key, value) in elements {
        match key {
            ArrayKey::Str(name) => {
                named = true;
                push_named(ins, cx, &name, value)?;
            }
            ArrayKey::Int(_) if named => return Err(cx.throw_error(POSITIONAL_AFTER_NAMED)),
            ArrayKey::Int(_) => push(ins, cx, value),
        }
    }
    Ok(())
}

fn spread(ins: Ins, cx: &mut Context, array: &phalanx_value::PhpArray) -> PhpResult {
    let mut named = false;
    for (key, value) in array.iter() {
        match key.as_str() {
            Some(name) => {
                named = true;
                push_named(ins, cx, name, value.clone())?;
            }
            None if named => return Err(cx.throw_error(POSITIONAL_AFTER_NAMED)),
            None => push(ins, cx, value.clone()),
        }
    }
    Ok(())
}

pub(super) fn array(ins: Ins, cx: &mut Context) -> PhpResult {
    let source = ins.take_a(cx)?;
    let Some(array) = source.as_array() else {
        let kind = crate::convert::value_name(&source);
        return Err(cx.throw_type_error(format!(
            "call_user_func_array(): Argument #2 ($args) must be of type array, {kind} given"
        )));
    };
    spread(ins, cx, array)
}

pub(super) fn check_args(ins: Ins, cx: &mut Context) -> PhpResult {
    let call: *mut Frame = ins.call();
    // SAFETY: module documentation.
    unsafe { call::check_args(cx, call) }
}
