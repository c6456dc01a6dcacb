//! The function `timeout` and the class Timeout: a token that trips after a time.

use crate::completion::{Completion, Outcome};
use crate::scheduler;
use phalanx_macros::{native_class, php_fn, php_method};
use phalanx_value::{NativeSlot, NativeState, ObjRef, Value};
use phalanx_vm::class::Hooks;
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};
use std::rc::Rc;

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&START];

native_class! {
    /// A token that trips after a time.
    pub static TIMEOUT = "final class Async\\Timeout implements Async\\Completable";
    flags: not_serializable, no_dynamic_props;
    hooks: HOOKS;
    methods: CONSTRUCT, CANCEL, IS_COMPLETED, IS_CANCELLED;
}

static HOOKS: Hooks = Hooks { uncloneable: true, free: Some(free), ..Hooks::NONE };

struct State {
    completion: Rc<Completion>,
    timer: scheduler::TimerId,
}

impl NativeState for State {
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        self.completion.trace(visit);
    }
}

/// The end of a Timeout object.
pub fn completion(object: &ObjRef) -> Option<Rc<Completion>> {
    object.native::<State>().map(|state| state.completion.clone())
}

fn free(cx: &mut Context, this: &ObjRef) {
    if let Some(state) = this.native::<State>() {
        scheduler::of(cx).remove_timer(state.timer);
    }
}

/// A token that trips after a time.
#[php_fn("Async\\timeout(int $ms): Async\\Awaitable", rename = START)]
fn start(cx: &mut Context, ms: i64) -> PhpResult<ObjRef> {
    if ms <= 0 {
        return Err(cx.arg_value_error(1, "must be greater than 0"));
    }
    let completion = Completion::new();
    let tripped = completion.clone();
    let timer = scheduler::of(cx).add_timer((ms as u64).saturating_mul(1_000_000), move |cx| {
        let text = format!("Timeout occurred after {ms} milliseconds");
        if let Ok(exception) = cx.new_exception("Async\\TimeoutException", text.as_bytes(), 0) {
            tripped.complete(cx, Outcome::Thrown(exception));
        }
    });
    let class = cx.native_class("async\\timeout");
    let object = cx.new_object(class)?;
    if object.set_native(NativeSlot::new(State { completion, timer })).is_err() {
        unreachable!("a new object has no state");
    }
    Ok(object)
}

#[php_method("private Async\\Timeout::__construct()")]
fn construct(this: &ObjRef) {
    let _ = this;
}

#[php_method("Async\\Timeout::cancel(?Async\\AsyncCancellation $cancellation = null): void")]
fn cancel(cx: &mut Context, this: &ObjRef, cancellation: Option<&ObjRef>) -> PhpResult {
    let Some(state) = this.native::<State>() else { return Ok(()) };
    scheduler::of(cx).remove_timer(state.timer);
    let exception = crate::coroutine::cancellation_or(cx, cancellation, "Timeout has been canceled")?;
    if state.completion.complete(cx, Outcome::Thrown(exception)) {
        state.completion.canceled.set(true);
    }
    Ok(())
}

#[php_method("Async\\Timeout::isCompleted(): bool")]
fn is_completed(this: &ObjRef) -> bool {
    completion(this).is_some_and(|completion| completion.is_done())
}

#[php_method("Async\\Timeout::isCancelled(): bool")]
fn is_cancelled(this: &ObjRef) -> bool {
    completion(this).is_some_and(|completion| completion.canceled.get())
}
