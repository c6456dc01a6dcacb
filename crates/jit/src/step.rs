//! Instructions that compiled code leaves to their handlers.
//!
//! # Safety
//!
//! Called by compiled code with the frame it was entered with, and an instruction of its function; all slots that
//! the handler may look at are in memory.
#![allow(unsafe_code, reason = "called by compiled code")]

use crate::hooks::Args;
use phalanx_bytecode::Op;
use phalanx_bytecode::spec::CODES;
use phalanx_value::{Tag, Value, VmArray};
use phalanx_vm::dispatch::{Next, Table, run_loop};
use phalanx_vm::frame::{Frame, flag};
use phalanx_vm::hot::{TraceSite, visit};
use phalanx_vm::ops::INTERPRETER;
use phalanx_vm::run;

/// A table whose handlers do nothing but say where they are: an instruction run with it ends behind itself.
static STOP: Table = Table([stop; CODES]);

unsafe fn stop(pc: *const Op, fp: *mut Frame, _: &mut phalanx_vm::Context, _: &Table) -> Next {
    Next { pc, fp }
}

/// Where execution goes on in the frame, or null: then `args` says where.
fn go_on(args: &mut Args, next: Next) -> *const Op {
    if next.fp == args.fp {
        return next.pc;
    }
    args.pc = next.pc;
    args.fp = next.fp;
    std::ptr::null()
}

/// Executes the instruction at `pc`.
pub(crate) unsafe extern "C" fn step(args: *mut Args, pc: *const Op) -> *const Op {
    // SAFETY: module documentation.
    unsafe {
        let args = &mut *args;
        let handler = INTERPRETER.0[(*pc).code as usize];
        let next = handler(pc, args.fp, &mut *args.cx, &STOP);
        go_on(args, next)
    }
}

/// Executes the `CALL` at `pc`, and the function that it calls until that returns.
pub(crate) unsafe extern "C" fn call(args: *mut Args, pc: *const Op) -> *const Op {
    // SAFETY: module documentation. The callee's frame is the innermost one when the handler has run.
    unsafe {
        let args = &mut *args;
        let cx = &mut *args.cx;
        let handler = INTERPRETER.0[(*pc).code as usize];
        let next = handler(pc, args.fp, cx, &STOP);
        if next.fp == args.fp || next.pc.is_null() || (*next.fp).prev != args.fp {
            return go_on(args, next);
        }
        (*next.fp).flags |= flag::TOP;
        if cx.enter_native().is_err() {
            let raised = run::raise(next.pc, next.fp, cx, &STOP);
            // The callee is a frame to stop at.
            if !raised.pc.is_null() {
                run_loop(raised.pc, raised.fp, cx, &INTERPRETER);
            }
        } else {
            let first = visit(TraceSite::Entry, next.pc, next.fp, cx, &INTERPRETER);
            if !first.pc.is_null() {
                run_loop(first.pc, first.fp, cx, &INTERPRETER);
            }
            cx.native_depth -= 1;
        }
        if cx.pending().is_err() {
            let raised = run::raise(pc, args.fp, cx, &STOP);
            return go_on(args, raised);
        }
        pc.add(1)
    }
}

/// `slot[key] = value` for a value that is not counted. Gives 0 if that is not as simple as that, 1 if it is done and
/// the array has an index now, else the address of the packed array.
pub(crate) unsafe extern "C" fn store_int(slot: *mut Value, key: i64, payload: u64, meta: u64) -> usize {
    // SAFETY: the slot is a variable of the frame.
    unsafe {
        if (*slot).tag() != Tag::Array {
            return 0;
        }
        let Some(array) = (*slot).as_array_mut() else { return 0 };
        let array = array.separate();
        let found = VmArray::find_int(array, key);
        if !found.is_null() && (*found).is_counted() {
            return 0;
        }
        let place = if found.is_null() { VmArray::entry_int(array, key).0 } else { found };
        let words = place.cast::<u64>();
        words.write(payload);
        words.add(1).write(meta);
        if (*array).is_hash() { 1 } else { array.expose_provenance() }
    }
}
