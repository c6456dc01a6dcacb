//! Checks of parameters and return values, as the instructions of user functions make them.
//!
//! # Safety
//!
//! The innermost frame is the one whose function's types are checked; its slots are initialised.
#![allow(unsafe_code, reason = "reads the innermost frame, converts parameters in place")]

use super::{Type, TypeScope};
use crate::Context;
use crate::func::FuncRef;
use crate::thrown::PhpResult;
use phalanx_bytecode::flags::func as flags;
use phalanx_bytecode::unit::FuncProto;
use phalanx_value::Value;

fn proto_of(func: FuncRef) -> Option<&'static FuncProto> {
    // SAFETY: the Unit of a function that runs stays until the request ends.
    func.proto().map(|proto| unsafe { &*std::ptr::from_ref(proto) })
}

/// Checks the value at `slot` against the type of parameter `index` (0-based; those of a variadic one go on) of the
/// innermost frame's function, and converts it if need be.
#[cold]
pub fn check_param(cx: &mut Context, func: FuncRef, index: u32, slot: *mut Value) -> PhpResult {
    let Some(proto) = proto_of(func) else { return Ok(()) };
    let Some(param) = proto.params.get(index as usize).or(proto.params.last()) else { return Ok(()) };
    let ty = Type::decl(&param.ty);
    // SAFETY: the innermost frame is alive, and so is the one that called it.
    let frame = unsafe { &*cx.frame };
    let scope = TypeScope { class: func.scope, called: frame.this.called_class() };
    // SAFETY: as above.
    let strict = unsafe { frame.prev.as_ref() }.is_some_and(|caller| caller.func.has(flags::STRICT_TYPES));
    // SAFETY: the slot is the parameter's variable.
    let mut value = unsafe { (*slot).deref_clone() };
    if ty.admits(cx, &value, scope) {
        return Ok(());
    }
    if !ty.convert(cx, &mut value, strict)? {
        let thrown = cx.argument_type_error(frame, index + 1, ty, &value);
        return Err(thrown);
    }
    // SAFETY: as above. PHP code that a conversion ran cannot reach the variable of a frame that has not begun.
    unsafe { (*slot).assign(value) };
    Ok(())
}

/// Checks a value that the innermost frame's function returns (undef: nothing) against its return type, and converts
/// it if need be.
#[cold]
pub fn check_return(cx: &mut Context, func: FuncRef, value: &mut Value) -> PhpResult {
    let Some(proto) = proto_of(func) else { return Ok(()) };
    let ty = Type::decl(&proto.return_type);
    // SAFETY: the innermost frame is alive.
    let frame = unsafe { &*cx.frame };
    if value.is_undef() {
        return Err(cx.return_type_error(frame, ty, None));
    }
    let scope = TypeScope { class: func.scope, called: frame.this.called_class() };
    let mut plain = value.deref_clone();
    if ty.admits(cx, &plain, scope) {
        return Ok(());
    }
    if !ty.convert(cx, &mut plain, func.has(flags::STRICT_TYPES))? {
        return Err(cx.return_type_error(frame, ty, Some(&plain)));
    }
    value.assign(plain);
    Ok(())
}
