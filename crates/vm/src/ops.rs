//! The handlers, by opcode. Bodies lie in `ops/`, by PHP concept.
//!
//! Most are functions over an [`Ins`]: safe code that reads operands, does its work and sets the result. The
//! adaptors below make handlers of them. The few that decide how fast the interpreter is are written as handlers
//! themselves (`ops/hot_*.rs`); each of them falls back to the function of its base opcode.
//!
//! # Safety
//!
//! The adaptors are handlers: see [`crate::dispatch`].
#![allow(unsafe_code, reason = "adaptors between dispatch and safe bodies")]

mod arith;
mod array;
mod assign;
mod call;
mod class;
mod compare;
mod constant;
mod exception;
mod hot_arith;
mod hot_array;
mod hot_assign;
mod hot_call;
mod hot_compare;
mod hot_iterate;
mod hot_method;
mod hot_object;
mod hot_static;
mod hot_var;
mod iterate;
mod jump;
mod misc;
mod object;
mod recv;
mod send;
mod static_prop;
mod string;
mod table;
mod variable;

pub(crate) use call::push as push_call;
pub use exception::drop_pending_return;
pub use iterate::{release as release_loop, trace as trace_loop};
pub use misc::end_silence;
pub use string::rope_parts;
pub use table::INTERPRETER;
pub use variable::variable_reference;
pub(crate) use variable::{attach, symbols_of};

use crate::Context;
use crate::dispatch::{Handler, Next, Table, go};
use crate::frame::Frame;
use crate::ins::Ins;
use crate::run;
use crate::thrown::PhpResult;
use phalanx_bytecode::Op;

/// Conjures the function item whose type is `F`.
#[inline(always)]
fn item<F: Copy>() -> F {
    const { assert!(size_of::<F>() == 0, "adaptors take functions, not closures with state") };
    // SAFETY: a value of a type without size has no bytes that could be wrong; `F` is a function item's type.
    unsafe { std::ptr::NonNull::<F>::dangling().read() }
}

/// The handler of a body after which execution goes on at the next instruction.
const fn simple<F: Fn(Ins, &mut Context) -> PhpResult + Copy>(_: F) -> Handler {
    simple_handler::<F, 1>
}

/// The same for opcodes with `DATA`.
const fn with_data<F: Fn(Ins, &mut Context) -> PhpResult + Copy>(_: F) -> Handler {
    simple_handler::<F, 2>
}

/// The handler of a body that says where execution goes on.
const fn branch<F: Fn(Ins, &mut Context) -> PhpResult<*const Op> + Copy>(_: F) -> Handler {
    branch_handler::<F>
}

/// The handler of a body that changes the frame.
const fn transfer<F: Fn(Ins, &mut Context) -> PhpResult<Next> + Copy>(_: F) -> Handler {
    transfer_handler::<F>
}

// A handler that hands over must not have anything of its own on the native stack, or LLVM would keep its frame and make
// a call of what has to be a jump. So bodies are run by functions that are never inlined and answer in registers. The
// handlers made here are not inlined either: where a fast way falls back to one it jumps to it, and need not save the
// registers that only the general way uses.

/// Runs a body; false if it failed.
#[inline(never)]
unsafe fn run_simple<F: Fn(Ins, &mut Context) -> PhpResult + Copy>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
) -> bool {
    // SAFETY: handlers are run on an instruction and its frame.
    let ins = unsafe { Ins::new(pc, fp) };
    ins.save(cx);
    body(item::<F>()(ins, cx), cx).is_ok()
}

/// Runs a body that says where execution goes on; null if it failed.
#[inline(never)]
unsafe fn run_branch<F: Fn(Ins, &mut Context) -> PhpResult<*const Op> + Copy>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
) -> *const Op {
    // SAFETY: handlers are run on an instruction and its frame.
    let ins = unsafe { Ins::new(pc, fp) };
    ins.save(cx);
    body(item::<F>()(ins, cx), cx).unwrap_or(std::ptr::null())
}

/// Runs a body that changes the frame; what it failed at is unwound already.
#[inline(never)]
unsafe fn run_transfer<F: Fn(Ins, &mut Context) -> PhpResult<Next> + Copy>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
) -> Next {
    // SAFETY: handlers are run on an instruction and its frame.
    let ins = unsafe { Ins::new(pc, fp) };
    ins.save(cx);
    match item::<F>()(ins, cx) {
        Ok(next) => next,
        // SAFETY: as above; the body left frame and instruction as they were, or noted new ones in the context.
        Err(_) => unsafe { run::unwind((*cx.frame).pc, cx.frame, cx) },
    }
}

#[inline(never)]
unsafe fn simple_handler<F: Fn(Ins, &mut Context) -> PhpResult + Copy, const LENGTH: usize>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: handlers are run on an instruction and its frame; opcodes that continue are followed by an instruction.
    unsafe {
        if run_simple::<F>(pc, fp, cx) {
            return go(pc.add(LENGTH), fp, cx, table);
        }
        run::raise(pc, fp, cx, table)
    }
}

#[inline(never)]
unsafe fn branch_handler<F: Fn(Ins, &mut Context) -> PhpResult<*const Op> + Copy>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: handlers are run on an instruction and its frame; bodies return instructions of the same function.
    unsafe {
        let next = run_branch::<F>(pc, fp, cx);
        if next.is_null() {
            return run::raise(pc, fp, cx, table);
        }
        go(next, fp, cx, table)
    }
}

#[inline(never)]
unsafe fn transfer_handler<F: Fn(Ins, &mut Context) -> PhpResult<Next> + Copy>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: handlers are run on an instruction and its frame; bodies return an instruction of the frame they return.
    unsafe {
        let next = run_transfer::<F>(pc, fp, cx);
        if next.pc.is_null() {
            return next;
        }
        go(next.pc, next.fp, cx, table)
    }
}

/// What follows every body: what the heap asks for, above all destructors of objects that the instruction released.
#[inline(always)]
fn body<T>(result: PhpResult<T>, cx: &mut Context) -> PhpResult<T> {
    if phalanx_value::heap::attention() != 0 {
        return run::attended(result, cx);
    }
    result
}
