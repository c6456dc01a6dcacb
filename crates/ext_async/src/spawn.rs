//! Starting coroutines, and what a coroutine does to itself.

use crate::coroutine;
use crate::scheduler::{self, leave_protection, park, pause};
use crate::task::Call;
use phalanx_macros::php_fn;
use phalanx_value::{ObjRef, PhpArray, Value};
use phalanx_vm::args::{Callable, Rest};
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};
use std::cell::Cell;
use std::rc::Rc;

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[
    &SPAWN,
    &SUSPEND,
    &DELAY,
    &PROTECT,
    &CURRENT_COROUTINE,
    &GET_COROUTINES,
    &GRACEFUL_SHUTDOWN,
    &AVAILABLE_PARALLELISM,
];

/// Starts a coroutine.
#[php_fn("Async\\spawn(callable $task, mixed ...$args): Async\\Coroutine")]
fn spawn(cx: &mut Context, task: Callable, args: Rest) -> PhpResult<ObjRef> {
    let call = Call { callee: task.callee, args: args.args.to_vec(), named: args.named.cloned() };
    let scheduler = scheduler::of(cx);
    let task = scheduler.start(cx, call);
    coroutine::object(cx, &task)
}

/// Lets other coroutines run.
#[php_fn("Async\\suspend(): void")]
fn suspend(cx: &mut Context) -> PhpResult {
    pause(cx)
}

/// Waits for a time.
#[php_fn("Async\\delay(int $ms): void")]
fn delay(cx: &mut Context, ms: i64) -> PhpResult {
    if ms <= 0 {
        return pause(cx);
    }
    let scheduler = scheduler::of(cx);
    let task = scheduler.current();
    let over = Rc::new(Cell::new(false));
    let tell = over.clone();
    let timer = scheduler.add_timer((ms as u64).saturating_mul(1_000_000), move |cx| {
        tell.set(true);
        scheduler::wake(&scheduler::of(cx), &task);
    });
    while !over.get() {
        if let Err(thrown) = park(cx) {
            scheduler.remove_timer(timer);
            return Err(thrown);
        }
    }
    Ok(())
}

/// Calls a closure in which the coroutine is not canceled: that waits until it has returned.
#[php_fn("Async\\protect(Closure $closure): mixed")]
fn protect(cx: &mut Context, closure: &ObjRef) -> PhpResult<Value> {
    let task = scheduler::of(cx).current();
    task.protected.set(task.protected.get() + 1);
    let result = cx.call_value(&Value::object(closure.clone()), &[]);
    task.protected.set(task.protected.get().saturating_sub(1));
    let value = result?;
    leave_protection(cx)?;
    Ok(value)
}

/// The coroutine that runs.
#[php_fn("Async\\current_coroutine(): Async\\Coroutine")]
fn current_coroutine(cx: &mut Context) -> PhpResult<ObjRef> {
    let task = scheduler::of(cx).current();
    coroutine::object(cx, &task)
}

/// All coroutines that have not ended, by number.
#[php_fn("Async\\get_coroutines(): array")]
fn get_coroutines(cx: &mut Context) -> PhpResult<PhpArray> {
    let mut list = PhpArray::new();
    for task in scheduler::of(cx).tasks() {
        list.push_value(Value::object(coroutine::object(cx, &task)?));
    }
    Ok(list)
}

/// Cancels all coroutines.
#[php_fn("Async\\graceful_shutdown(?Async\\AsyncCancellation $cancellationError = null): void")]
fn graceful_shutdown(cx: &mut Context, cancellation_error: Option<&ObjRef>) {
    let _ = cancellation_error;
    scheduler::cancel_all(cx, "Graceful shutdown");
}

/// How many threads can run at once.
#[php_fn("Async\\available_parallelism(): int")]
fn available_parallelism() -> i64 {
    phalanx_host::cpu::count() as i64
}
