//! Future and FutureState: a result, and the side that gives it.

use crate::await_::{completion_argument, unwrap, wait_for};
use crate::completion::{Completion, Outcome};
use phalanx_macros::{native_class, php_method};
use phalanx_value::{NativeSlot, NativeState, ObjRef, Value};
use phalanx_vm::args::Callable;
use phalanx_vm::class::{Callee, ClassRef, Hooks};
use phalanx_vm::{Context, PhpResult};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

native_class! {
    /// The side that gives a result.
    pub static FUTURE_STATE = "final class Async\\FutureState";
    flags: not_serializable, no_dynamic_props;
    hooks: STATE_HOOKS;
    methods: STATE_CONSTRUCT, COMPLETE, ERROR, STATE_IS_COMPLETED, STATE_IGNORE;
}

native_class! {
    /// The side that takes a result.
    pub static FUTURE = "final class Async\\Future implements Async\\Completable";
    flags: not_serializable, no_dynamic_props;
    hooks: HOOKS;
    methods: COMPLETED, FAILED, CONSTRUCT, IS_COMPLETED, IS_CANCELLED, CANCEL, IGNORE, MAP, CATCH, FINALLY, AWAIT;
}

static STATE_HOOKS: Hooks = Hooks { uncloneable: true, create: Some(create_state), ..Hooks::NONE };
static HOOKS: Hooks = Hooks { uncloneable: true, free: Some(free), ..Hooks::NONE };

/// What a FutureState is made of.
struct Giver(Rc<Completion>);

impl NativeState for Giver {
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        self.0.trace(visit);
    }
}

/// Tells whoever works on the result that it is not wanted any more.
pub type Canceler = Box<dyn Fn(&mut Context)>;

/// What a Future is made of.
struct Taker {
    completion: Rc<Completion>,
    /// Somebody uses it, so that nobody is warned that nobody does.
    used: Cell<bool>,
    /// It was made by a pool: no warning about unused ones.
    quiet: bool,
    canceler: RefCell<Option<Canceler>>,
}

impl NativeState for Taker {
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        self.completion.trace(visit);
    }
}

/// The end of a Future object.
pub fn completion(object: &ObjRef) -> Option<Rc<Completion>> {
    object.native::<Taker>().map(|taker| {
        taker.used.set(true);
        taker.completion.clone()
    })
}

/// A Future of a completion. `canceler` is called by `cancel()`.
pub fn make(
    cx: &mut Context,
    completion: Rc<Completion>,
    quiet: bool,
    canceler: Option<Canceler>,
) -> PhpResult<ObjRef> {
    let class = cx.native_class("async\\future");
    let object = cx.new_object(class)?;
    give(&object, completion, quiet, canceler);
    Ok(object)
}

fn give(object: &ObjRef, completion: Rc<Completion>, quiet: bool, canceler: Option<Canceler>) -> bool {
    let taker = Taker { completion, used: Cell::new(false), quiet, canceler: RefCell::new(canceler) };
    object.set_native(NativeSlot::new(taker)).is_ok()
}

fn create_state(_: &mut Context, this: &ObjRef) {
    // A new object has no state yet.
    let _ = this.set_native(NativeSlot::new(Giver(Completion::new())));
}

/// Warns of results that nobody has asked for.
fn free(cx: &mut Context, this: &ObjRef) {
    let Some(taker) = this.native::<Taker>() else { return };
    if taker.completion.handled.get() {
        return;
    }
    if let Some(Outcome::Thrown(exception)) = taker.completion.outcome()
        && !taker.completion.canceled.get()
    {
        taker.completion.handled.set(true);
        let message = phalanx_vm::throw::exception_prop(&exception, "message");
        let text =
            format!("Unhandled exception in Future: {}", message.as_string().cloned().unwrap_or_default());
        // A handler that throws is heard of by whoever runs destructors.
        let _ = cx.warning(text);
    } else if !taker.used.get() && !taker.quiet {
        let _ = cx.warning("Future was never used");
    }
}

fn giver(this: &ObjRef) -> Option<Rc<Completion>> {
    this.native::<Giver>().map(|giver| giver.0.clone())
}

#[php_method("Async\\FutureState::__construct()", rename = STATE_CONSTRUCT)]
fn construct_state(this: &ObjRef) {
    let _ = this;
}

fn settle(cx: &mut Context, this: &ObjRef, outcome: Outcome) -> PhpResult {
    let Some(completion) = giver(this) else { return Ok(()) };
    if completion.complete(cx, outcome) {
        return Ok(());
    }
    Err(cx.throw("Async\\AsyncException", "FutureState is already completed"))
}

#[php_method("Async\\FutureState::complete(mixed $result): void")]
fn complete(cx: &mut Context, this: &ObjRef, result: Value) -> PhpResult {
    settle(cx, this, Outcome::Value(result))
}

#[php_method("Async\\FutureState::error(Throwable $throwable): void")]
fn error(cx: &mut Context, this: &ObjRef, throwable: &ObjRef) -> PhpResult {
    settle(cx, this, Outcome::Thrown(throwable.clone()))
}

#[php_method("Async\\FutureState::isCompleted(): bool", rename = STATE_IS_COMPLETED)]
fn is_state_completed(this: &ObjRef) -> bool {
    giver(this).is_some_and(|completion| completion.is_done())
}

#[php_method("Async\\FutureState::ignore(): void", rename = STATE_IGNORE)]
fn ignore_state(this: &ObjRef) {
    if let Some(completion) = giver(this) {
        completion.handled.set(true);
    }
}

#[php_method("static Async\\Future::completed(mixed $value = null): Async\\Future")]
fn completed(cx: &mut Context, value: Value) -> PhpResult<ObjRef> {
    let completion = Completion::new();
    completion.complete(cx, Outcome::Value(value));
    make(cx, completion, false, None)
}

#[php_method("static Async\\Future::failed(Throwable $throwable): Async\\Future")]
fn failed(cx: &mut Context, throwable: &ObjRef) -> PhpResult<ObjRef> {
    let completion = Completion::new();
    completion.complete(cx, Outcome::Thrown(throwable.clone()));
    make(cx, completion, false, None)
}

#[php_method("Async\\Future::__construct(Async\\FutureState $state)")]
fn construct(cx: &mut Context, this: &ObjRef, state: &ObjRef) -> PhpResult {
    let completion = giver(state).unwrap_or_default();
    if give(this, completion, false, None) {
        Ok(())
    } else {
        Err(cx.throw_error("Cannot call constructor twice"))
    }
}

#[php_method("Async\\Future::isCompleted(): bool")]
fn is_completed(this: &ObjRef) -> bool {
    completion(this).is_some_and(|completion| completion.is_done())
}

#[php_method("Async\\Future::isCancelled(): bool")]
fn is_cancelled(this: &ObjRef) -> bool {
    completion(this).is_some_and(|completion| completion.canceled.get())
}

#[php_method("Async\\Future::cancel(?Async\\AsyncCancellation $cancellation = null): void")]
fn cancel(cx: &mut Context, this: &ObjRef, cancellation: Option<&ObjRef>) -> PhpResult {
    let Some(taker) = this.native::<Taker>() else { return Ok(()) };
    if taker.completion.is_done() {
        return Ok(());
    }
    let exception = crate::coroutine::cancellation_or(cx, cancellation, "Future has been cancelled")?;
    taker.completion.canceled.set(true);
    taker.completion.complete(cx, Outcome::Thrown(exception));
    let canceler = taker.canceler.take();
    if let Some(canceler) = canceler {
        canceler(cx);
    }
    Ok(())
}

#[php_method("Async\\Future::ignore(): Async\\Future")]
fn ignore(this: &ObjRef) -> ObjRef {
    if let Some(completion) = completion(this) {
        completion.handled.set(true);
    }
    this.clone()
}

/// A Future of what `step` makes of the outcome of this one.
fn chain(
    cx: &mut Context,
    this: &ObjRef,
    step: impl FnOnce(&mut Context, &Outcome) -> Option<(Callee, Vec<Value>, bool)> + 'static,
) -> PhpResult<ObjRef> {
    let next = Completion::new();
    if let Some(source) = completion(this) {
        let target = next.clone();
        source.then(cx, move |cx, outcome| {
            let Some((callee, args, keep)) = step(cx, outcome) else {
                target.complete(cx, outcome.clone());
                return;
            };
            // It may wait, so it is a coroutine.
            let scheduler = crate::scheduler::of(cx);
            let task = scheduler.start(cx, crate::task::Call { callee, args, named: None });
            let before = outcome.clone();
            task.completion.then(cx, move |cx, outcome| {
                let result = match outcome {
                    Outcome::Value(_) if keep => before,
                    outcome => outcome.clone(),
                };
                target.complete(cx, result);
            });
        });
    }
    make(cx, next, false, None)
}

#[php_method("Async\\Future::map(callable $map): Async\\Future")]
fn map(cx: &mut Context, this: &ObjRef, map: Callable) -> PhpResult<ObjRef> {
    chain(cx, this, move |_, outcome| match outcome {
        Outcome::Value(value) => Some((map.callee, vec![value.clone()], false)),
        Outcome::Thrown(_) => None,
    })
}

#[php_method("Async\\Future::catch(callable $catch): Async\\Future", rename = CATCH)]
fn catch(cx: &mut Context, this: &ObjRef, catch: Callable) -> PhpResult<ObjRef> {
    chain(cx, this, move |_, outcome| match outcome {
        Outcome::Value(_) => None,
        Outcome::Thrown(exception) => Some((catch.callee, vec![Value::object(exception.clone())], false)),
    })
}

#[php_method("Async\\Future::finally(callable $finally): Async\\Future")]
fn finally(cx: &mut Context, this: &ObjRef, finally: Callable) -> PhpResult<ObjRef> {
    chain(cx, this, move |_, _| Some((finally.callee, Vec::new(), true)))
}

#[php_method("Async\\Future::await(?Async\\Completable $cancellation = null): mixed", rename = AWAIT)]
fn await_future(cx: &mut Context, this: &ObjRef, cancellation: Option<&ObjRef>) -> PhpResult<Value> {
    let Some(completion) = completion(this) else {
        let class = ClassRef::of(this).shown_name().into_owned();
        return Err(cx.throw_error(format!("The {class} object has not been properly initialized")));
    };
    let token = match cancellation {
        Some(object) => Some(completion_argument(cx, object)?),
        None => None,
    };
    let outcome = wait_for(cx, &completion, token.as_ref())?;
    unwrap(cx, outcome)
}
