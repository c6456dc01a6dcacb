//! Raising and catching: where execution goes on after an exception, and what is released on the way.
//!
//! # Safety
//!
//! As in [`super`]: frames are those of the chain.
#![allow(unsafe_code, reason = "works on frames by pointer")]

use super::{abandon_call, leave, reattach};
use crate::Context;
use crate::dispatch::{Next, Table, go};
use crate::frame::{Frame, flag};
use phalanx_bytecode::Op;
use phalanx_bytecode::draft::LiveKind;
use phalanx_bytecode::effects::raises_as;
use phalanx_bytecode::unit::FuncProto;
use phalanx_value::Value;
use phalanx_value::object::OBJ_DESTRUCTED;

/// Raises what is pending in the context at the instruction `pc` of `fp`: goes on at a handler of it, in this frame
/// or one further out, or leaves the run loop.
///
/// # Safety
/// `pc` must be an instruction of the function of `fp`, the innermost frame of user code.
#[cold]
#[inline(never)]
pub unsafe fn raise(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: the caller's promise.
    unsafe {
        let next = unwind(pc, fp, cx);
        if next.pc.is_null() {
            return next;
        }
        go(next.pc, next.fp, cx, table)
    }
}

/// Where execution goes on after what is pending was raised at `pc`: frames that do not handle it are left.
///
/// # Safety
/// As [`raise`].
#[cold]
#[inline(never)]
pub unsafe fn unwind(pc: *const Op, fp: *mut Frame, cx: &mut Context) -> Next {
    let (mut pc, mut fp) = (pc, fp);
    loop {
        // SAFETY: the chain of frames is alive, see the module documentation.
        unsafe {
            while !(*fp).call.is_null() {
                let call = (*fp).call;
                (*fp).call = (*call).prev;
                abandon_call(call, cx);
            }
            let func = (*fp).func;
            let proto = func.proto().expect("instructions belong to user functions");
            let at = pc.offset_from(proto.code().as_ptr()) as u32;
            let counts_as = raised_at(proto, at);
            if let Some(handler) = find_handler(proto, counts_as, fp, cx) {
                release_live(proto, at, handler, fp, cx);
                cx.frame = fp;
                return Next { pc: proto.code().as_ptr().add(handler as usize), fp };
            }
            release_live(proto, at, 0, fp, cx);
            let top = (*fp).has(flag::TOP);
            let prev = (*fp).prev;
            if (*fp).has(flag::GENERATOR) {
                crate::generator::finish(fp, cx);
            }
            if (*fp).has(flag::CTOR)
                && let Some(object) = (*fp).this.as_object()
            {
                object.set_flags(OBJ_DESTRUCTED);
            }
            let include = (*fp).has(flag::SYMBOLS);
            leave(fp, cx);
            if include {
                reattach(cx);
            }
            if phalanx_value::heap::has_pending_destructors() {
                // An exception of a destructor is chained to the one under way by whoever throws it.
                let _ = cx.run_destructors();
            }
            if top {
                return Next::LEAVE;
            }
            fp = prev;
            pc = (*fp).pc;
        }
    }
}

/// Where an exception of the instruction `at` counts as raised when its handler is looked for: what has a `DATA` behind it counts
/// as that, else see [`raises_as`].
fn raised_at(proto: &FuncProto, at: u32) -> u32 {
    let code = proto.code();
    if has_data(proto, at) { at + 1 } else { raises_as(code, at as usize) as u32 }
}

fn has_data(proto: &FuncProto, at: u32) -> bool {
    proto.code()[at as usize].opcode().info().has_data()
}

/// Index of the instruction that handles what is pending when it is raised at `at`: a CATCH, or the start of a
/// finally block, which then remembers the exception.
unsafe fn find_handler(proto: &FuncProto, at: u32, fp: *mut Frame, cx: &mut Context) -> Option<u32> {
    if cx.exiting {
        return None;
    }
    for region in proto.tries.iter().rev() {
        if at < region.start {
            continue;
        }
        if region.catch != 0 && at < region.catch {
            return Some(region.catch);
        }
        if region.finally != 0 && at < region.finally {
            let exception = cx.exception.take()?;
            // SAFETY: the region's temporary is a slot of this function; outside of the finally block it holds
            // nothing.
            unsafe { Frame::slot(fp, region.fast_call).write(Value::object(exception)) };
            return Some(region.finally);
        }
        if region.finally != 0 && at < region.finally_end {
            // SAFETY: inside of the finally block the temporary is initialised.
            let saved = unsafe { Frame::slot(fp, region.fast_call).replace(Value::UNDEF) };
            // SAFETY: as above.
            unsafe { crate::ops::drop_pending_return(&saved, fp) };
            if let (Some(saved), Some(exception)) = (saved.into_object(), cx.exception.clone()) {
                crate::throw::set_previous(&exception, saved);
            }
        }
    }
    None
}

/// Releases the temporaries that are live when the instruction `at` raises something, and not at `handler` (0: none is).
///
/// What it takes from the `DATA` behind it is gone. Its result lives from there on, but is not there yet.
///
/// A temporary that is live at both was so all the time: a block and its handler begin with the same ones. It may still have
/// two ranges, as code that leaves a loop may lie between them.
unsafe fn release_live(proto: &FuncProto, at: u32, handler: u32, fp: *mut Frame, cx: &mut Context) {
    let stays = |slot: u32| {
        let mut ranges = proto.live.iter().take_while(|range| range.start <= handler);
        handler != 0 && ranges.any(|range| range.slot == slot && handler < range.end)
    };
    let taken = at + u32::from(has_data(proto, at));
    for range in proto.live.iter() {
        if range.start > at {
            break;
        }
        if taken >= range.end || stays(range.slot) {
            continue;
        }
        // SAFETY: live ranges say which temporaries are initialised where.
        unsafe {
            let slot = Frame::slot(fp, range.slot);
            match range.kind {
                LiveKind::Value => drop(slot.read()),
                LiveKind::Loop => crate::ops::release_loop(slot.read()),
                LiveKind::Silence => crate::ops::end_silence(&slot.read(), cx),
                LiveKind::New => {
                    let value = slot.read();
                    if let Some(object) = value.as_object() {
                        object.set_flags(OBJ_DESTRUCTED);
                    }
                }
                LiveKind::Rope => {
                    let mut part = slot;
                    let parts = crate::ops::rope_parts(proto, at, range.slot);
                    for _ in 0..parts {
                        drop(part.read());
                        part = part.add(1);
                    }
                }
            }
        }
    }
}
