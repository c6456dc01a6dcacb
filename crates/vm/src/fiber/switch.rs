//! Native stacks of fibers and the switch between them.
//!
//! # Safety
//!
//! A coroutine is resumed with the address of the context of its thread, which outlives it; it gives that reference
//! back by suspending. The context does not move while a request runs. Frames of a suspended fiber stay on its VM
//! stack, which its coroutine keeps; the outermost one is linked to whoever resumes.
#![allow(unsafe_code, reason = "switches stacks; links frames of different stacks")]

use super::{FiberState, state};
use crate::Context;
use crate::class::Callee;
use crate::frame::Frame;
use crate::stack::VmStack;
use crate::thrown::PhpResult;
use corosensei::stack::{DefaultStack, Stack};
use corosensei::{CoroutineResult, Yielder};
use phalanx_value::{ObjRef, PhpArray, Value};
use std::cell::RefCell;
use std::mem;
use std::ptr;

/// Bytes of a fiber's native stack; pages are committed as they are touched.
const STACK_SIZE: usize = 1 << 20;
/// Stacks that a thread keeps for later fibers.
const POOL: usize = 64;

/// A VM stack and a native stack.
struct Stacks {
    vm: VmStack,
    native: DefaultStack,
}

thread_local! {
    static FREE: RefCell<Vec<Stacks>> = const { RefCell::new(Vec::new()) };
}

type Inner = corosensei::Coroutine<*mut Context, (), PhpResult, DefaultStack>;

/// A fiber's stacks and where it stands.
pub(super) struct Coroutine {
    /// Taken while it is dropped.
    inner: Option<Inner>,
    yielder: *const Yielder<*mut Context, ()>,
    vm: Option<VmStack>,
    frame: *mut Frame,
    /// The outermost frame, once there is one.
    bottom: *mut Frame,
    native_depth: u32,
    native_limit: usize,
}

/// A coroutine that will call `callee`.
pub(super) fn new(
    fiber: &ObjRef,
    callee: Callee,
    args: Vec<Value>,
    named: Option<PhpArray>,
) -> std::io::Result<Coroutine> {
    let pooled = FREE.with_borrow_mut(Vec::pop);
    let Stacks { vm, native } = match pooled {
        Some(stacks) => stacks,
        None => Stacks { vm: VmStack::new(), native: DefaultStack::new(STACK_SIZE)? },
    };
    let native_limit = native.limit().get();
    // Not counted: the fiber owns the coroutine, and outlives the run of it.
    let fiber = fiber.raw();
    let inner = Inner::with_stack(native, move |yielder, cx: *mut Context| {
        // SAFETY: module documentation.
        let cx = unsafe { &mut *cx };
        // SAFETY: the fiber is alive while its coroutine runs.
        let fiber = unsafe { ObjRef::from_raw_add_ref(fiber) };
        let state = state(&fiber).expect("a fiber");
        if let Some(coroutine) = state.coroutine.borrow_mut().as_mut() {
            coroutine.yielder = ptr::from_ref(yielder);
        }
        let result = cx.call_callee_named(&callee, &args, named.as_ref());
        drop(named);
        drop(args);
        drop(callee);
        result.map(|value| drop(state.value.replace(value)))
    });
    Ok(Coroutine {
        inner: Some(inner),
        yielder: ptr::null(),
        vm: Some(vm),
        frame: ptr::null_mut(),
        bottom: ptr::null_mut(),
        native_depth: 0,
        native_limit,
    })
}

impl Coroutine {
    /// Exchanges what belongs to a stack with the context.
    fn exchange(&mut self, cx: &mut Context) {
        if let Some(vm) = &mut self.vm {
            mem::swap(vm, &mut cx.stack);
        }
        mem::swap(&mut self.frame, &mut cx.frame);
        mem::swap(&mut self.native_depth, &mut cx.native_depth);
        mem::swap(&mut self.native_limit, &mut cx.native_limit);
    }
}

/// Lets the fiber run until it suspends (none) or ends.
pub(super) fn run(cx: &mut Context, state: &FiberState) -> Option<PhpResult> {
    let caller = cx.frame;
    let mut inner = {
        let mut slot = state.coroutine.borrow_mut();
        let coroutine = slot.as_mut().expect("a fiber that can run has a coroutine");
        if coroutine.frame.is_null() {
            // The first frame will be linked to the caller when it is pushed.
            coroutine.frame = caller;
        } else if !coroutine.bottom.is_null() {
            // SAFETY: frames of a suspended fiber are alive.
            unsafe { (*coroutine.bottom).prev = caller };
        } else {
            coroutine.frame = caller;
        }
        coroutine.exchange(cx);
        coroutine.inner.take().expect("only a run takes it")
    };
    let outcome = inner.resume(ptr::from_mut(cx));
    let mut slot = state.coroutine.borrow_mut();
    let coroutine = slot.as_mut().expect("only the end of a run takes it");
    coroutine.exchange(cx);
    cx.frame = caller;
    let ended = match outcome {
        CoroutineResult::Yield(()) => {
            coroutine.bottom = outermost(coroutine.frame, caller);
            None
        }
        CoroutineResult::Return(result) => Some(result),
    };
    coroutine.inner = Some(inner);
    ended
}

/// The frame of the chain from `frame` on that `caller` called.
fn outermost(mut frame: *mut Frame, caller: *mut Frame) -> *mut Frame {
    while !frame.is_null() && frame != caller {
        // SAFETY: frames of the fiber that has just suspended are alive.
        let prev = unsafe { (*frame).prev };
        if prev == caller {
            return frame;
        }
        frame = prev;
    }
    ptr::null_mut()
}

/// Suspends the fiber that runs, whose state this is. Returns when it is resumed.
pub(super) fn suspend(cx: &mut Context, state: &FiberState) {
    let _ = cx;
    let yielder = state.coroutine.borrow().as_ref().map_or(ptr::null(), |coroutine| coroutine.yielder);
    // SAFETY: the fiber runs, so its yielder is alive on its stack. Whoever resumes passes the same context.
    unsafe { (*yielder).suspend(()) };
}

impl Drop for Coroutine {
    fn drop(&mut self) {
        let Some(mut inner) = self.inner.take() else { return };
        if inner.started() && !inner.done() {
            // Only at the end of a request that could not unwind it: what its frames hold goes with the heap.
            // SAFETY: nothing on the stack is used again.
            unsafe { inner.force_reset() };
            return;
        }
        let Some(vm) = self.vm.take() else { return };
        if inner.started() {
            let native = inner.into_stack();
            FREE.with_borrow_mut(|free| {
                if free.len() < POOL {
                    free.push(Stacks { vm, native });
                }
            });
        }
    }
}
