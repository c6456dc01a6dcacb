//! Parameters and results of user functions.
//!
//! # Safety
//!
//! Slots of parameters lie in the frame.
#![allow(unsafe_code, reason = "parameters are checked in place")]

use crate::Context;
use crate::call::qualified_name;
use crate::frame::{Frame, flag};
use crate::ins::Ins;
use crate::thrown::PhpResult;
use crate::types::{Type, TypeScope};
use phalanx_bytecode::flags::{func as func_flag, op as op_flag};
use phalanx_bytecode::unit::FuncProto;
use phalanx_bytecode::{FRAME_HEADER_SIZE, Kind, Op, SLOT_SIZE};
use phalanx_value::{PhpArray, Tag, Value};

/// Whether parameter `number` (1-based) was given.
fn is_given(ins: Ins, number: u32) -> bool {
    let frame = ins.frame();
    if number > frame.num_args {
        return false;
    }
    // SAFETY: given arguments lie in the first slots.
    !frame.has(flag::MAY_HAVE_UNDEF) || unsafe { !(*Frame::slot_at(ins.fp(), number - 1)).is_undef() }
}

fn proto(ins: Ins) -> &'static FuncProto {
    // SAFETY: Units outlive the frames that run them.
    unsafe { &*std::ptr::from_ref(ins.func().proto().expect("user code")) }
}

/// Checks the argument of parameter `number` against its type.
fn check(ins: Ins, cx: &mut Context, number: u32) -> PhpResult {
    let ty = &proto(ins).params[number as usize - 1].ty;
    if ty.is_none() {
        return Ok(());
    }
    let slot = ins.slot(ins.op().c);
    // SAFETY: the slot is the parameter's variable.
    let tag = unsafe { (*Value::deref_ptr(slot)).tag() };
    if ty.bits & (1 << tag as u32) != 0 {
        return Ok(());
    }
    check_slow(ins, cx, number, slot)
}

/// The argument in `slot` is of none of the plain types of its parameter: it may be converted, or is refused.
#[cold]
fn check_slow(ins: Ins, cx: &mut Context, number: u32, slot: *mut Value) -> PhpResult {
    let params = &proto(ins).params;
    let param = &params[(number as usize - 1).min(params.len() - 1)];
    let ty = Type::decl(&param.ty);
    // SAFETY: the chain of frames is alive.
    let caller = unsafe { ins.frame().prev.as_ref() };
    let strict = caller.is_some_and(|caller| caller.func.has(func_flag::STRICT_TYPES));
    // SAFETY: the slot is an argument. A copy is converted, so that user code may change the variable meanwhile.
    let mut value = unsafe { (*slot).deref_clone() };
    if ty.fit(cx, &mut value, scope(ins), strict)? {
        // SAFETY: as above.
        unsafe { (*slot).assign(value) };
        return Ok(());
    }
    Err(cx.argument_type_error(ins.frame(), number, ty, &value))
}

fn scope(ins: Ins) -> TypeScope {
    TypeScope { class: ins.scope(), called: ins.frame().this.called_class() }
}

/// The same for the value to be returned.
#[cold]
fn check_return(ins: Ins, cx: &mut Context, value: &mut Value) -> PhpResult {
    let ty = Type::decl(&proto(ins).return_type);
    if value.is_undef() {
        return Err(cx.return_type_error(ins.frame(), ty, None));
    }
    let strict = ins.func().has(func_flag::STRICT_TYPES);
    let mut inner = value.deref_clone();
    if ty.fit(cx, &mut inner, scope(ins), strict)? {
        value.assign(inner);
        return Ok(());
    }
    Err(cx.return_type_error(ins.frame(), ty, Some(&inner)))
}

pub(super) fn recv(ins: Ins, cx: &mut Context) -> PhpResult {
    let number = ins.op().a;
    if !is_given(ins, number) {
        return Err(missing(ins, cx));
    }
    check(ins, cx, number)
}

#[cold]
fn missing(ins: Ins, cx: &mut Context) -> crate::thrown::Thrown {
    let func = ins.func();
    let proto = proto(ins);
    let given = ins.frame().num_args;
    let exactly = if proto.num_required == proto.num_params { "exactly" } else { "at least" };
    let name = qualified_name(func);
    let name = name.trim_end_matches("()");
    let required = proto.num_required;
    let caller = ins.frame().prev;
    // SAFETY: the chain of frames is alive.
    let place = unsafe { caller.as_ref() }.and_then(|caller| {
        let proto = caller.func.proto()?;
        Some((proto.unit().path.clone(), caller.line()))
    });
    let text = match place {
        Some((path, line)) => format!(
            "Too few arguments to function {name}(), {given} passed in {path} on line {line} and {exactly} {required} expected"
        ),
        None => format!(
            "Too few arguments to function {name}(), {given} passed and {exactly} {required} expected"
        ),
    };
    cx.throw("ArgumentCountError", text)
}

pub(super) fn recv_init(ins: Ins, cx: &mut Context) -> PhpResult<*const Op> {
    let number = ins.op().a;
    if !is_given(ins, number) {
        return Ok(ins.next());
    }
    check(ins, cx, number)?;
    Ok(ins.target(ins.op().b))
}

pub(super) fn recv_default(ins: Ins, cx: &mut Context) -> PhpResult {
    let value = ins.take_b(cx)?;
    let slot = ins.slot(ins.op().c);
    // SAFETY: the slot is the parameter's variable, which is undefined.
    unsafe { *slot = value };
    check(ins, cx, ins.op().a)
}

pub(super) fn recv_variadic(ins: Ins, cx: &mut Context) -> PhpResult {
    let first = ins.op().a;
    let given = ins.frame().num_args;
    let func = ins.func();
    let mut rest = PhpArray::new();
    let slots = (func.frame_size - FRAME_HEADER_SIZE) / SLOT_SIZE;
    if given >= first {
        for index in 0..given - (first - 1) {
            // SAFETY: extra arguments lie behind the slots.
            let slot = unsafe { Frame::slot_at(ins.fp(), slots + index) };
            let ty = &proto(ins).params[first as usize - 1].ty;
            if !ty.is_none() {
                check_slow(ins, cx, first + index, slot)?;
            }
            // SAFETY: as above.
            let _ = rest.push(unsafe { (*slot).clone() });
        }
    }
    let named = ins.frame_mut().extra.as_mut().and_then(|extra| extra.named.clone());
    if let Some(named) = named {
        for (key, value) in named.iter() {
            let mut value = value.clone();
            let ty = &proto(ins).params[first as usize - 1].ty;
            if !ty.is_none() {
                check_slow(ins, cx, first, &raw mut value)?;
            }
            rest.insert(key, value);
        }
    }
    let slot = ins.slot(ins.op().c);
    // SAFETY: the slot is the parameter's variable.
    unsafe { *slot = Value::array(rest) };
    Ok(())
}

/// `VERIFY_RETURN` of the place that the instruction behind it returns by reference, or of what a function gave instead.
fn verify_place(ins: Ins, cx: &mut Context) -> PhpResult {
    let slot = ins.slot(ins.op().a);
    // SAFETY: operand a is a variable or a live temporary, and the fetch before this instruction gave a live place.
    unsafe {
        if (*slot).tag() == Tag::Indirect {
            // The reference stays where the place was, as a conversion may run code that frees what the place is in.
            let reference = (*(*slot).indirect_ptr()).make_ref();
            slot.write(Value::reference(reference));
        } else if ins.op().kind_a() == Kind::Cv {
            (*slot).make_ref();
        }
        let tag = (*Value::deref_ptr(slot)).tag();
        if proto(ins).return_type.bits & (1 << tag as u32) == 0 {
            check_return(ins, cx, &mut *slot)?;
        }
    }
    Ok(())
}

pub(super) fn verify_return(ins: Ins, cx: &mut Context) -> PhpResult {
    if ins.has(op_flag::KEEP_A) {
        return verify_place(ins, cx);
    }
    let none = ins.op().kind_a() == phalanx_bytecode::Kind::None;
    let by_ref = ins.func().has(func_flag::RETURNS_REF);
    let mut value = if none {
        Value::UNDEF
    } else if by_ref && ins.op().kind_a() == phalanx_bytecode::Kind::Cv {
        // SAFETY: operand a is a variable.
        Value::reference(unsafe { (*ins.place_a()).make_ref() })
    } else if by_ref && ins.op().kind_a() == phalanx_bytecode::Kind::Tmp {
        let value = ins.take_slot(ins.op().a);
        if value.tag() == phalanx_value::Tag::Indirect {
            // SAFETY: the fetch before this instruction gave a live place.
            Value::reference(unsafe { (*value.indirect_ptr()).make_ref() })
        } else {
            value
        }
    } else {
        ins.take_a(cx)?
    };
    let ty = &proto(ins).return_type;
    // SAFETY: a value of this function.
    let tag = unsafe { (*Value::deref_ptr(&raw mut value)).tag() };
    if none || ty.bits & (1 << tag as u32) == 0 {
        check_return(ins, cx, &mut value)?;
    }
    ins.set_c(value);
    Ok(())
}

pub(super) fn verify_never(ins: Ins, cx: &mut Context) -> PhpResult {
    let name = qualified_name(ins.func());
    Err(cx.throw_type_error(format!("{name}: never-returning function must not implicitly return")))
}
