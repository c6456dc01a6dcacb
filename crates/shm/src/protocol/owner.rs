//! Who owns a slot, in one word: a generation, a process id and a thread id.
//!
//! ```text
//! 63        44 43          22 21           0
//! generation   process id     thread id        process and thread 0: nobody
//! ```
//! Linux keeps ids below 2^22. Every acquisition, also the one by which somebody clears up after a dead owner, raises
//! the generation, so a word names one tenure of one owner and never comes back (the generation wraps after 2^20
//! tenures of one slot; a word is only compared with a copy that is at most one clearing-up old).
//!
//! # Taking over after a death
//! A dead owner leaves pins behind. Whoever finds out swaps the dead owner's word for its own, and from then on is the
//! only one who may touch the slot; it clears the pins and gives the slot back. Two that find out at once swap from the
//! same old word, so one fails. Clearing before the swap, or after giving back, would wipe pins of the next owner.

use crate::primitive::{AtomicU64, Ordering, mutant};

const ID_BITS: u32 = 22;
const ID_MASK: u64 = (1 << ID_BITS) - 1;
const GENERATION_SHIFT: u32 = 2 * ID_BITS;

/// One tenure of a slot, or the absence of one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Tenure(pub(crate) u64);

impl Tenure {
    pub(crate) fn pid(self) -> u32 {
        ((self.0 >> ID_BITS) & ID_MASK) as u32
    }

    pub(crate) fn tid(self) -> u32 {
        (self.0 & ID_MASK) as u32
    }

    pub(crate) fn generation(self) -> u32 {
        (self.0 >> GENERATION_SHIFT) as u32
    }

    pub(crate) fn is_free(self) -> bool {
        self.0 & ((1 << GENERATION_SHIFT) - 1) == 0
    }

    fn next(self, pid: u32, tid: u32) -> Self {
        let generation = (self.0 >> GENERATION_SHIFT).wrapping_add(1) << GENERATION_SHIFT;
        Self(generation | (u64::from(pid) & ID_MASK) << ID_BITS | u64::from(tid) & ID_MASK)
    }

    fn free(self) -> Self {
        Self(self.0 >> GENERATION_SHIFT << GENERATION_SHIFT)
    }
}

/// The tenure that the word names now.
pub(crate) fn current(word: &AtomicU64) -> Tenure {
    Tenure(word.load(Ordering::Acquire))
}

/// Begins a tenure of a slot whose word was `seen`: a free slot, or one whose owner is dead.
pub(crate) fn acquire(word: &AtomicU64, seen: Tenure, pid: u32, tid: u32) -> Option<Tenure> {
    let mine = seen.next(pid, tid);
    word.compare_exchange(seen.0, mine.0, Ordering::AcqRel, Ordering::Relaxed).ok().map(|_| mine)
}

/// Ends a tenure. The pins are cleared already.
pub(crate) fn release(word: &AtomicU64, mine: Tenure) {
    word.store(mine.free().0, Ordering::Release);
}

/// Clears up after a dead owner whose word was `seen`. Says whether it was this call that did.
pub(crate) fn clear_up(
    word: &AtomicU64,
    seen: Tenure,
    pid: u32,
    tid: u32,
    clear_pins: impl FnOnce(),
) -> bool {
    if mutant("clear before owning") {
        clear_pins();
        return acquire(word, seen, pid, tid).map(|mine| release(word, mine)).is_some();
    }
    let Some(mine) = acquire(word, seen, pid, tid) else { return false };
    if mutant("clear after giving back") {
        release(word, mine);
        clear_pins();
        return true;
    }
    clear_pins();
    release(word, mine);
    true
}

/// Whether a tenure of the slot can never act again, where `is_it` knows the tenure by its generation: the slot has been
/// given back, or to somebody else, or its owner is dead.
pub(crate) fn is_over(
    word: &AtomicU64,
    is_it: impl Fn(u32) -> bool,
    is_alive: impl Fn(Tenure) -> bool,
) -> bool {
    let tenure = current(word);
    let same = mutant("generation ignored") || is_it(tenure.generation());
    tenure.is_free() || !same || !is_alive(tenure)
}
