//! Dispatch: how one instruction leads to the next.
//!
//! Every handler has one signature, and hands over to the next by a call in tail position through a table that
//! travels in a register (`go`). LLVM makes that a jump, so the interpreter is threaded code: each handler has an
//! indirect jump of its own, and recording or stepping only means to pass another table. In debug builds, where
//! LLVM keeps the calls, handlers return to the loop in [`run_loop`] instead; nothing else differs.
//!
//! # Safety
//!
//! Handlers may only be run on instructions of the function that the frame was made for; Units come from the
//! compiler or were verified, so operands lie where the instruction's row says.
#![allow(unsafe_code, reason = "the heart of the interpreter")]

use crate::Context;
use crate::frame::Frame;
use phalanx_bytecode::Op;
use phalanx_bytecode::spec::CODES;
use std::ptr;

/// What a handler returns when it does not hand over: where to go on, or null to leave the run loop.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Next {
    /// The next instruction, or null.
    pub pc: *const Op,
    /// Its frame.
    pub fp: *mut Frame,
}

impl Next {
    /// Leaves the run loop.
    pub const LEAVE: Next = Next { pc: ptr::null(), fp: ptr::null_mut() };
}

/// A handler of one opcode or of a specialisation of one.
pub type Handler = unsafe fn(*const Op, *mut Frame, &mut Context, &Table) -> Next;

/// Handlers by code; see [`phalanx_bytecode::spec`].
#[repr(transparent)]
pub struct Table(pub [Handler; CODES]);

/// Goes on with the instruction at `pc`. Must be the last thing a handler does.
///
/// # Safety
/// `pc` must be an instruction of the function of `fp`.
#[inline(always)]
pub unsafe fn go(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    #[cfg(not(debug_assertions))]
    {
        // SAFETY: the caller's promise; codes are below the table's length, as assembling made them.
        let handler = unsafe { *table.0.get_unchecked((*pc).code as usize) };
        // SAFETY: the caller's promise.
        unsafe { handler(pc, fp, cx, table) }
    }
    #[cfg(debug_assertions)]
    {
        let _ = (cx, table);
        Next { pc, fp }
    }
}

/// Runs from `pc` until a frame with the `TOP` flag is left.
///
/// # Safety
/// `pc` must be an instruction of the function of `fp`, which must be the innermost frame.
pub unsafe fn run_loop(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) {
    let mut next = Next { pc, fp };
    while !next.pc.is_null() {
        // In debug builds handlers come back here each time, and may have changed the table.
        let table = cx.hot.table().unwrap_or(table);
        // SAFETY: handlers return instructions of the frame they return.
        let handler = table.0[unsafe { (*next.pc).code } as usize];
        // SAFETY: see above.
        next = unsafe { handler(next.pc, next.fp, cx, table) };
    }
}
