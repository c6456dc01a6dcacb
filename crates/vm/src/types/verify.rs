//! Checks of return values, as the instructions of user functions make them.
//!
//! # Safety
//!
//! The innermost frame is the one whose function's types are checked.
#![allow(unsafe_code, reason = "reads the innermost frame")]

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
