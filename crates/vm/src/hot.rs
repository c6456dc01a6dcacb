//! Hot places: where the interpreter counts, asks the JIT to look, and enters compiled code.
//!
//! Each loop head and each function entry is a *trace site* with a number of its own in its Unit. The Unit's trace
//! table has one pointer per site, null until somebody published code for it; all threads share the table. Counters
//! are words of the function's inline cache, so they belong to one thread.
//!
//! The JIT is reached through [`JitHooks`], which the engine installs; the VM does not know it.
//!
//! # Safety
//!
//! Hooks are handlers: see [`crate::dispatch`]. A published pointer is code (or a description of it) that the hook
//! `enter` of the same JIT understands, and stays good as long as its Unit is pinned.
#![allow(unsafe_code, reason = "trace tables and hooks are reached by pointer")]

use crate::Context;
use crate::dispatch::{Handler, Next, Table, go};
use crate::frame::Frame;
use crate::ops::INTERPRETER;
use phalanx_bytecode::Op;
use std::sync::atomic::Ordering;

/// What the VM asks of the JIT.
#[derive(Debug)]
pub struct JitHooks {
    /// A loop head became hot: the pc of the handler is the instruction behind it. It goes on with the interpreter, or
    /// with a table that records.
    pub hot_loop: Handler,
    /// The same of a function: the pc is the first instruction of the call.
    pub hot_call: Handler,
    /// Whether code may be run with a table that is not the interpreter's: it is the one that records, and the site is passed
    /// and is not what is recorded. Tables that stop behind one instruction must not run a called function.
    pub may_enter: unsafe fn(pc: *const Op, cx: &mut Context, table: &Table) -> bool,
    /// Runs the code published at the site with this number, and says where the interpreter goes on. It takes words only,
    /// so that nothing lies on the stack of whoever hands over afterwards.
    pub enter:
        unsafe fn(number: u32, entry: *const u8, pc: *const Op, fp: *mut Frame, cx: &mut Context) -> Next,
}

/// Counting and compiled code of a context.
#[derive(Default)]
pub struct Hot {
    hooks: Option<&'static JitHooks>,
    /// Visits of a loop head after which it is hot; 0: never.
    pub loop_threshold: u32,
    /// Calls after which a function is hot; 0: never.
    pub call_threshold: u32,
    /// The table in force in debug builds, while something records.
    table: Option<&'static Table>,
    /// The table to go on with behind compiled code, if it is another one than the interpreter's.
    resume: Option<&'static Table>,
    /// What the JIT keeps per context.
    pub state: Option<Box<dyn std::any::Any>>,
}

impl Hot {
    /// Switches the JIT on.
    pub fn install(&mut self, hooks: &'static JitHooks) {
        self.hooks = Some(hooks);
    }

    /// Switches it off.
    pub fn remove(&mut self) {
        self.hooks = None;
        self.table = None;
    }

    /// The code that is being left wants the interpreter to go on with this table.
    pub fn resume_with(&mut self, table: &'static Table) {
        self.resume = Some(table);
    }

    /// Whether the JIT is on.
    #[inline(always)]
    pub fn is_on(&self) -> bool {
        self.hooks.is_some()
    }

    /// Whether calls are counted, or may lead to compiled code.
    #[inline(always)]
    pub fn counts_calls(&self) -> bool {
        self.call_threshold != 0
    }

    /// The table that records, if something does.
    #[inline(always)]
    pub fn table(&self) -> Option<&'static Table> {
        if cfg!(debug_assertions) { self.table } else { None }
    }

    /// Sets the table in force from the next instruction on; release builds hand it on as an argument as well.
    pub fn set_table(&mut self, table: Option<&'static Table>) {
        self.table = table;
    }
}

/// Comes to a trace site, the head of a loop or the start of a call: enters its code, or counts.
///
/// # Safety
/// `pc` must be the site's instruction in the function of `fp`: behind a `LOOP_HEAD`, or the first one of a call.
#[inline(always)]
pub unsafe fn visit<const LOOP: bool>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    let Some(hooks) = cx.hot.hooks else {
        // SAFETY: the caller's promise.
        return unsafe { go(pc, fp, cx, table) };
    };
    // While something is recorded nothing is counted, and only what is not to be recorded is entered.
    let interprets = std::ptr::eq(table, &INTERPRETER);
    // SAFETY: the caller's frame is alive, of a user function; sites and counters are those of its function.
    unsafe {
        let func = (*fp).func;
        let proto = func.proto().unwrap_unchecked();
        let (number, counter, threshold) = if LOOP {
            let head = pc.sub(1);
            ((*head).a, (*fp).cache.add((*head).b as usize), cx.hot.loop_threshold)
        } else {
            // The last word of the cache, behind those that the compiler hands out, counts calls.
            (0, (*fp).cache.add(proto.cache_slots as usize), cx.hot.call_threshold)
        };
        let traces = proto.unit().traces;
        if !traces.is_null() {
            let entry = (*traces.add((proto.first_trace_site + number) as usize)).load(Ordering::Acquire);
            if !entry.is_null() && (interprets || (hooks.may_enter)(pc, cx, table)) {
                let next = (hooks.enter)(number, entry, pc, fp, cx);
                if next.pc.is_null() {
                    return next;
                }
                let table = if interprets { cx.hot.resume.take().unwrap_or(table) } else { table };
                return go(next.pc, next.fp, cx, table);
            }
        }
        if !interprets {
            return go(pc, fp, cx, table);
        }
        *counter += 1;
        if *counter >= threshold as usize && threshold != 0 {
            *counter = 0;
            let hot = if LOOP { hooks.hot_loop } else { hooks.hot_call };
            return hot(pc, fp, cx, table);
        }
        go(pc, fp, cx, table)
    }
}
