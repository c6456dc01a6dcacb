//! Fibers: calls that can be suspended from any depth and resumed later.
//!
//! A fiber is a [`Coroutine`] with an object. One that is suspended and that nobody holds any more is unwound by a
//! graceful exit, so that its `finally` blocks run.
//!
//! # Safety
//!
//! What a running fiber's stack refers to without a count is held by whoever resumed it.
#![allow(unsafe_code, reason = "a fiber's own stack must not own the fiber")]

mod methods;

use crate::Context;
use crate::class::Callee;
use crate::coroutine::Coroutine;
use crate::thrown::{PhpResult, Thrown};
use phalanx_value::{NativeState, ObjRef, PhpArray, Value};
use std::cell::{Cell, RefCell};
use std::ptr;

pub(crate) use methods::{FIBER, FIBER_ERROR};
use std::rc::Rc;

/// Where a fiber is in its life.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// Not started.
    Init,
    /// It runs, or has resumed another one that runs.
    Running,
    /// Between `suspend` and `resume`.
    Suspended,
    /// It has returned.
    Returned,
    /// It has ended with an exception, or was closed.
    Threw,
}

/// What is handed to a fiber that is resumed.
enum Message {
    Value(Value),
    /// The pending exception is thrown where it was suspended.
    Throw,
    /// The script ends.
    Exit,
}

/// What a Fiber object is made of.
pub struct FiberState {
    status: Cell<Status>,
    callee: RefCell<Option<Callee>>,
    coroutine: RefCell<Option<Rc<Coroutine>>>,
    /// To the fiber.
    message: RefCell<Message>,
    /// From the fiber: what it suspended with, or returned.
    value: RefCell<Value>,
    /// It is being unwound: it cannot be suspended any more.
    closing: Cell<bool>,
}

impl NativeState for FiberState {
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.value.borrow());
        if self.status.get() == Status::Suspended
            && let Some(coroutine) = &*self.coroutine.borrow()
        {
            coroutine.trace(visit);
        }
    }
}

impl FiberState {
    fn new(callee: Callee) -> FiberState {
        FiberState {
            status: Cell::new(Status::Init),
            callee: RefCell::new(Some(callee)),
            coroutine: RefCell::new(None),
            message: RefCell::new(Message::Value(Value::NULL)),
            value: RefCell::new(Value::NULL),
            closing: Cell::new(false),
        }
    }

    /// Where it is in its life.
    pub fn status(&self) -> Status {
        self.status.get()
    }
}

/// The state of a Fiber object.
pub fn state(fiber: &ObjRef) -> Option<&FiberState> {
    fiber.native::<FiberState>()
}

/// Starts a fiber; the result is what it suspends with, or null if it ends.
pub fn start(
    cx: &mut Context,
    fiber: &ObjRef,
    args: Vec<Value>,
    named: Option<PhpArray>,
) -> PhpResult<Value> {
    let Some(state) = state(fiber).filter(|state| state.status.get() == Status::Init) else {
        return Err(error(cx, "Cannot start a fiber that has already been started"));
    };
    let Some(callee) = state.callee.take() else {
        return Err(error(cx, "Cannot start a fiber that has already been started"));
    };
    let coroutine = Coroutine::new(move |cx| {
        let result = cx.call_callee_named(&callee, &args, named.as_ref());
        drop((callee, args, named));
        result
    });
    match coroutine {
        Ok(coroutine) => drop(state.coroutine.replace(Some(Rc::new(coroutine)))),
        Err(reason) => return Err(cx.throw("exception", format!("Fiber stack allocate failed: {reason}"))),
    }
    run(cx, fiber, state)
}

/// Resumes a suspended fiber with a value.
pub fn resume(cx: &mut Context, fiber: &ObjRef, value: Value) -> PhpResult<Value> {
    let Some(state) = state(fiber).filter(|state| state.status.get() == Status::Suspended) else {
        return Err(error(cx, "Cannot resume a fiber that is not suspended"));
    };
    drop(state.message.replace(Message::Value(value)));
    run(cx, fiber, state)
}

/// Resumes a suspended fiber by throwing where it was suspended.
pub fn throw(cx: &mut Context, fiber: &ObjRef, exception: &ObjRef) -> PhpResult<Value> {
    let Some(state) = state(fiber).filter(|state| state.status.get() == Status::Suspended) else {
        return Err(error(cx, "Cannot resume a fiber that is not suspended"));
    };
    drop(state.message.replace(Message::Throw));
    cx.throw_object(exception.clone());
    run(cx, fiber, state)
}

/// Suspends the fiber that runs.
pub fn suspend(cx: &mut Context, value: Value) -> PhpResult<Value> {
    let Some(state) = current(cx) else {
        return Err(error(cx, "Cannot suspend outside of a fiber"));
    };
    if state.closing.get() {
        return Err(error(cx, "Cannot suspend in a force-closed fiber"));
    }
    if cx.oop.no_switch != 0 {
        return Err(error(cx, "Cannot switch fibers in current execution context"));
    }
    drop(state.value.replace(value));
    state.status.set(Status::Suspended);
    let coroutine = state.coroutine.borrow().as_ref().map(Rc::as_ptr);
    if let Some(coroutine) = coroutine {
        // SAFETY: whoever runs the coroutine holds it.
        unsafe { &*coroutine }.suspend(cx);
    }
    let message = state.message.replace(Message::Value(Value::NULL));
    match message {
        Message::Value(value) => Ok(value),
        Message::Throw => Err(Thrown::Exception),
        Message::Exit => Err(Thrown::Exit),
    }
}

/// The state of the fiber that runs. Its stack holds no count of the fiber and its coroutine, or one that is suspended
/// would never be released.
fn current<'a>(cx: &Context) -> Option<&'a FiberState> {
    let fiber = cx.oop.fiber.as_ref()?;
    // SAFETY: a state is never taken out of its object, and whoever resumed the fiber keeps it until it suspends.
    state(fiber).map(|state| unsafe { &*ptr::from_ref(state) })
}

/// Lets a fiber run until it suspends or ends.
fn run(cx: &mut Context, fiber: &ObjRef, state: &FiberState) -> PhpResult<Value> {
    if cx.oop.no_switch != 0 {
        return Err(error(cx, "Cannot switch fibers in current execution context"));
    }
    let coroutine = state.coroutine.borrow().clone();
    let Some(coroutine) = coroutine else { return Ok(Value::NULL) };
    let before = cx.oop.fiber.replace(fiber.clone());
    state.status.set(Status::Running);
    let ended = coroutine.run(cx);
    cx.oop.fiber = before;
    let Some(result) = ended else { return Ok(state.value.replace(Value::NULL)) };
    drop(state.coroutine.take());
    drop(state.value.replace(Value::NULL));
    match result {
        Ok(value) => {
            state.status.set(Status::Returned);
            drop(state.value.replace(value));
            Ok(Value::NULL)
        }
        Err(thrown) => {
            state.status.set(Status::Threw);
            Err(thrown)
        }
    }
}

/// Unwinds a suspended fiber that nobody holds any more.
pub(crate) fn close(cx: &mut Context, fiber: &ObjRef) {
    let Some(state) = state(fiber).filter(|state| state.status.get() == Status::Suspended) else { return };
    state.closing.set(true);
    let message = if cx.exiting {
        Message::Exit
    } else {
        crate::generator::graceful_exit(cx);
        Message::Throw
    };
    drop(state.message.replace(message));
    let blocked = std::mem::take(&mut cx.oop.no_switch);
    // Nobody has called it: what it does now happens below no code.
    let caller = std::mem::replace(&mut cx.frame, ptr::null_mut());
    let result = run(cx, fiber, state);
    cx.frame = caller;
    cx.oop.no_switch = blocked;
    if result.is_err() && cx.exception.as_ref().is_some_and(crate::generator::is_graceful_exit) {
        cx.exception = None;
    }
}

#[cold]
fn error(cx: &mut Context, text: &str) -> Thrown {
    cx.throw("fibererror", text)
}
