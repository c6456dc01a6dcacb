//! What the protocols of this crate are built from: atomics, fences and a lock between threads of one process.
//!
//! The files in `protocol` name these only through `crate::primitive`. The model tests compile the very same files
//! against a `primitive` made of loom's types (`tests/models.rs`), so it is the shipped code that loom explores.

pub(crate) use std::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};

use std::time::Duration;

use crate::protocol::word_lock::{self, Attempt, Holder, WAITERS};
use crate::sys::futex::{self, Reach};
use crate::sys::thread;

/// Whether the protocol is to be broken in the named way. Always false outside of model tests.
#[inline(always)]
pub(crate) const fn mutant(_name: &str) -> bool {
    false
}

/// A lock between threads of one process that is opened by whoever says so, as a fork handler needs it. The word names the
/// thread that holds it; the lock of a thread that has died passes to the next one.
#[derive(Debug, Default)]
pub(crate) struct LocalLock {
    word: AtomicU32,
}

/// How long a waiter sleeps before it looks whether the holder still lives.
const PATIENCE: Duration = Duration::from_millis(20);

impl LocalLock {
    pub(crate) const fn new() -> Self {
        Self { word: AtomicU32::new(0) }
    }

    pub(crate) fn lock(&self) {
        let (pid, tid) = thread::current();
        let me = Holder(tid);
        // Asking whether the holder lives takes a system call, so the first look is without.
        let mut attempt = word_lock::attempt(&self.word, me, false, |_| false);
        while let Attempt::Held(seen) = attempt {
            let waiting = seen | WAITERS;
            let noted = seen == waiting
                || self.word.compare_exchange(seen, waiting, Ordering::Relaxed, Ordering::Relaxed).is_ok();
            if noted {
                futex::wait(&self.word, waiting, Some(PATIENCE), Reach::Process);
            }
            let is_dead = |holder: Holder| thread::look_at(pid, holder.0).is_none();
            attempt = word_lock::attempt(&self.word, me, true, is_dead);
        }
    }

    pub(crate) fn unlock(&self) {
        if word_lock::release(&self.word) {
            futex::wake(&self.word, 1, Reach::Process);
        }
    }
}
