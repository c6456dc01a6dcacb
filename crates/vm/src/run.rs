//! Running frames: entering and leaving the run loop.
//!
//! # Safety
//!
//! Frames form a chain from `cx.frame`; whoever pushed a frame keeps it alive until `leave` popped it. The functions
//! here that take frame pointers take them from that chain.
#![allow(unsafe_code, reason = "works on frames by pointer")]

mod attention;
mod raise;

pub use attention::{attended, poll};
pub use raise::{raise, unwind};

use crate::Context;
use crate::dispatch::{Next, Table, go, run_loop};
use crate::frame::{Frame, VmThis, flag};
use crate::func::FuncRef;
use crate::hot;
use crate::ops::INTERPRETER;
use crate::stack::VmStack;
use crate::thrown::{PhpResult, Thrown};
use phalanx_bytecode::flags::func as func_flag;
use phalanx_bytecode::unit::FuncProto;
use phalanx_bytecode::{FRAME_HEADER_SIZE, Op, SLOT_SIZE};
use phalanx_value::object::OBJ_DESTRUCTED;
use phalanx_value::{ObjRef, Value, heap};
use std::ptr;

/// Assigns to a variable slot: through a reference if it is one. For slots of plain, untyped variables.
#[inline(always)]
pub(crate) fn assign_plain(slot: *mut Value, value: Value) {
    // SAFETY: the caller's slot is an initialised variable.
    let target = unsafe { Value::deref_ptr(slot) };
    // SAFETY: as above. The old value is dropped after the new one is in place.
    let old = unsafe { ptr::replace(target, value) };
    drop(old);
}

/// Prepares a frame whose arguments lie in its slots for execution and returns its first instruction.
///
/// # Safety
/// `frame` must be the topmost frame, of a user function, its arguments written.
#[inline(always)]
pub unsafe fn enter(frame: *mut Frame, cx: &mut Context) -> *const Op {
    // SAFETY: the caller's promise.
    unsafe {
        let func = (*frame).func;
        let proto = func.proto().unwrap_unchecked();
        let given = (*frame).num_args;
        let mut first = given;
        if given > func.num_params {
            first = take_extra_args(frame, func);
        }
        undef_variables(frame, func, first);
        (*frame).cache = func.cache();
        cx.frame = frame;
        let pc = proto.code().as_ptr();
        if func.has(func_flag::HAS_PARAM_TYPES) || (*frame).has(flag::MAY_HAVE_UNDEF) {
            return pc;
        }
        pc.add(skipped(proto, first))
    }
}

/// Makes the variables from number `first` on undefined.
///
/// # Safety
/// `frame` must be a frame of `func`, whose variables from `first` on hold nothing.
#[inline(always)]
pub(crate) unsafe fn undef_variables(frame: *mut Frame, func: FuncRef, first: u32) {
    // SAFETY: the caller's promise.
    unsafe {
        let mut slot = Frame::slot_at(frame, first);
        let end = Frame::slot(frame, func.variables_end);
        while slot < end {
            Value::init_undef(slot);
            slot = slot.add(1);
        }
    }
}

/// Moves the arguments beyond the declared parameters out of the way; gives the number of those that stay.
#[cold]
#[inline(never)]
unsafe fn take_extra_args(frame: *mut Frame, func: FuncRef) -> u32 {
    // SAFETY: the caller's frame is the topmost one.
    unsafe {
        VmStack::move_extra_args(frame);
        (*frame).flags |= flag::EXTRA_ARGS;
    }
    func.num_params
}

/// How many instructions at the start only receive arguments that are there and need no check.
#[inline(always)]
fn skipped(proto: &FuncProto, given: u32) -> usize {
    // Each required parameter has one RECV; the first with a default may have code, so it is where skipping ends.
    given.min(proto.num_required).min(proto.num_params) as usize
}

/// Runs `frame`, whose arguments are written, until it returns. The result is where `frame.ret` says.
///
/// # Safety
/// `frame` must be the topmost frame, of a user function, and `ret` valid for a write or null.
pub unsafe fn execute(frame: *mut Frame, cx: &mut Context) -> PhpResult {
    // SAFETY: the caller's promise.
    let pc = unsafe { enter(frame, cx) };
    // SAFETY: as above.
    unsafe { resume(pc, frame, cx) }
}

/// Runs on from `pc` in `frame` until that frame is left.
///
/// # Safety
/// `pc` must be an instruction of the function of `frame`, which is the innermost frame.
pub unsafe fn resume(pc: *const Op, frame: *mut Frame, cx: &mut Context) -> PhpResult {
    // SAFETY: the caller's frame is alive.
    unsafe { (*frame).flags |= flag::TOP };
    cx.enter_native()?;
    // SAFETY: the caller's promise.
    unsafe { run_loop(pc, frame, cx, &INTERPRETER) };
    cx.native_depth -= 1;
    cx.pending()
}

impl Context {
    /// The exception or exit that is under way, as a result.
    pub fn pending(&self) -> PhpResult {
        if self.exception.is_some() {
            Err(Thrown::Exception)
        } else if self.exiting {
            Err(Thrown::Exit)
        } else {
            Ok(())
        }
    }

    /// Notes one more level of native recursion; too many are an Error before the native stack overflows.
    pub fn enter_native(&mut self) -> PhpResult {
        if !self.may_nest() {
            return Err(self.throw_stack_error());
        }
        self.native_depth += 1;
        Ok(())
    }

    /// Whether native code may go one level deeper.
    pub fn may_nest(&self) -> bool {
        self.native_stack_left() >= RESERVED_STACK
    }

    /// The Error of recursion that has used up the native stack.
    #[cold]
    fn throw_stack_error(&mut self) -> Thrown {
        let size = self.native_stack_size.saturating_sub(RESERVED_STACK);
        self.throw_error(format!(
            "Maximum call stack size of {size} bytes (zend.max_allowed_stack_size - zend.reserved_stack_size) \
             reached. Infinite recursion?"
        ))
    }

    /// Runs a part of native code that recurses over PHP data; too deep a recursion is an Error.
    pub fn nested<T>(&mut self, part: impl FnOnce(&mut Context) -> PhpResult<T>) -> PhpResult<T> {
        self.enter_native()?;
        let result = part(self);
        self.native_depth -= 1;
        result
    }
}

/// Native stack that is left for code that does not look how much there is.
const RESERVED_STACK: usize = 256 * 1024;

/// A backward jump from `pc` to `target` while something asks for attention, or with the JIT on. The parameters stand
/// so that a handler jumps here with its registers as they are.
///
/// # Safety
/// Both must be instructions of the function of `fp`; a `LOOP_HEAD` stands before `target`.
#[inline(never)]
pub unsafe fn back_edge(
    target: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
    pc: *const Op,
) -> Next {
    if cx.must_poll() {
        // SAFETY: the caller's frame is alive.
        unsafe { (*fp).pc = pc };
        cx.frame = fp;
        if poll(cx).is_err() {
            // SAFETY: as above.
            return unsafe { raise(pc, fp, cx, table) };
        }
    }
    if ptr::eq(pc, target) {
        // A loop of nothing: there is nothing to compile, and whoever looked at it would run it inside of itself.
        // SAFETY: the caller's promise.
        return unsafe { go(target, fp, cx, table) };
    }
    // SAFETY: the caller's promise.
    unsafe { hot::visit::<true>(target, fp, cx, table) }
}

/// The start of a call while something asks for attention, or with the JIT on.
///
/// # Safety
/// `entry` must be the first instruction to execute of the function of `fp`.
#[inline(never)]
pub unsafe fn call_edge(entry: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    if cx.must_poll() {
        // SAFETY: the caller's frame is alive.
        unsafe { (*fp).pc = entry };
        cx.frame = fp;
        if poll(cx).is_err() {
            // SAFETY: as above.
            return unsafe { raise(entry, fp, cx, table) };
        }
    }
    // SAFETY: the caller's promise.
    unsafe { hot::visit::<false>(entry, fp, cx, table) }
}

/// Releases all of a frame's variables and extra arguments.
///
/// # Safety
/// The frame's variables must be initialised; they are not used afterwards.
#[inline(always)]
pub unsafe fn release_variables(frame: *mut Frame) {
    // SAFETY: the caller's promise.
    unsafe {
        let func = (*frame).func;
        let proto = func.proto().unwrap_unchecked();
        let mut slot = Frame::slot_at(frame, 0);
        let end = slot.add(proto.num_cvs as usize);
        while slot < end {
            if (*slot).is_counted() {
                ptr::drop_in_place(slot);
                slot.write(Value::UNDEF);
            }
            slot = slot.add(1);
        }
        if (*frame).has(flag::EXTRA_ARGS) {
            release_extra_args(frame);
        }
    }
}

#[cold]
unsafe fn release_extra_args(frame: *mut Frame) {
    // SAFETY: the frame is alive; extra arguments lie behind its slots.
    unsafe {
        let func = (*frame).func;
        let slots = (func.frame_size - FRAME_HEADER_SIZE) / SLOT_SIZE;
        for index in 0..(*frame).num_args - func.num_params {
            ptr::drop_in_place(Frame::slot_at(frame, slots + index));
        }
        (*frame).flags &= !flag::EXTRA_ARGS;
    }
}

/// What a frame owns beside its variables.
pub(crate) const OWNS: u32 = flag::OWNS_THIS | flag::CLOSURE | flag::SYMBOLS | flag::OWNS_FUNC;

/// Leaves a frame of a user function: its variables are released and it is popped. Generator frames stay.
///
/// # Safety
/// `frame` must be the innermost frame.
#[inline(always)]
pub unsafe fn leave(frame: *mut Frame, cx: &mut Context) {
    // SAFETY: the caller's promise.
    unsafe {
        if (*frame).has(flag::SYMBOLS) {
            leave_symbols(frame);
        }
        release_variables(frame);
        cx.frame = (*frame).prev;
        release_rest(frame, cx);
    }
}

/// Ends a call whose function compiled code has run to its end: delivers the result and pops the frame, whose variables
/// are released. Says where execution goes on.
///
/// # Safety
/// `frame` must be the innermost frame of a user function, no generator's and without a symbol table.
pub unsafe fn returned(frame: *mut Frame, result: Value, cx: &mut Context) -> Next {
    // SAFETY: the caller's promise: `ret` is null or a temporary of the caller.
    unsafe {
        let (ret, prev, top) = ((*frame).ret, (*frame).prev, (*frame).has(flag::TOP));
        cx.frame = prev;
        release_rest(frame, cx);
        if ret.is_null() {
            drop(result);
        } else {
            ret.write(result);
        }
        if heap::has_pending_destructors() && cx.run_destructors().is_err() {
            if !ret.is_null() {
                drop(ret.replace(Value::NULL));
            }
            if !top {
                return unwind((*prev).pc, prev, cx);
            }
        }
        if top {
            return Next::LEAVE;
        }
        Next { pc: (*prev).pc.add(1), fp: prev }
    }
}

/// Releases what a frame owns beside variables, and pops it.
///
/// # Safety
/// `frame` must be the topmost frame of the stack, its variables or arguments released.
#[inline(always)]
pub unsafe fn release_rest(frame: *mut Frame, cx: &mut Context) {
    // SAFETY: the caller's promise.
    unsafe {
        if (*frame).flags & OWNS != 0 || (*frame).extra.is_some() {
            release_owned(frame);
        }
        if !(*frame).has(flag::GENERATOR) {
            cx.stack.pop(frame);
        }
    }
}

/// Releases what a frame owns beside variables.
///
/// # Safety
/// `frame` must be alive and not used afterwards.
#[inline(never)]
pub(crate) unsafe fn release_owned(frame: *mut Frame) {
    // SAFETY: the caller's frame is alive and about to go.
    unsafe {
        if (*frame).has(flag::OWNS_THIS) {
            drop((*frame).this.take());
        }
        if (*frame).has(flag::OWNS_FUNC) {
            drop(Box::from_raw((*frame).func.as_ptr().cast_mut()));
        }
        drop((*frame).extra.take());
    }
}

#[cold]
unsafe fn leave_symbols(frame: *mut Frame) {
    // SAFETY: the caller's frame is alive, its symbol table attached.
    unsafe {
        let symbols = (*frame).extra_mut().symbols.clone();
        if let Some(symbols) = symbols {
            symbols.borrow_mut().detach(frame);
        }
    }
}

/// Releases the arguments of a call that will not be made, and pops it.
///
/// # Safety
/// `call` must be the topmost frame of the stack, being prepared.
pub unsafe fn abandon_call(call: *mut Frame, cx: &mut Context) {
    // SAFETY: the caller's promise: the first `num_args` slots are written.
    unsafe {
        for index in 0..(*call).num_args {
            ptr::drop_in_place(Frame::slot_at(call, index));
        }
        if (*call).has(flag::CTOR)
            && let Some(object) = (*call).this.as_object()
        {
            object.set_flags(OBJ_DESTRUCTED);
        }
        release_rest(call, cx);
    }
}

/// After an included script: the includer's variables take their values back.
pub fn reattach(cx: &mut Context) {
    let frame = cx.frame;
    if frame.is_null() {
        return;
    }
    // SAFETY: the innermost frame is alive; one with the flag has a symbol table.
    unsafe {
        if (*frame).has(flag::SYMBOLS) {
            let symbols = (*frame).extra_mut().symbols.clone();
            if let Some(symbols) = symbols {
                symbols.borrow_mut().attach(frame);
            }
        }
    }
}

impl Context {
    /// Calls a function with arguments from native code.
    pub fn call_function(
        &mut self,
        func: FuncRef,
        this: VmThis,
        closure: Option<ObjRef>,
        args: &[Value],
    ) -> PhpResult<Value> {
        crate::call::call(self, func, this, closure, args, None)
    }
}
