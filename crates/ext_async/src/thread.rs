//! `spawn_thread` and the class Thread.

use crate::completion::{Completion, Outcome};
use crate::exceptions::set;
use crate::remote::{self, Reply, Report};
use crate::scheduler;
use phalanx_macros::{native_class, php_fn, php_method};
use phalanx_threads::{Parcel, pack, unpack};
use phalanx_value::{NativeSlot, NativeState, ObjRef, Value};
use phalanx_vm::class::Hooks;
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};
use std::rc::Rc;

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&SPAWN_THREAD];

native_class! {
    /// A call on a thread of its own.
    pub static THREAD = "final class Async\\Thread implements Async\\Completable";
    flags: not_serializable, no_dynamic_props;
    hooks: HOOKS;
    methods: CONSTRUCT, IS_RUNNING, IS_COMPLETED, IS_CANCELLED, GET_RESULT, GET_EXCEPTION, CANCEL, FINALLY;
}

static HOOKS: Hooks = Hooks { uncloneable: true, ..Hooks::NONE };

struct State(Rc<Completion>);

impl NativeState for State {
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        self.0.trace(visit);
    }
}

/// The end of a Thread object.
pub fn completion(object: &ObjRef) -> Option<Rc<Completion>> {
    object.native::<State>().map(|state| state.0.clone())
}

/// Starts a thread that calls a closure.
#[php_fn(
    "Async\\spawn_thread(Closure $task, bool $inherit = true, ?Closure $bootloader = null): Async\\Thread"
)]
fn spawn_thread(
    cx: &mut Context,
    task: &ObjRef,
    inherit: bool,
    bootloader: Option<&ObjRef>,
) -> PhpResult<ObjRef> {
    // Accepted for compatibility: a thread is a request of its own.
    let _ = inherit;
    let task = pack(cx, &Value::object(task.clone()))?;
    let bootloader = match bootloader {
        Some(closure) => Some(pack(cx, &Value::object(closure.clone()))?),
        None => None,
    };
    let Some(host) = cx.thread_host.clone() else {
        return Err(cx.throw("Async\\AsyncException", "Threads are not available"));
    };
    let scheduler = scheduler::of(cx);
    let completion = Completion::new();
    let id = remote::expect(&scheduler, {
        let completion = completion.clone();
        move |cx, report| {
            let outcome = outcome(cx, report);
            completion.complete(cx, outcome);
        }
    });
    let reply = Reply::new(scheduler.mailbox().clone(), id);
    let seed = cx.thread_seed();
    let body = move |cx: &mut Context| {
        let result = run(cx, bootloader, task);
        let report = remote::report(cx, result);
        reply.send(report);
    };
    if let Err(reason) = phalanx_threads::spawn(host, seed, body, || {}) {
        scheduler.forget(id);
        return Err(cx.throw("Async\\AsyncException", format!("Failed to start a thread: {reason}")));
    }
    let class = cx.native_class("async\\thread");
    let object = cx.new_object(class)?;
    if object.set_native(NativeSlot::new(State(completion))).is_err() {
        unreachable!("a new object has no state");
    }
    Ok(object)
}

/// What the thread does.
fn run(cx: &mut Context, bootloader: Option<Parcel>, task: Parcel) -> PhpResult<Value> {
    if let Some(bootloader) = bootloader {
        let bootloader = unpack(cx, bootloader)?;
        cx.call_value(&bootloader, &[])?;
    }
    let task = unpack(cx, task)?;
    let value = cx.call_value(&task, &[])?;
    drop(task);
    scheduler::finish(cx, false)?;
    Ok(value)
}

/// What the end of the thread means for those who wait: its exception is inside of a RemoteException.
fn outcome(cx: &mut Context, report: Report) -> Outcome {
    let report = match report {
        Report::Exit => Report::Failed {
            class: "Async\\ThreadTransferException",
            message: "Thread was terminated by exit()".to_owned(),
        },
        report => report,
    };
    let Report::Thrown(failure) = report else { return remote::outcome(cx, report) };
    let (class, message, code) = (failure.class.clone(), failure.message.clone(), failure.code);
    let loads = cx.lookup_class(&class, true).is_ok_and(|found| found.is_some());
    let original = remote::outcome(cx, Report::Thrown(failure));
    let Outcome::Thrown(original) = original else { return original };
    if !loads {
        return Outcome::Thrown(original);
    }
    match cx.new_exception("Async\\RemoteException", &message, code) {
        Ok(exception) => {
            set(&exception, "remoteException", Value::object(original));
            set(&exception, "remoteClass", Value::str(class));
            Outcome::Thrown(exception)
        }
        Err(_) => Outcome::Thrown(original),
    }
}

#[php_method("private Async\\Thread::__construct()")]
fn construct(this: &ObjRef) {
    let _ = this;
}

#[php_method("Async\\Thread::isRunning(): bool")]
fn is_running(this: &ObjRef) -> bool {
    completion(this).is_some_and(|completion| !completion.is_done())
}

#[php_method("Async\\Thread::isCompleted(): bool")]
fn is_completed(this: &ObjRef) -> bool {
    completion(this).is_some_and(|completion| completion.is_done())
}

#[php_method("Async\\Thread::isCancelled(): bool")]
fn is_cancelled(this: &ObjRef) -> bool {
    let _ = this;
    false
}

#[php_method("Async\\Thread::getResult(): mixed")]
fn get_result(this: &ObjRef) -> Value {
    match completion(this).and_then(|completion| completion.outcome()) {
        Some(Outcome::Value(value)) => value,
        _ => Value::NULL,
    }
}

#[php_method("Async\\Thread::getException(): mixed")]
fn get_exception(this: &ObjRef) -> Value {
    match completion(this).and_then(|completion| completion.outcome()) {
        Some(Outcome::Thrown(exception)) => Value::object(exception),
        _ => Value::NULL,
    }
}

#[php_method("Async\\Thread::cancel(?Async\\AsyncCancellation $cancellation = null): void")]
fn cancel(cx: &mut Context, this: &ObjRef, cancellation: Option<&ObjRef>) -> PhpResult {
    let _ = cancellation;
    if is_running(this) {
        return Err(cx.throw_error("Thread cancellation is not yet implemented"));
    }
    Ok(())
}

#[php_method("Async\\Thread::finally(Closure $callback): void")]
fn finally(cx: &mut Context, this: &ObjRef, callback: &ObjRef) -> PhpResult {
    let Some(completion) = completion(this) else { return Ok(()) };
    let callback = Value::object(callback.clone());
    if completion.is_done() {
        return cx.call_value(&callback, &[Value::object(this.clone())]).map(drop);
    }
    let this = this.clone();
    completion.then(cx, move |cx, _| {
        let Ok(callee) = phalanx_vm::callable::resolve_for_call(cx, &callback) else { return };
        let args = vec![Value::object(this)];
        scheduler::of(cx).start(cx, crate::task::Call { callee, args, named: None });
    });
    Ok(())
}
