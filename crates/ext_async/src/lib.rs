//! The Async namespace: coroutines, futures and thread pools.
#![forbid(unsafe_code)]
