//! throw, catch, finally.
//!
//! # Safety
//!
//! The temporary of a finally block lies in the frame.
#![allow(unsafe_code, reason = "the temporary of a finally block is looked at in place")]

use crate::class::ClassRef;
use crate::dispatch::Next;
use crate::frame::Frame;
use crate::ins::Ins;
use crate::thrown::{PhpResult, Thrown};
use crate::{Context, dims};
use phalanx_bytecode::flags::op as op_flag;
use phalanx_bytecode::{Kind, Op};
use phalanx_value::{Tag, Value};

pub(super) fn throw(ins: Ins, cx: &mut Context) -> PhpResult {
    let value = ins.take_a(cx)?;
    match value.into_object() {
        Some(object) if ClassRef::of(&object).is_a(cx.native_class("throwable")) => {
            Err(cx.throw_object(object))
        }
        Some(_) => Err(cx.throw_error("Cannot throw objects that do not implement Throwable")),
        None => Err(cx.throw_error("Can only throw objects")),
    }
}

pub(super) fn catch(ins: Ins, cx: &mut Context) -> PhpResult<*const Op> {
    let op = ins.op();
    // Without an exception control came here by a jump behind the try block, which the compiler never makes.
    let Some(exception) = cx.exception.clone() else { return Ok(ins.next()) };
    let lower = ins.literal_after(op.a, 1).as_string().expect("a name");
    let class = cx.find_class(lower);
    if !class.is_some_and(|class| ClassRef::of(&exception).is_a(class)) {
        if ins.has(op_flag::LAST) {
            return Err(Thrown::Exception);
        }
        return Ok(ins.target(op.b));
    }
    cx.exception = None;
    if op.kind_c() == Kind::Cv {
        // SAFETY: the operand is a variable.
        unsafe { dims::store(cx, ins.slot(op.c), Value::object(exception))? };
    } else {
        drop(exception);
    }
    Ok(ins.next())
}

pub(super) fn fast_call(ins: Ins, cx: &mut Context) -> PhpResult<Next> {
    let _ = cx;
    let op = ins.op();
    ins.init_slot(op.c, Value::raw(ins.pc().expose_provenance() as u64));
    Ok(Next { pc: ins.target(op.a), fp: ins.fp() })
}

pub(super) fn fast_ret(ins: Ins, cx: &mut Context) -> PhpResult<*const Op> {
    let saved = ins.take_slot(ins.op().a);
    ins.init_slot(ins.op().a, Value::UNDEF);
    match saved.tag() {
        Tag::Raw => {
            let from: *const Op = std::ptr::with_exposed_provenance(saved.payload_bits() as usize);
            Ok(from.wrapping_add(1))
        }
        Tag::Object => {
            cx.exception = saved.into_object();
            Err(Thrown::Exception)
        }
        _ => Ok(ins.next()),
    }
}

/// Releases the value that was to be returned behind the `FAST_CALL` that a finally block came from, when it will not
/// go back there. `saved` is what the block's temporary remembers.
///
/// # Safety
/// `saved` must come from a temporary of `fp`.
pub unsafe fn drop_pending_return(saved: &Value, fp: *mut Frame) {
    if saved.tag() != Tag::Raw {
        return;
    }
    let from: *const Op = std::ptr::with_exposed_provenance(saved.payload_bits() as usize);
    // SAFETY: the temporary remembers the address of a FAST_CALL of this frame's function, whose operand b stays until
    // the block has gone back to it.
    unsafe {
        if (*from).kind_b() == Kind::Tmp {
            drop(Frame::slot(fp, (*from).b).read());
        }
    }
}

pub(super) fn discard(ins: Ins, _: &mut Context) -> PhpResult {
    let saved = ins.take_slot(ins.op().a);
    ins.init_slot(ins.op().a, Value::UNDEF);
    // SAFETY: the temporary is one of this frame.
    unsafe { drop_pending_return(&saved, ins.fp()) };
    drop(saved);
    Ok(())
}
