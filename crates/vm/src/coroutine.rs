//! Coroutines: calls with a VM stack and a native stack of their own, which can be left in the middle and entered again.
//!
//! Fibers and the scheduler of extensions are built on them. The context is one: what belongs to a stack (frames, depth,
//! limit) is exchanged by whoever runs a coroutine, before and after. A coroutine never leaves its thread.
//!
//! # Safety
//!
//! A coroutine is run with the address of the context of its thread, which outlives it; it gives that reference back by
//! suspending. The context does not move while a request runs. Frames of a suspended coroutine stay on its VM stack,
//! which it keeps; the outermost one is linked to whoever runs it.
#![allow(unsafe_code, reason = "switches stacks; links frames of different stacks")]

use crate::Context;
use crate::frame::{Frame, flag};
use crate::stack::VmStack;
use crate::thrown::PhpResult;
use corosensei::stack::{DefaultStack, Stack};
use corosensei::{CoroutineResult, Yielder};
use phalanx_value::Value;
use std::cell::{Cell, RefCell};
use std::mem;
use std::ptr;
use std::rc::Rc;

/// Bytes of a coroutine's native stack; pages are committed as they are touched.
const STACK_SIZE: usize = 1 << 20;
/// Stacks that a thread keeps for later coroutines.
const POOL: usize = 64;

/// A VM stack and a native stack.
struct Stacks {
    vm: VmStack,
    native: DefaultStack,
}

thread_local! {
    static FREE: RefCell<Vec<Stacks>> = const { RefCell::new(Vec::new()) };
}

type Switch = Yielder<*mut Context, ()>;
type Inner = corosensei::Coroutine<*mut Context, (), PhpResult<Value>, DefaultStack>;

/// What belongs to a stack, while another one is in use.
struct Saved {
    /// Taken when the coroutine has ended.
    vm: Option<VmStack>,
    frame: *mut Frame,
    /// The outermost frame, once there is one.
    bottom: *mut Frame,
    native_depth: u32,
    native_limit: usize,
    native_stack_size: usize,
}

/// A call with stacks of its own.
pub struct Coroutine {
    /// Not here while it runs, and after its end.
    inner: RefCell<Option<Inner>>,
    yielder: Rc<Cell<*const Switch>>,
    saved: RefCell<Saved>,
    running: Cell<bool>,
}

impl Coroutine {
    /// A coroutine that will run `body`.
    pub fn new(body: impl FnOnce(&mut Context) -> PhpResult<Value> + 'static) -> std::io::Result<Coroutine> {
        let pooled = FREE.with_borrow_mut(Vec::pop);
        let Stacks { vm, native } = match pooled {
            Some(stacks) => stacks,
            None => Stacks { vm: VmStack::new(), native: DefaultStack::new(STACK_SIZE)? },
        };
        let native_limit = native.limit().get();
        let yielder = Rc::new(Cell::new(ptr::null()));
        let own_yielder = yielder.clone();
        let inner = Inner::with_stack(native, move |switch, cx: *mut Context| {
            own_yielder.set(ptr::from_ref(switch));
            drop(own_yielder);
            // SAFETY: module documentation.
            body(unsafe { &mut *cx })
        });
        let saved = Saved {
            vm: Some(vm),
            frame: ptr::null_mut(),
            bottom: ptr::null_mut(),
            native_depth: 0,
            native_limit,
            native_stack_size: STACK_SIZE,
        };
        Ok(Coroutine {
            inner: RefCell::new(Some(inner)),
            yielder,
            saved: RefCell::new(saved),
            running: Cell::new(false),
        })
    }

    /// Runs it until it suspends (none) or ends. It must be neither running nor ended.
    pub fn run(&self, cx: &mut Context) -> Option<PhpResult<Value>> {
        let caller = cx.frame;
        {
            let mut saved = self.saved.borrow_mut();
            if saved.bottom.is_null() {
                // The first frame will be linked to the caller when it is pushed.
                saved.frame = caller;
            } else {
                // SAFETY: frames of a suspended coroutine are alive.
                unsafe { (*saved.bottom).prev = caller };
            }
            saved.exchange(cx);
        }
        let mut inner = self.inner.take().expect("a coroutine that can be run has its stack");
        self.running.set(true);
        // `@` holds for the stack that it was written on.
        let reporting = cx.ini.error_reporting;
        let outcome = inner.resume(ptr::from_mut(cx));
        cx.ini.error_reporting = reporting;
        self.running.set(false);
        let mut saved = self.saved.borrow_mut();
        saved.exchange(cx);
        cx.frame = caller;
        match outcome {
            CoroutineResult::Yield(()) => {
                saved.bottom = outermost(saved.frame, caller);
                self.inner.replace(Some(inner));
                None
            }
            CoroutineResult::Return(result) => {
                self.yielder.set(ptr::null());
                if let Some(vm) = saved.vm.take() {
                    keep(Stacks { vm, native: inner.into_stack() });
                }
                Some(result)
            }
        }
    }

    /// Shows what the frames of a suspended coroutine own to the collector.
    pub(crate) fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        let Ok(saved) = self.saved.try_borrow() else { return };
        if self.running.get() || saved.bottom.is_null() {
            return;
        }
        let mut frame = saved.frame;
        while !frame.is_null() {
            // SAFETY: frames of a suspended coroutine are alive. That of a generator is shown by the generator.
            unsafe {
                if !(*frame).has(flag::GENERATOR) {
                    crate::generator::trace_frame(frame, visit);
                }
                if frame == saved.bottom {
                    break;
                }
                frame = (*frame).prev;
            }
        }
    }

    /// Leaves it, which must be running: whoever ran it goes on. Returns when it is run again.
    pub fn suspend(&self, cx: &mut Context) {
        // Others change the context meanwhile: the compiler must not believe that this reference is the only one.
        std::hint::black_box(ptr::from_mut(cx));
        assert!(self.running.get(), "only a running coroutine can be suspended");
        let reporting = cx.ini.error_reporting;
        // SAFETY: the coroutine runs, so its yielder is alive on its stack.
        unsafe { (*self.yielder.get()).suspend(()) };
        cx.ini.error_reporting = reporting;
    }
}

impl Saved {
    /// Exchanges what belongs to a stack with the context.
    fn exchange(&mut self, cx: &mut Context) {
        if let Some(vm) = &mut self.vm {
            mem::swap(vm, &mut cx.stack);
        }
        mem::swap(&mut self.frame, &mut cx.frame);
        mem::swap(&mut self.native_depth, &mut cx.native_depth);
        mem::swap(&mut self.native_limit, &mut cx.native_limit);
        mem::swap(&mut self.native_stack_size, &mut cx.native_stack_size);
    }
}

/// The frame of the chain from `frame` on that `caller` called.
fn outermost(mut frame: *mut Frame, caller: *mut Frame) -> *mut Frame {
    while !frame.is_null() && frame != caller {
        // SAFETY: frames of the coroutine that has just suspended are alive.
        let prev = unsafe { (*frame).prev };
        if prev == caller {
            return frame;
        }
        frame = prev;
    }
    ptr::null_mut()
}

fn keep(stacks: Stacks) {
    FREE.with_borrow_mut(|free| {
        if free.len() < POOL {
            free.push(stacks);
        }
    });
}

impl Drop for Coroutine {
    fn drop(&mut self) {
        let Some(mut inner) = self.inner.take() else { return };
        if inner.started() && !inner.done() {
            // Only at the end of a request that could not unwind it: what its frames hold goes with the heap.
            // SAFETY: nothing on the stack is used again.
            unsafe { inner.force_reset() };
        }
    }
}
