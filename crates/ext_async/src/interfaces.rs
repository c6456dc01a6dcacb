//! Awaitable and Completable.

use phalanx_macros::native_class;

native_class! {
    /// What coroutines can wait for.
    pub static AWAITABLE = "interface Async\\Awaitable";
}

native_class! {
    /// What has an end: a result or an exception.
    pub static COMPLETABLE = "interface Async\\Completable extends Async\\Awaitable";
    abstract "cancel(?Async\\AsyncCancellation $cancellation = null): void";
    abstract "isCompleted(): bool";
    abstract "isCancelled(): bool";
}
