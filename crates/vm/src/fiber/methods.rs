//! The classes Fiber and FiberError.

use super::{FiberState, Status, close, state};
use crate::Context;
use crate::args::{Callable, Rest};
use crate::class::Hooks;
use crate::thrown::PhpResult;
use phalanx_macros::{native_class, php_method};
use phalanx_value::{NativeSlot, ObjRef, Value};

native_class! {
    /// <https://www.php.net/class.fiber>
    pub(crate) static FIBER = "final class Fiber";
    flags: not_serializable;
    hooks: HOOKS;
    methods: CONSTRUCT, START, RESUME, THROW, IS_STARTED, IS_SUSPENDED, IS_RUNNING, IS_TERMINATED, GET_RETURN, SUSPEND,
        GET_CURRENT;
}

native_class! {
    /// <https://www.php.net/class.fibererror>
    pub(crate) static FIBER_ERROR = "final class FiberError extends Error";
    methods: CONSTRUCT_ERROR;
}

static HOOKS: Hooks = Hooks { uncloneable: true, free: Some(close), ..Hooks::NONE };

#[php_method("FiberError::__construct()")]
fn construct_error(cx: &mut Context, this: &ObjRef) -> PhpResult {
    let _ = this;
    Err(cx.throw_error(
        "The \"FiberError\" class is reserved for internal use and cannot be manually instantiated",
    ))
}

#[php_method("Fiber::__construct(callable $callback)")]
fn construct(cx: &mut Context, this: &ObjRef, callback: Callable) -> PhpResult {
    if this.set_native(NativeSlot::new(FiberState::new(callback.callee))).is_err() {
        return Err(super::error(cx, "Cannot call constructor twice"));
    }
    Ok(())
}

#[php_method("Fiber::start(mixed ...$args): mixed")]
fn start(cx: &mut Context, this: &ObjRef, args: Rest) -> PhpResult<Value> {
    super::start(cx, this, args.args.to_vec(), args.named.cloned())
}

#[php_method("Fiber::resume(mixed $value = null): mixed")]
fn resume(cx: &mut Context, this: &ObjRef, value: Value) -> PhpResult<Value> {
    super::resume(cx, this, value)
}

#[php_method("Fiber::throw(Throwable $exception): mixed")]
fn throw(cx: &mut Context, this: &ObjRef, exception: &ObjRef) -> PhpResult<Value> {
    super::throw(cx, this, exception)
}

fn is(this: &ObjRef, wanted: impl Fn(Status) -> bool) -> bool {
    state(this).is_some_and(|state| wanted(state.status()))
}

#[php_method("Fiber::isStarted(): bool")]
fn is_started(this: &ObjRef) -> bool {
    is(this, |status| status != Status::Init)
}

#[php_method("Fiber::isSuspended(): bool")]
fn is_suspended(this: &ObjRef) -> bool {
    is(this, |status| status == Status::Suspended)
}

#[php_method("Fiber::isRunning(): bool")]
fn is_running(this: &ObjRef) -> bool {
    is(this, |status| status == Status::Running)
}

#[php_method("Fiber::isTerminated(): bool")]
fn is_terminated(this: &ObjRef) -> bool {
    is(this, |status| matches!(status, Status::Returned | Status::Threw))
}

#[php_method("Fiber::getReturn(): mixed")]
fn get_return(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    let why = match state(this).map(FiberState::status) {
        Some(Status::Returned) => {
            return Ok(state(this).map_or(Value::NULL, |state| state.value.borrow().clone()));
        }
        None | Some(Status::Init) => "The fiber has not been started",
        Some(Status::Threw) => "The fiber threw an exception",
        Some(_) => "The fiber has not returned",
    };
    Err(super::error(cx, &format!("Cannot get fiber return value: {why}")))
}

#[php_method("static Fiber::suspend(mixed $value = null): mixed")]
fn suspend(cx: &mut Context, value: Value) -> PhpResult<Value> {
    super::suspend(cx, value)
}

#[php_method("static Fiber::getCurrent(): ?Fiber")]
fn get_current(cx: &mut Context) -> Option<ObjRef> {
    cx.oop.fiber.clone()
}
