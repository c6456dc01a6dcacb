//! The class Coroutine.

use crate::completion::Outcome;
use crate::scheduler;
use crate::task::{Status, Task};
use phalanx_macros::{native_class, php_method};
use phalanx_value::{NativeSlot, NativeState, ObjRef, PhpArray, PhpString, Value};
use phalanx_vm::class::Hooks;
use phalanx_vm::{Context, PhpResult};
use std::rc::Rc;

native_class! {
    /// A call that can wait.
    pub static COROUTINE = "final class Async\\Coroutine implements Async\\Completable";
    flags: not_serializable, no_dynamic_props;
    hooks: HOOKS;
    methods: CONSTRUCT, GET_ID, AS_HI_PRIORITY, GET_RESULT, GET_EXCEPTION, GET_SPAWN_FILE_AND_LINE, GET_SPAWN_LOCATION,
        GET_SUSPEND_FILE_AND_LINE, GET_SUSPEND_LOCATION, IS_STARTED, IS_QUEUED, IS_RUNNING, IS_SUSPENDED, IS_CANCELLED,
        IS_CANCELLATION_REQUESTED, IS_COMPLETED, CANCEL, FINALLY;
}

static HOOKS: Hooks = Hooks { uncloneable: true, free: Some(free), ..Hooks::NONE };

struct State(Rc<Task>);

impl NativeState for State {
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        self.0.completion.trace(visit);
    }
}

/// The object of a task.
pub fn object(cx: &mut Context, task: &Rc<Task>) -> PhpResult<ObjRef> {
    let known = task.object.borrow().clone();
    if let Some(object) = known {
        return Ok(object);
    }
    let class = cx.native_class("async\\coroutine");
    let object = cx.new_object(class)?;
    if object.set_native(NativeSlot::new(State(task.clone()))).is_err() {
        unreachable!("a new object has no state");
    }
    if task.status.get() != Status::Done {
        task.object.replace(Some(object.clone()));
    }
    Ok(object)
}

/// The task of a Coroutine object.
pub fn task(object: &ObjRef) -> Option<&Rc<Task>> {
    object.native::<State>().map(|state| &state.0)
}

/// An exception that nobody has asked for comes out when nobody can ask any more.
fn free(cx: &mut Context, this: &ObjRef) {
    let Some(task) = task(this).cloned() else { return };
    if task.completion.handled.replace(true) || task.completion.canceled.get() {
        return;
    }
    if let Some(Outcome::Thrown(exception)) = task.completion.outcome() {
        scheduler::unhandled(cx, &exception);
    }
}

fn place(place: &(PhpString, u32)) -> PhpArray {
    PhpArray::from_list([Value::string(place.0.clone()), Value::int(i64::from(place.1))])
}

fn location(place: &(PhpString, u32)) -> String {
    if place.0.is_empty() { "unknown".to_owned() } else { format!("{}:{}", place.0, place.1) }
}

fn is(this: &ObjRef, test: impl Fn(&Task) -> bool) -> bool {
    task(this).is_some_and(|task| test(task))
}

#[php_method("private Async\\Coroutine::__construct()")]
fn construct(this: &ObjRef) {
    let _ = this;
}

#[php_method("Async\\Coroutine::getId(): int")]
fn get_id(this: &ObjRef) -> i64 {
    task(this).map_or(0, |task| task.id as i64)
}

#[php_method("Async\\Coroutine::asHiPriority(): Async\\Coroutine")]
fn as_hi_priority(cx: &mut Context, this: &ObjRef) -> ObjRef {
    if let Some(task) = task(this) {
        scheduler::of(cx).hurry(task);
    }
    this.clone()
}

#[php_method("Async\\Coroutine::getResult(): mixed")]
fn get_result(this: &ObjRef) -> Value {
    match task(this).and_then(|task| task.completion.outcome()) {
        Some(Outcome::Value(value)) => value,
        _ => Value::NULL,
    }
}

#[php_method("Async\\Coroutine::getException(): mixed")]
fn get_exception(this: &ObjRef) -> Value {
    let Some(task) = task(this) else { return Value::NULL };
    match task.completion.outcome() {
        Some(Outcome::Thrown(exception)) => {
            task.completion.handled.set(true);
            Value::object(exception)
        }
        _ => Value::NULL,
    }
}

#[php_method("Async\\Coroutine::getSpawnFileAndLine(): array")]
fn get_spawn_file_and_line(this: &ObjRef) -> PhpArray {
    task(this).map_or_else(PhpArray::new, |task| place(&task.spawned_at))
}

#[php_method("Async\\Coroutine::getSpawnLocation(): string")]
fn get_spawn_location(this: &ObjRef) -> String {
    task(this).map_or_else(String::new, |task| location(&task.spawned_at))
}

#[php_method("Async\\Coroutine::getSuspendFileAndLine(): array")]
fn get_suspend_file_and_line(this: &ObjRef) -> PhpArray {
    task(this).map_or_else(PhpArray::new, |task| place(&task.suspended_at.borrow()))
}

#[php_method("Async\\Coroutine::getSuspendLocation(): string")]
fn get_suspend_location(this: &ObjRef) -> String {
    task(this).map_or_else(String::new, |task| location(&task.suspended_at.borrow()))
}

#[php_method("Async\\Coroutine::isStarted(): bool")]
fn is_started(this: &ObjRef) -> bool {
    is(this, |task| task.status.get() != Status::New)
}

#[php_method("Async\\Coroutine::isQueued(): bool")]
fn is_queued(this: &ObjRef) -> bool {
    is(this, |task| task.queued.get())
}

#[php_method("Async\\Coroutine::isRunning(): bool")]
fn is_running(this: &ObjRef) -> bool {
    is(this, |task| task.status.get() == Status::Running)
}

#[php_method("Async\\Coroutine::isSuspended(): bool")]
fn is_suspended(this: &ObjRef) -> bool {
    is(this, |task| task.status.get() == Status::Suspended)
}

#[php_method("Async\\Coroutine::isCancelled(): bool")]
fn is_cancelled(this: &ObjRef) -> bool {
    is(this, |task| task.completion.canceled.get())
}

#[php_method("Async\\Coroutine::isCancellationRequested(): bool")]
fn is_cancellation_requested(this: &ObjRef) -> bool {
    is(this, |task| task.cancel_requested.get())
}

#[php_method("Async\\Coroutine::isCompleted(): bool")]
fn is_completed(this: &ObjRef) -> bool {
    is(this, |task| task.status.get() == Status::Done)
}

#[php_method("Async\\Coroutine::cancel(?Async\\AsyncCancellation $cancellation = null): void")]
fn cancel(cx: &mut Context, this: &ObjRef, cancellation: Option<&ObjRef>) -> PhpResult {
    let Some(task) = task(this).cloned() else { return Ok(()) };
    let exception = cancellation_or(cx, cancellation, "Coroutine cancelled")?;
    if task.status.get() == Status::New {
        task.completion.handled.set(true);
    }
    scheduler::cancel(cx, &task, exception);
    Ok(())
}

/// The exception that was given to `cancel`, or one with this text.
pub fn cancellation_or(cx: &mut Context, given: Option<&ObjRef>, text: &str) -> PhpResult<ObjRef> {
    match given {
        Some(exception) => Ok(exception.clone()),
        None => cx.new_exception("Async\\AsyncCancellation", text.as_bytes(), 0),
    }
}

#[php_method("Async\\Coroutine::finally(Closure $callback): void")]
fn finally(cx: &mut Context, this: &ObjRef, callback: &ObjRef) -> PhpResult {
    let Some(task) = task(this) else { return Ok(()) };
    let callback = Value::object(callback.clone());
    if task.status.get() == Status::Done {
        return cx.call_value(&callback, &[Value::object(this.clone())]).map(drop);
    }
    task.finally.borrow_mut().push(callback);
    Ok(())
}
