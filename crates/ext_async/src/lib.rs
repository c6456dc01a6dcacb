//! The Async namespace: coroutines, futures and thread pools.
