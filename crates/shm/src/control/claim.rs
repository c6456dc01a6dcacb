//! Claims: agreeing who of many does a piece of work that needs doing once.
//!
//! A claim is not a lock: nobody has to wait for it, and who does not get it may go on without. Claims are few; two
//! pieces of work that fall on the same claim are merely not done at the same time.

use std::sync::atomic::Ordering;

use super::{Slot, wait_for_holder, wake};
use crate::protocol::word_lock::{Holder, Work, ask_for_work, release};

/// The answer to a request to do some work.
#[derive(Debug)]
pub enum Claim<'s> {
    /// The caller does it. Others see it as underway until the guard is dropped.
    Mine(ClaimGuard<'s>),
    /// It has been done.
    Done,
    /// Somebody who is alive is doing it (or other work that falls on the same claim).
    Underway,
}

/// Work that the current thread does. Dropping it, done or not, lets others ask again.
#[derive(Debug)]
#[must_use = "a claim that is dropped at once keeps nobody away"]
pub struct ClaimGuard<'s> {
    slot: &'s Slot,
    claim: u32,
    holder: Holder,
    recovered: bool,
}

impl ClaimGuard<'_> {
    /// Whether somebody has died over this work before.
    pub fn recovered(&self) -> bool {
        self.recovered
    }
}

impl Drop for ClaimGuard<'_> {
    fn drop(&mut self) {
        // In a forked child the claim is still the parent's.
        if !self.slot.is_of_this_process() || self.slot.holder() != self.holder {
            return;
        }
        self.slot.claims.set(self.slot.claims.get() - 1);
        let word = self.slot.control().region.claim_word(self.claim);
        if release(word) {
            wake(word, i32::MAX);
        }
    }
}

impl Slot {
    /// Asks to do some work. `is_done` looks whether it has been done; it is asked before the claim and again after.
    ///
    /// ```
    /// use phalanx_shm::Claim;
    /// # let control = phalanx_shm::Control::create(Default::default())?;
    /// let slot = control.register()?;
    /// let done = std::cell::Cell::new(false);
    /// match slot.claim(3, || done.get()) {
    ///     Claim::Mine(guard) => {
    ///         done.set(true); // The work.
    ///         drop(guard);
    ///     }
    ///     Claim::Done | Claim::Underway => {}
    /// }
    /// assert!(matches!(slot.claim(3, || done.get()), Claim::Done));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Panics
    /// When there is no such claim.
    pub fn claim(&self, claim: u32, is_done: impl Fn() -> bool) -> Claim<'_> {
        let word = self.control().region.claim_word(claim);
        let me = self.holder();
        match ask_for_work(word, me, |holder| self.control().is_dead(holder), is_done) {
            Work::Do { recovered } => {
                self.claims.set(self.claims.get() + 1);
                Claim::Mine(ClaimGuard { slot: self, claim, holder: me, recovered })
            }
            Work::Done { wake: waited_for } => {
                if waited_for {
                    wake(word, i32::MAX);
                }
                Claim::Done
            }
            Work::Underway(_) => Claim::Underway,
        }
    }

    /// Waits a while (some milliseconds) for whoever is at the claim, and may return early. The caller asks again.
    ///
    /// # Panics
    /// When there is no such claim.
    pub fn wait_for_claim(&self, claim: u32) {
        let word = self.control().region.claim_word(claim);
        let seen = word.load(Ordering::Relaxed);
        if Holder::of(seen).is_some() {
            wait_for_holder(word, seen);
        }
    }

    /// How many claims this slot holds. A thread that holds one waits for no other: two that wait for each other's wait for
    /// ever.
    pub fn claims_held(&self) -> u32 {
        self.claims.get()
    }
}
