//! The namespace Async: coroutines, futures, threads and thread pools.
//!
//! Each PHP thread has a [`scheduler`] for its coroutines. Everything that can be awaited has a
//! [`completion::Completion`]; threads and pools fill theirs when a message of another thread arrives.
//!
//! **Architecture Invariant:** nothing here blocks the thread but the scheduler, and that only when no coroutine can run.
#![forbid(unsafe_code)]

mod await_;
mod await_many;
mod completion;
mod coroutine;
mod exceptions;
mod future;
mod interfaces;
mod pool;
mod remote;
mod scheduler;
mod spawn;
mod task;
mod thread;
mod thread_channel;
mod timeout;

use phalanx_vm::native::{Extension, NativeClass};
use phalanx_vm::request::PHP_VERSION;
use phalanx_vm::{Context, PhpResult};

/// The extension, by the name of the one whose API it has.
pub static ASYNC: Extension = Extension {
    name: "true_async",
    version: PHP_VERSION,
    functions: &[
        await_::FUNCTIONS,
        await_many::FUNCTIONS,
        spawn::FUNCTIONS,
        thread::FUNCTIONS,
        timeout::FUNCTIONS,
    ],
    classes: CLASSES,
    consts: &[],
    ini: &[],
    request_start: Some(request_start),
    request_end: Some(request_end),
};

static CLASSES: &[&NativeClass] = &[
    &interfaces::AWAITABLE,
    &interfaces::COMPLETABLE,
    &phalanx_vm::builtin::CANCELLATION,
    &exceptions::ASYNC_CANCELLATION,
    &exceptions::OPERATION_CANCELED,
    &exceptions::ASYNC_EXCEPTION,
    &exceptions::INPUT_OUTPUT,
    &exceptions::DNS,
    &exceptions::TIMEOUT,
    &exceptions::POLL,
    &exceptions::DEADLOCK,
    &exceptions::SERVICE_UNAVAILABLE,
    &exceptions::THREAD_TRANSFER,
    &exceptions::REMOTE,
    &exceptions::THREAD_CHANNEL,
    &exceptions::THREAD_POOL,
    &exceptions::COMPOSITE,
    &coroutine::COROUTINE,
    &future::FUTURE_STATE,
    &future::FUTURE,
    &timeout::TIMEOUT,
    &thread::THREAD,
    &thread_channel::THREAD_CHANNEL,
    &pool::THREAD_POOL,
];

fn request_start(cx: &mut Context) {
    cx.after_main.push(after_main);
}

/// The main script has ended: coroutines run on until all are done.
fn after_main(cx: &mut Context, exiting: bool) -> PhpResult {
    scheduler::finish(cx, exiting)
}

fn request_end(cx: &mut Context) {
    pool::end_request(cx);
    thread_channel::end_request(cx);
    scheduler::end_request(cx);
}
