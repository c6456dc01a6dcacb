//! The memory of a generator's frame.
//!
//! # Safety
//!
//! See [`crate::generator`].
#![allow(unsafe_code, reason = "moves frames")]

use crate::Context;
use crate::dispatch::run_loop;
use crate::frame::{Frame, flag};
use crate::ops::INTERPRETER;
use crate::run;
use crate::thrown::PhpResult;
use phalanx_bytecode::SLOT_SIZE;
use phalanx_bytecode::draft::LiveKind;
use phalanx_value::{ObjRef, Value, heap};
use std::ptr;

#[repr(C, align(16))]
#[derive(Clone, Copy)]
pub(super) struct Unit([u8; 16]);

impl Unit {
    pub(super) const ZERO: Unit = Unit([0; 16]);
}

/// A frame in memory of its own.
pub(super) struct FrameBox(Box<[Unit]>);

impl Drop for FrameBox {
    fn drop(&mut self) {
        heap::discharge(size_of_val(&*self.0));
    }
}

impl FrameBox {
    /// Moves a frame from the VM stack, which pops it.
    ///
    /// # Safety
    /// `frame` must be the topmost frame of the stack, and nothing may point to it but what the caller corrects.
    pub(super) unsafe fn take(frame: *mut Frame, cx: &mut Context) -> FrameBox {
        // SAFETY: the caller's frame is alive; the copy is as large as it and takes its place.
        unsafe {
            let func = (*frame).func;
            let extra = (*frame).num_args.saturating_sub(func.num_params);
            let size = func.frame_size as usize + (extra * SLOT_SIZE) as usize;
            let mut memory = vec![Unit::ZERO; size.div_ceil(16)].into_boxed_slice();
            let symbols = if (*frame).has(flag::SYMBOLS) {
                (*frame).extra.as_ref().and_then(|extra| extra.symbols.clone())
            } else {
                None
            };
            if let Some(symbols) = &symbols {
                symbols.borrow_mut().detach(frame);
            }
            if !(*frame).has(flag::OWNS_THIS) && (*frame).this.as_object().is_some() {
                // The object was the caller's; the generator may outlive it.
                std::mem::forget((*frame).this.clone());
                (*frame).flags |= flag::OWNS_THIS;
            }
            ptr::copy_nonoverlapping(frame.cast::<u8>(), memory.as_mut_ptr().cast(), size);
            cx.stack.pop(frame);
            heap::charge(size_of_val(&*memory));
            let moved = FrameBox(memory);
            (*moved.as_ptr()).flags |= flag::GENERATOR;
            (*moved.as_ptr()).flags &= !flag::TOP;
            if let Some(symbols) = &symbols {
                symbols.borrow_mut().attach(moved.as_ptr());
            }
            moved
        }
    }

    pub(super) fn as_ptr(&self) -> *mut Frame {
        self.0.as_ptr().cast_mut().cast()
    }

    /// Shows the values of a suspended frame to the collector.
    pub(super) fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        // SAFETY: the frame is suspended.
        unsafe { trace_frame(self.as_ptr(), visit) }
    }

    /// Releases what a suspended frame owns, without running PHP code.
    pub(super) fn release(self) {
        let frame = self.as_ptr();
        // SAFETY: the frame is alive, suspended, and not used afterwards.
        unsafe {
            let Some(proto) = (*frame).func.proto() else { return };
            let at = (*frame).pc.offset_from(proto.code().as_ptr()) as u32;
            for range in proto.live.iter() {
                if range.kind == LiveKind::Value && range.start <= at && at < range.end {
                    drop(Frame::slot(frame, range.slot).read());
                }
            }
            if (*frame).has(flag::SYMBOLS) {
                let symbols = (*frame).extra.as_ref().and_then(|extra| extra.symbols.clone());
                if let Some(symbols) = symbols {
                    symbols.borrow_mut().detach(frame);
                }
            }
            run::release_variables(frame);
            drop((*frame).this.take());
            let extra = (*frame).extra.take();
            drop(extra);
        }
    }
}

/// Shows what a frame owns to the collector: variables, temporaries that are live, `$this` and closure. Frames of native
/// functions show nothing; what only they own is not garbage.
///
/// # Safety
/// `frame` must be alive and not run meanwhile.
pub(crate) unsafe fn trace_frame(frame: *mut Frame, visit: &mut dyn FnMut(&Value)) {
    // SAFETY: variables are initialised, and so are temporaries that are live at the saved instruction.
    unsafe {
        let func = (*frame).func;
        let Some(proto) = func.proto() else { return };
        for index in 0..proto.num_cvs {
            visit(&*Frame::slot_at(frame, index));
        }
        if (*frame).has(flag::EXTRA_ARGS) {
            let first = proto.num_cvs + proto.num_tmps;
            for index in 0..(*frame).num_args - func.num_params {
                visit(&*Frame::slot_at(frame, first + index));
            }
        }
        let at = (*frame).pc.offset_from(proto.code().as_ptr()) as u32;
        for range in proto.live.iter() {
            if range.kind == LiveKind::Value && range.start <= at && at < range.end {
                visit(&*Frame::slot(frame, range.slot));
            }
        }
        if (*frame).has(flag::OWNS_THIS | flag::GENERATOR) {
            visit(&*(&raw const (*frame).this).cast::<Value>());
        }
        if let Some(closure) = (*frame).extra.as_ref().and_then(|extra| extra.closure.as_ref()) {
            // A look at the handle that is not counted and not dropped.
            let closure = std::mem::ManuallyDrop::new(Value::object(ObjRef::from_raw(closure.raw())));
            visit(&closure);
        }
    }
}

/// Goes on behind the instruction that a frame is suspended at.
///
/// # Safety
/// `frame` must be a suspended frame, whose `prev` is the innermost one.
pub(super) unsafe fn go_on(frame: *mut Frame, cx: &mut Context) -> PhpResult {
    // SAFETY: the caller's promise.
    unsafe { run::resume((*frame).pc.add(1), frame, cx) }
}

/// Raises what is pending at the instruction that a frame is suspended at.
///
/// # Safety
/// As [`go_on`].
pub(super) unsafe fn raise(frame: *mut Frame, cx: &mut Context) -> PhpResult {
    cx.enter_native()?;
    let table = &INTERPRETER;
    // SAFETY: the caller's promise.
    unsafe {
        (*frame).flags |= flag::TOP;
        let next = run::raise((*frame).pc, frame, cx, table);
        if !next.pc.is_null() {
            run_loop(next.pc, next.fp, cx, table);
        }
    }
    cx.native_depth -= 1;
    cx.pending()
}
