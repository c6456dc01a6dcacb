//! Calls that a suspended generator prepares: `f(1, yield)`.
//!
//! Their frames lie on the VM stack while the generator runs and must leave it when it suspends, since whoever resumed it
//! goes on using the stack. They come back, perhaps to another place, before the generator goes on.
//!
//! # Safety
//!
//! See [`crate::generator`]. A frame of a call being prepared has its first `num_args` slots written, and nothing but the
//! frame that prepares it and the calls prepared inside of it points to it.
#![allow(unsafe_code, reason = "moves frames")]

use super::frame::Unit;
use crate::Context;
use crate::frame::Frame;
use crate::run;
use phalanx_value::Value;
use std::ptr;

/// The frames, the outermost call first.
#[derive(Default)]
pub(super) struct PendingCalls(Vec<Box<[Unit]>>);

impl PendingCalls {
    /// Takes the calls that `frame` prepares off the stack.
    ///
    /// # Safety
    /// `frame` must be the innermost frame, about to be suspended.
    pub(super) unsafe fn save(frame: *mut Frame, cx: &mut Context) -> PendingCalls {
        let mut calls = Vec::new();
        // SAFETY: the calls that are being prepared are the topmost frames of the stack, the innermost one on top.
        unsafe {
            let mut call = (*frame).call;
            while !call.is_null() {
                let size = cx.stack.room_from(call);
                let mut memory = vec![Unit::ZERO; size.div_ceil(size_of::<Unit>())].into_boxed_slice();
                ptr::copy_nonoverlapping(call.cast::<u8>(), memory.as_mut_ptr().cast(), size);
                let outer = (*call).prev;
                cx.stack.pop(call);
                calls.push(memory);
                call = outer;
            }
            (*frame).call = ptr::null_mut();
        }
        calls.reverse();
        PendingCalls(calls)
    }

    /// Puts the calls back on the stack, for `frame` to go on preparing them.
    ///
    /// # Safety
    /// `frame` must be the frame that they were saved for, about to run.
    pub(super) unsafe fn restore(self, frame: *mut Frame, cx: &mut Context) {
        for memory in self.0 {
            // SAFETY: the copy is a frame; its new place has room for all of it.
            unsafe {
                let call: *mut Frame = cx.stack.push_room(size_of_val(&*memory)).cast();
                ptr::copy_nonoverlapping(memory.as_ptr().cast::<u8>(), call.cast(), size_of_val(&*memory));
                (*call).prev = (*frame).call;
                (*frame).call = call;
            }
        }
    }

    /// Shows the values of the calls to the collector.
    pub(super) fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        for memory in &self.0 {
            let call = memory.as_ptr().cast_mut().cast::<Frame>();
            // SAFETY: module documentation.
            unsafe {
                for index in 0..(*call).num_args {
                    visit(&*Frame::slot_at(call, index));
                }
                visit(&*(&raw const (*call).this).cast::<Value>());
            }
        }
    }

    /// Releases calls that will never be made, without running PHP code.
    pub(super) fn release(self) {
        for memory in self.0.into_iter().rev() {
            let call = memory.as_ptr().cast_mut().cast::<Frame>();
            // SAFETY: module documentation; the frame is not used afterwards.
            unsafe {
                for index in 0..(*call).num_args {
                    ptr::drop_in_place(Frame::slot_at(call, index));
                }
                run::release_owned(call);
            }
        }
    }
}
