//! Exceptions of the namespace.

use crate::await_::exception_argument;
use phalanx_macros::{native_class, php_method};
use phalanx_value::{ObjRef, Value};
use phalanx_vm::class::ClassRef;

native_class! {
    /// A coroutine is canceled.
    pub static ASYNC_CANCELLATION = "class Async\\AsyncCancellation extends Cancellation";
}

native_class! {
    /// What was waited for was given up: the token tripped.
    pub static OPERATION_CANCELED = "class Async\\OperationCanceledException extends Async\\AsyncCancellation";
}

native_class! {
    /// Something is wrong with the use of the API.
    pub static ASYNC_EXCEPTION = "class Async\\AsyncException extends Exception";
}

native_class! {
    /// Input or output failed.
    pub static INPUT_OUTPUT = "class Async\\InputOutputException extends Exception";
}

native_class! {
    /// A name could not be resolved.
    pub static DNS = "class Async\\DnsException extends Exception";
}

native_class! {
    /// Time is over.
    pub static TIMEOUT = "class Async\\TimeoutException extends Exception";
}

native_class! {
    /// Waiting for descriptors failed.
    pub static POLL = "class Async\\PollException extends Exception";
}

native_class! {
    /// All coroutines wait for each other.
    pub static DEADLOCK = "class Async\\DeadlockError extends Error";
}

native_class! {
    /// A circuit breaker is open.
    pub static SERVICE_UNAVAILABLE = "class Async\\ServiceUnavailableException extends Async\\AsyncException";
}

native_class! {
    /// What a thread gave could not come over.
    pub static THREAD_TRANSFER = "class Async\\ThreadTransferException extends Async\\AsyncException";
}

native_class! {
    /// A channel between threads is closed.
    pub static THREAD_CHANNEL = "class Async\\ThreadChannelException extends Async\\AsyncException";
}

native_class! {
    /// A thread pool cannot take or do a task.
    pub static THREAD_POOL = "class Async\\ThreadPoolException extends Exception";
}

native_class! {
    /// A thread ended with an exception.
    pub static REMOTE = "class Async\\RemoteException extends Async\\AsyncException";
    prop "private ?Throwable $remoteException = null";
    prop "private string $remoteClass = ''";
    methods: GET_REMOTE_EXCEPTION, GET_REMOTE_CLASS;
}

native_class! {
    /// Several exceptions in one.
    pub static COMPOSITE = "final class Async\\CompositeException extends Exception";
    prop "private array $exceptions = []";
    methods: ADD_EXCEPTION, GET_EXCEPTIONS;
}

fn slot(object: &ObjRef, name: &str) -> Option<u32> {
    ClassRef::of(object).props.get(name.as_bytes()).map(|info| info.slot)
}

fn get(object: &ObjRef, name: &str) -> Value {
    slot(object, name).map_or(Value::NULL, |slot| object.get_slot(slot).into_deref())
}

/// Sets a property of the classes above, past its visibility.
pub fn set(object: &ObjRef, name: &str, value: Value) {
    if let Some(slot) = slot(object, name) {
        object.set_slot(slot, value);
    }
}

#[php_method("Async\\RemoteException::getRemoteException(): ?Throwable")]
fn get_remote_exception(this: &ObjRef) -> Value {
    get(this, "remoteException")
}

#[php_method("Async\\RemoteException::getRemoteClass(): string")]
fn get_remote_class(this: &ObjRef) -> Value {
    get(this, "remoteClass")
}

#[php_method("Async\\CompositeException::addException(Throwable $exception): void")]
fn add_exception(this: &ObjRef, exception: &ObjRef) {
    let mut list = get(this, "exceptions").into_array().unwrap_or_default();
    list.push_value(exception_argument(exception));
    set(this, "exceptions", Value::array(list));
}

#[php_method("Async\\CompositeException::getExceptions(): array")]
fn get_exceptions(this: &ObjRef) -> Value {
    get(this, "exceptions")
}
