//! `await`, and what all that wait have in common.

use crate::completion::{Completion, Outcome};
use crate::scheduler::{self, park};
use crate::{coroutine, future, thread, timeout};
use phalanx_macros::php_fn;
use phalanx_value::{ObjRef, Value};
use phalanx_vm::class::ClassRef;
use phalanx_vm::native::NativeFn;
use phalanx_vm::throw::set_previous;
use phalanx_vm::{Context, PhpResult};
use std::rc::Rc;

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&AWAIT];

/// The end of an object that has one.
pub fn completion_of(object: &ObjRef) -> Option<Rc<Completion>> {
    coroutine::task(object)
        .map(|task| task.completion.clone())
        .or_else(|| future::completion(object))
        .or_else(|| thread::completion(object))
        .or_else(|| timeout::completion(object))
}

/// The end of an argument; an Error if it has none.
pub fn completion_argument(cx: &mut Context, object: &ObjRef) -> PhpResult<Rc<Completion>> {
    match completion_of(object) {
        Some(completion) => Ok(completion),
        None => {
            let name = ClassRef::of(object).shown_name().into_owned();
            Err(cx.throw_error(format!("Cannot await an object of class {name}")))
        }
    }
}

/// An exception as a value.
pub fn exception_argument(exception: &ObjRef) -> Value {
    Value::object(exception.clone())
}

/// Whether an exception says that something was canceled.
pub fn is_cancellation(cx: &mut Context, exception: &ObjRef) -> bool {
    cx.find_class(b"cancellation").is_some_and(|class| ClassRef::of(exception).is_a(class))
}

/// Waits until one of the completions is there, or the token is: that is an OperationCanceledException.
pub fn wait_any(
    cx: &mut Context,
    completions: &[Rc<Completion>],
    token: Option<&Rc<Completion>>,
) -> PhpResult {
    loop {
        if completions.iter().any(|completion| completion.is_done()) {
            return Ok(());
        }
        check_token(cx, token)?;
        let task = scheduler::of(cx).current();
        let all = || completions.iter().chain(token);
        all().for_each(|completion| completion.subscribe(&task));
        let result = park(cx);
        all().for_each(|completion| completion.unsubscribe(&task));
        result?;
    }
}

/// Throws if the token has tripped.
pub fn check_token(cx: &mut Context, token: Option<&Rc<Completion>>) -> PhpResult {
    let Some(outcome) = token.and_then(|token| token.outcome()) else { return Ok(()) };
    let exception =
        cx.new_exception("Async\\OperationCanceledException", b"Operation has been cancelled", 0)?;
    if let Outcome::Thrown(previous) = outcome {
        set_previous(&exception, previous);
    }
    Err(cx.throw_object(exception))
}

/// Waits for an end, and gives it.
pub fn wait_for(
    cx: &mut Context,
    completion: &Rc<Completion>,
    token: Option<&Rc<Completion>>,
) -> PhpResult<Outcome> {
    loop {
        if let Some(outcome) = completion.outcome() {
            completion.handled.set(true);
            return Ok(outcome);
        }
        wait_any(cx, std::slice::from_ref(completion), token)?;
    }
}

/// The value of an outcome, or its exception thrown.
pub fn unwrap(cx: &mut Context, outcome: Outcome) -> PhpResult<Value> {
    match outcome {
        Outcome::Value(value) => Ok(value),
        Outcome::Thrown(exception) => Err(cx.throw_object(exception)),
    }
}

/// The result of a completable: waits for it.
#[php_fn("Async\\await(Async\\Completable $awaitable, ?Async\\Completable $cancellation = null): mixed", rename = AWAIT)]
fn await_one(cx: &mut Context, awaitable: &ObjRef, cancellation: Option<&ObjRef>) -> PhpResult<Value> {
    let completion = completion_argument(cx, awaitable)?;
    let token = match cancellation {
        Some(object) => Some(completion_argument(cx, object)?),
        None => None,
    };
    let current = scheduler::of(cx).current();
    if Rc::ptr_eq(&completion, &current.completion) {
        return Err(cx.throw_error("A coroutine cannot await itself"));
    }
    let outcome = wait_for(cx, &completion, token.as_ref())?;
    unwrap(cx, outcome)
}
