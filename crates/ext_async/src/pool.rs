//! The class ThreadPool.
//!
//! ```text
//!  submit ── pack ──▶ queue (Shared) ──▶ worker: unpack, run as a coroutine, pack ── Report ──▶ mailbox ──▶ Future
//! ```

mod shared;
mod worker;

use crate::await_::{completion_of, unwrap, wait_for};
use crate::completion::Completion;
use crate::remote::{self, Reply};
use crate::scheduler::{self, park, wake};
use crate::{
    future,
    pool::shared::{Job, Push, Shared},
};
use phalanx_macros::{native_class, php_method};
use phalanx_threads::{Parcel, pack, pack_all};
use phalanx_value::{NativeSlot, NativeState, ObjRef, PhpArray, Value};
use phalanx_vm::class::Hooks;
use phalanx_vm::throw::set_previous;
use phalanx_vm::{Context, PhpResult};
use std::sync::{Arc, Weak};

native_class! {
    /// Threads that take calls from a queue.
    pub static THREAD_POOL = "final class Async\\ThreadPool";
    flags: not_serializable, no_dynamic_props;
    hooks: HOOKS;
    methods: CONSTRUCT, SUBMIT, MAP, CLOSE, CANCEL, IS_CLOSED, GET_PENDING_COUNT, GET_RUNNING_COUNT, GET_COMPLETED_COUNT,
        GET_WORKER_COUNT;
}

static HOOKS: Hooks = Hooks { uncloneable: true, free: Some(free), ..Hooks::NONE };

struct State(Arc<Shared>);

impl NativeState for State {}

/// The pools of a request: they are closed when it ends.
#[derive(Default)]
struct Pools(Vec<Weak<Shared>>);

/// Closes what the script has left open.
pub fn end_request(cx: &mut Context) {
    for pool in std::mem::take(&mut cx.state::<Pools>().0) {
        if let Some(pool) = pool.upgrade() {
            pool.close();
        }
    }
}

/// A pool that nobody holds takes no more tasks.
fn free(_: &mut Context, this: &ObjRef) {
    if let Some(state) = this.native::<State>() {
        state.0.close();
    }
}

fn shared(cx: &mut Context, this: &ObjRef) -> PhpResult<Arc<Shared>> {
    match this.native::<State>() {
        Some(state) => Ok(state.0.clone()),
        None => Err(cx.throw_error("The ThreadPool object has not been properly initialized")),
    }
}

#[php_method(
    "Async\\ThreadPool::__construct(int $workers = 0, int $queueSize = 0, ?Closure $bootloader = null, bool $coroutine = false, int $concurrency = 0)"
)]
fn construct(
    cx: &mut Context,
    this: &ObjRef,
    workers: i64,
    queue_size: i64,
    bootloader: Option<&ObjRef>,
    coroutine: bool,
    concurrency: i64,
) -> PhpResult {
    if workers < 0 {
        return Err(cx.arg_value_error(1, "must be greater than or equal to 0"));
    }
    if queue_size < 0 {
        return Err(cx.arg_value_error(2, "must be greater than or equal to 0"));
    }
    if concurrency < 0 {
        return Err(cx.arg_value_error(5, "must be greater than or equal to 0"));
    }
    let workers = if workers == 0 { phalanx_host::cpu::count() } else { workers as usize };
    let queue_size = if queue_size == 0 { workers * 4 } else { queue_size as usize };
    let at_once = match (coroutine, concurrency) {
        (false, _) => 1,
        (true, 0) => usize::MAX,
        (true, limit) => limit as usize,
    };
    let mut parcels: Vec<Option<Parcel>> = Vec::with_capacity(workers);
    for _ in 0..workers {
        parcels.push(match bootloader {
            Some(closure) => Some(pack(cx, &Value::object(closure.clone()))?),
            None => None,
        });
    }
    let Some(host) = cx.thread_host.clone() else {
        return Err(cx.throw("Async\\ThreadPoolException", "Threads are not available"));
    };
    let pool = Arc::new(Shared::new(workers, queue_size, coroutine, at_once));
    if this.set_native(NativeSlot::new(State(pool.clone()))).is_err() {
        return Err(cx.throw_error("Cannot call constructor twice"));
    }
    cx.state::<Pools>().0.push(Arc::downgrade(&pool));
    for bootloader in parcels {
        let seed = cx.thread_seed();
        let guard = worker::Guard::new(pool.clone());
        let body = move |cx: &mut Context| worker::work(cx, guard, bootloader);
        if let Err(reason) = phalanx_threads::spawn(host.clone(), seed, body, || {}) {
            pool.close();
            let text = format!("Failed to start a worker thread: {reason}");
            return Err(cx.throw("Async\\ThreadPoolException", text));
        }
    }
    Ok(())
}

/// Refuses tasks that would never be done.
fn check_open(cx: &mut Context, pool: &Shared) -> PhpResult {
    if let Some(message) = pool.failure() {
        return Err(cx.throw("Async\\ThreadTransferException", message));
    }
    if pool.is_closed() {
        return Err(cx.throw("Async\\ThreadPoolException", "ThreadPool is closed"));
    }
    if pool.workers() == 0 {
        return Err(cx.throw("Async\\ThreadPoolException", "ThreadPool has no live workers"));
    }
    Ok(())
}

/// Puts a call into the queue, waiting for room if it is full; gives its Future.
fn enqueue(cx: &mut Context, pool: &Arc<Shared>, task: &Value, args: &[Value]) -> PhpResult<ObjRef> {
    check_open(cx, pool)?;
    let task = match pack(cx, task) {
        Ok(parcel) => parcel,
        Err(thrown) => {
            let previous = cx.catch(thrown)?;
            let message = phalanx_vm::throw::exception_prop(&previous, "message");
            let message = message.as_bytes().unwrap_or_default().to_vec();
            let exception = cx.new_exception("Async\\ThreadPoolException", &message, 0)?;
            set_previous(&exception, previous);
            return Err(cx.throw_object(exception));
        }
    };
    let args = pack_all(cx, args)?;
    let scheduler = scheduler::of(cx);
    let completion = Completion::new();
    let target = completion.clone();
    let to = remote::expect(&scheduler, move |cx, report| {
        let outcome = remote::outcome(cx, report);
        target.complete(cx, outcome);
    });
    let id = pool.next_job();
    let mut job = Job { id, task, args, reply: Reply::new(scheduler.mailbox().clone(), to) };
    loop {
        job = match pool.push(job) {
            Push::Done => break,
            Push::Closed(job) => {
                drop(job);
                scheduler.forget(to);
                check_open(cx, pool)?;
                return Err(cx.throw("Async\\ThreadPoolException", "ThreadPool is closed"));
            }
            Push::Full(job) => job,
        };
        let task = scheduler.current();
        let number = scheduler.expect(move |cx, _| wake(&scheduler::of(cx), &task));
        let waits = pool.wait_for_room(scheduler.mailbox().clone(), number);
        let result = if waits { park(cx) } else { Ok(()) };
        pool.stop_waiting(number);
        scheduler.forget(number);
        result?;
    }
    let canceled = Arc::downgrade(pool);
    let canceler = move |_: &mut Context| {
        if let Some(pool) = canceled.upgrade() {
            pool.cancel_job(id);
        }
    };
    future::make(cx, completion, true, Some(Box::new(canceler)))
}

#[php_method("Async\\ThreadPool::submit(callable $task, mixed ...$args): Async\\Future")]
fn submit(cx: &mut Context, this: &ObjRef, task: &Value, args: &[Value]) -> PhpResult<ObjRef> {
    let pool = shared(cx, this)?;
    enqueue(cx, &pool, task, args)
}

#[php_method("Async\\ThreadPool::map(array $items, callable $task): array")]
fn map(cx: &mut Context, this: &ObjRef, items: &PhpArray, task: &Value) -> PhpResult<PhpArray> {
    let pool = shared(cx, this)?;
    let mut futures = Vec::with_capacity(items.len());
    for (key, value) in items.iter() {
        futures.push((key.to_owned(), enqueue(cx, &pool, task, &[value.deref_clone()])?));
    }
    let mut results = PhpArray::new();
    let mut first_error = None;
    for (key, future) in futures {
        let Some(completion) = completion_of(&future) else { continue };
        if first_error.is_some() {
            completion.handled.set(true);
            continue;
        }
        let outcome = wait_for(cx, &completion, None)?;
        match unwrap(cx, outcome) {
            Ok(value) => drop(results.insert(key.as_key(), value)),
            Err(thrown) => first_error = Some(cx.catch(thrown)?),
        }
    }
    match first_error {
        Some(exception) => Err(cx.throw_object(exception)),
        None => Ok(results),
    }
}

#[php_method("Async\\ThreadPool::close(): void")]
fn close(cx: &mut Context, this: &ObjRef) -> PhpResult {
    shared(cx, this)?.close();
    Ok(())
}

#[php_method("Async\\ThreadPool::cancel(): void")]
fn cancel(cx: &mut Context, this: &ObjRef) -> PhpResult {
    shared(cx, this)?.cancel();
    Ok(())
}

#[php_method("Async\\ThreadPool::isClosed(): bool")]
fn is_closed(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    Ok(shared(cx, this)?.is_closed())
}

#[php_method("Async\\ThreadPool::getPendingCount(): int")]
fn get_pending_count(cx: &mut Context, this: &ObjRef) -> PhpResult<i64> {
    Ok(shared(cx, this)?.pending() as i64)
}

#[php_method("Async\\ThreadPool::getRunningCount(): int")]
fn get_running_count(cx: &mut Context, this: &ObjRef) -> PhpResult<i64> {
    Ok(shared(cx, this)?.running() as i64)
}

#[php_method("Async\\ThreadPool::getCompletedCount(): int")]
fn get_completed_count(cx: &mut Context, this: &ObjRef) -> PhpResult<i64> {
    Ok(shared(cx, this)?.completed() as i64)
}

#[php_method("Async\\ThreadPool::getWorkerCount(): int")]
fn get_worker_count(cx: &mut Context, this: &ObjRef) -> PhpResult<i64> {
    Ok(shared(cx, this)?.workers() as i64)
}
