//! Locks between all threads of all processes that share the region.

use super::{Control, Slot, wait_for_holder, wake};
use crate::protocol::word_lock::{Attempt, Holder, WAITERS, attempt, release};

/// How often a waiter looks before it sleeps.
const SPINS: u32 = 200;

/// A lock that is held. Dropping it gives it back.
#[derive(Debug)]
#[must_use = "a lock that is dropped at once protects nothing"]
pub struct LockGuard<'s> {
    slot: &'s Slot,
    lock: u32,
    holder: Holder,
    recovered: bool,
}

impl LockGuard<'_> {
    /// Whether the one who held the lock before died over it, so that what it protects may be half changed.
    pub fn recovered(&self) -> bool {
        self.recovered
    }
}

impl Drop for LockGuard<'_> {
    fn drop(&mut self) {
        let word = self.slot.control().region.lock_word(self.lock);
        // In a forked child the lock is still the parent's.
        if self.slot.is_of_this_process() && self.slot.holder() == self.holder && release(word) {
            wake(word, 1);
        }
    }
}

impl Slot {
    /// Takes a lock, waiting for it as long as its holder lives. A dead holder's lock passes to the caller.
    ///
    /// ```
    /// # let control = phalanx_shm::Control::create(Default::default())?;
    /// let slot = control.register()?;
    /// let guard = slot.lock(2);
    /// if guard.recovered() {
    ///     // Whoever had it before has died over it: put right what may be half done.
    /// }
    /// drop(guard);
    ///
    /// // A thread that is gone gives nothing back, and keeps nobody out.
    /// std::thread::scope(|scope| {
    ///     scope.spawn(|| std::mem::forget(control.register().unwrap().lock(2)));
    /// });
    /// assert!(slot.lock(2).recovered());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Panics
    /// When there is no such lock, and when this slot holds it already, which would wait for ever.
    pub fn lock(&self, lock: u32) -> LockGuard<'_> {
        let word = self.control().region.lock_word(lock);
        let me = self.holder();
        let mut contended = false;
        let mut spins = 0;
        loop {
            let control: &Control = self.control();
            // Asking whether the holder lives takes a system call, so it comes after a time of looking only.
            let patient = spins < SPINS;
            match attempt(word, me, contended, |holder| !patient && control.is_dead(holder)) {
                Attempt::Got { recovered } => return LockGuard { slot: self, lock, holder: me, recovered },
                Attempt::Held(seen) => {
                    assert!(seen & !WAITERS != me.0, "lock {lock} is held by its own thread");
                    if patient {
                        spins += 1;
                        std::hint::spin_loop();
                    } else {
                        wait_for_holder(word, seen);
                        contended = true;
                    }
                }
            }
        }
    }

    /// Takes a lock if nobody has it.
    ///
    /// # Panics
    /// When there is no such lock.
    pub fn try_lock(&self, lock: u32) -> Option<LockGuard<'_>> {
        let word = self.control().region.lock_word(lock);
        let me = self.holder();
        match attempt(word, me, false, |_| false) {
            Attempt::Got { recovered } => Some(LockGuard { slot: self, lock, holder: me, recovered }),
            Attempt::Held(_) => None,
        }
    }
}
