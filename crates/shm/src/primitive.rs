//! What the protocols of this crate are built from: atomics, fences and a lock between threads of one process.
//!
//! The files in `protocol` name these only through `crate::primitive`. The model tests compile the very same files
//! against a `primitive` made of loom's types (`tests/models.rs`), so it is the shipped code that loom explores.

pub(crate) use std::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};

use crate::sys::futex::{self, Reach};

/// Whether the protocol is to be broken in the named way. Always false outside of model tests.
#[inline(always)]
pub(crate) const fn mutant(_name: &str) -> bool {
    false
}

/// A lock between threads of one process that is opened by whoever says so, as a fork handler needs it.
#[derive(Debug, Default)]
pub(crate) struct LocalLock {
    /// 0 free, 1 held, 2 held and somebody may sleep.
    state: AtomicU32,
}

impl LocalLock {
    pub(crate) const fn new() -> Self {
        Self { state: AtomicU32::new(0) }
    }

    pub(crate) fn lock(&self) {
        if self.state.compare_exchange(0, 1, Ordering::Acquire, Ordering::Relaxed).is_err() {
            while self.state.swap(2, Ordering::Acquire) != 0 {
                futex::wait(&self.state, 2, None, Reach::Process);
            }
        }
    }

    pub(crate) fn unlock(&self) {
        if self.state.swap(0, Ordering::Release) == 2 {
            futex::wake(&self.state, 1, Reach::Process);
        }
    }
}
