//! The count of open windows behind the `mprotect` gate.
//!
//! Protection is a property of the process while windows belong to threads. The rule is: the memory is writable from
//! before the count leaves zero until after it has come back to zero. Changing the protection takes time, so the two
//! transitions (0 → 1 and 1 → 0) happen under a lock; every other step is one compare-and-swap.
//!
//! ```text
//! enter: count > 0:  count → count + 1           nobody can bring it to zero without taking this unit away first
//!        count = 0:  lock; count still 0?  unprotect; count = 1;  unlock
//! leave: count > 1:  count → count - 1
//!        count = 1:  lock; count 1 → 0?  protect;  unlock
//! ```
//! The only moment at which count and protection disagree is inside the lock after 1 → 0; a thread that arrives then
//! sees zero, waits for the lock and unprotects again. The opposite order (protect, then count down) would let a
//! thread enter on the fast path and find the memory protected.
//!
//! # Death
//! Whoever finds the lock in the hands of a dead thread takes it over, and has nothing to put right. If that one died
//! after unprotecting and before counting, or after counting down and before protecting, the count is zero and the memory
//! writable: the next enter unprotects what is not protected, and the leave after it protects. A thread that dies inside
//! of a window leaves its unit in the count: the memory stays writable, and nobody faults.
//!
//! # Fork
//! A child has a copy of the count and only one of the threads. The forking thread holds the lock while it copies, so in the
//! copy count and protection agree as well; the child then counts the windows of that one thread.

use crate::primitive::{AtomicU32, LocalLock, Ordering, mutant};

/// A count of open windows and the lock for its transitions from and to zero.
#[derive(Debug)]
pub(crate) struct OpenCount {
    count: AtomicU32,
    turn: LocalLock,
}

impl OpenCount {
    pub(crate) fn new() -> Self {
        Self { count: AtomicU32::new(0), turn: LocalLock::new() }
    }

    /// Counts one window more. The memory is writable when this returns, unless `unprotect` fails, which counts nothing.
    pub(crate) fn enter<E>(&self, unprotect: impl FnOnce() -> Result<(), E>) -> Result<(), E> {
        let mut count = self.count.load(Ordering::Relaxed);
        while count > 0 {
            match self.count.compare_exchange_weak(count, count + 1, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => return Ok(()),
                Err(now) => count = now,
            }
        }
        self.turn.lock();
        let mut result = Ok(());
        if mutant("enter counts first") {
            if self.count.fetch_add(1, Ordering::AcqRel) == 0 {
                result = unprotect();
            }
        } else if self.count.load(Ordering::Relaxed) == 0 {
            result = unprotect();
            if result.is_ok() {
                self.count.store(1, Ordering::Release);
            }
        } else {
            // Only a holder of the lock makes zero, so the count cannot fall to it before this.
            self.count.fetch_add(1, Ordering::Acquire);
        }
        self.turn.unlock();
        result
    }

    /// Counts one window less. The last one protects the memory.
    pub(crate) fn leave(&self, protect: impl FnOnce()) {
        let mut count = self.count.load(Ordering::Relaxed);
        while count > 1 {
            match self.count.compare_exchange_weak(count, count - 1, Ordering::Release, Ordering::Relaxed) {
                Ok(_) => return,
                Err(now) => count = now,
            }
        }
        if mutant("leave without lock") {
            if self.count.fetch_sub(1, Ordering::AcqRel) == 1 {
                protect();
            }
            return;
        }
        self.turn.lock();
        if mutant("leave protects first") {
            if self.count.load(Ordering::Acquire) == 1 {
                protect();
            }
            self.count.fetch_sub(1, Ordering::AcqRel);
        } else if self.count.fetch_sub(1, Ordering::AcqRel) == 1 {
            protect();
        }
        self.turn.unlock();
    }

    /// Holds both transitions up, so that count and protection agree, until [`Self::resume`].
    pub(crate) fn suspend(&self) {
        if !mutant("fork without lock") {
            self.turn.lock();
        }
    }

    /// Lets transitions go on.
    pub(crate) fn resume(&self) {
        if !mutant("fork without lock") {
            self.turn.unlock();
        }
    }

    /// How many windows are counted.
    #[allow(dead_code, reason = "the models look at it")]
    pub(crate) fn windows(&self) -> u32 {
        self.count.load(Ordering::Acquire)
    }

    /// In a new process, between suspend and resume: only the forking thread is left, with `windows` of its own.
    pub(crate) fn restart(&self, windows: u32) {
        self.count.store(windows, Ordering::Release);
    }
}
