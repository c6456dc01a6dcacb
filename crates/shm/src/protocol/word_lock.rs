//! Locks and claims in one 32-bit word that survive the death of their holder.
//!
//! ```text
//! 31       30        12 11     0
//! waiters  generation   slot + 1        slot part 0: free
//! ```
//! A holder is named by its slot and the generation of its tenure. When the tenure is over (the slot has another
//! generation, or its owner is dead), the holder can never come back to unlock, so whoever wants the word next swaps
//! the dead holder for itself and is told to put right what the dead one may have left half done.
//!
//! Locks between threads of one process are the same with thread ids for names ([`crate::primitive::LocalLock`]).
//!
//! No list of held locks is needed, neither in the kernel nor in libc: the word alone says who holds it, and it holds no
//! pointer that a stray write could bend.

use crate::primitive::{AtomicU32, Ordering, mutant};

/// Somebody may sleep on the word.
pub(crate) const WAITERS: u32 = 1 << 31;
const SLOT_BITS: u32 = 12;
const SLOT_MASK: u32 = (1 << SLOT_BITS) - 1;
const GENERATION_MASK: u32 = (1 << 19) - 1;

/// The most slots that a word can name.
pub(crate) const MAX_SLOTS: u32 = SLOT_MASK;

/// A holder: a slot and the generation of its tenure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Holder(pub(crate) u32);

impl Holder {
    pub(crate) fn new(slot: u32, generation: u32) -> Self {
        Self((generation & GENERATION_MASK) << SLOT_BITS | (slot + 1))
    }

    /// The holder that a word names, or `None` if it is free.
    pub(crate) fn of(word: u32) -> Option<Self> {
        (word & !WAITERS != 0).then_some(Self(word & !WAITERS))
    }

    pub(crate) fn slot(self) -> u32 {
        (self.0 & SLOT_MASK) - 1
    }

    /// Whether this names the tenure of its slot that has `generation`.
    pub(crate) fn is_of(self, generation: u32) -> bool {
        self.0 >> SLOT_BITS == generation & GENERATION_MASK
    }
}

/// What an attempt to get the word has led to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Attempt {
    /// It is ours. `recovered`: from a dead holder.
    Got { recovered: bool },
    /// Somebody alive has it. Carries the word as it was seen.
    Held(u32),
}

/// Tries to get the word for `me`.
///
/// The name of a holder is stored with release and loaded with acquire: whoever reads it also sees that holder's tenure of
/// its slot, and does not take it for over because the slot still seems to be its former owner's.
///
/// `contended` says that somebody may sleep on it, which the new word has to remember.
pub(crate) fn attempt(
    word: &AtomicU32,
    me: Holder,
    contended: bool,
    is_dead: impl Fn(Holder) -> bool,
) -> Attempt {
    let mine = me.0 | if contended { WAITERS } else { 0 };
    let mut seen = word.load(Ordering::Acquire);
    loop {
        let (new, recovered) = match Holder::of(seen) {
            None => (mine | seen & WAITERS, false),
            Some(holder) if is_dead(holder) => (mine | seen & WAITERS, true),
            Some(_) => return Attempt::Held(seen),
        };
        if mutant("take without swap") {
            word.store(new, Ordering::Release);
            return Attempt::Got { recovered };
        }
        let order = if mutant("holder without release") { Ordering::Acquire } else { Ordering::AcqRel };
        match word.compare_exchange(seen, new, order, Ordering::Acquire) {
            Ok(_) => return Attempt::Got { recovered },
            Err(now) => seen = now,
        }
    }
}

/// Gives the word back. Says whether somebody has to be woken.
pub(crate) fn release(word: &AtomicU32) -> bool {
    let order = if mutant("release relaxed") { Ordering::Relaxed } else { Ordering::Release };
    word.swap(0, order) & WAITERS != 0
}

/// What came of asking for work that only one is to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Work {
    /// The caller does it. `recovered`: somebody died over it before.
    Do { recovered: bool },
    /// It is done already. `wake`: somebody waits for the word, which the caller held for a moment.
    Done { wake: bool },
    /// Somebody alive is at it. Carries the word as it was seen.
    Underway(u32),
}

/// Asks to do work that exactly one is to do. `is_done` is asked again after the word is ours: the one who had it
/// before may have finished between our first look and our claim.
pub(crate) fn ask_for_work(
    word: &AtomicU32,
    me: Holder,
    is_dead: impl Fn(Holder) -> bool,
    is_done: impl Fn() -> bool,
) -> Work {
    if is_done() {
        return Work::Done { wake: false };
    }
    match attempt(word, me, false, is_dead) {
        Attempt::Held(seen) => Work::Underway(seen),
        Attempt::Got { recovered } => {
            if !mutant("claim without second look") && is_done() {
                return Work::Done { wake: release(word) };
            }
            Work::Do { recovered }
        }
    }
}
