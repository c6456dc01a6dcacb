//! Pins: how a reader says what it uses without a lock, and how reclamation knows.
//!
//! # The problem
//! A *publication* is a word in shared memory that names the current version of something by a small id. Readers
//! follow it at any time. A writer replaces the word and wants to reuse the memory of the old version as soon as nobody
//! can see it any more. Between a reader's load of the word and its first use of the memory anything may happen.
//!
//! # The protocol
//! Each reader owns a bitmap with one bit for each id, which only it writes.
//!
//! ```text
//! reader                                     writer
//! R1  v = load(word, acquire)                W1  store(word, other, release)     unpublish
//! R2  bit[id(v)] = 1                         W2  fence(seq_cst)
//! R3  fence(seq_cst)                         W3  any reader's bit[id] set?  keep it for later
//! R4  load(word, acquire) == v ?  use it     W4  no bit set: the memory is free
//!     else: bit[id(v)] = 0, again
//! …
//! R5  bit[id(v)] = 0, release                W3  loads with acquire
//! ```
//!
//! # Why it is right
//! The two fences are totally ordered. If R3 comes before W2, W3 sees the bit of R2 and the memory stays. If W2 comes
//! before R3, R4 sees the word of W1 (or a later one), which is not `v`, and the reader does not use the memory. There
//! is no third case, on any memory model. Neither acquire loads nor release stores alone are enough: R2 is a store
//! and R4 a load, and even x86 moves a load up over an earlier store; R3 is the one fence that a reader pays for.
//!
//! Memory is reused only after W3 has seen every bit clear with acquire loads, which pair with the release stores of
//! R5: all uses by past readers happen before the reuse.
//!
//! R4 compares values, so the word might have gone from `v` to something else and back to `v` (the id has been reused
//! and published in the same place). That does no harm: the reader has read nothing yet that depends on `v`, and the
//! id that is published now is the id that it has pinned.
//!
//! A reader that has pinned an id before, and not unpinned it since, skips R2 to R4: the id cannot have been reused in
//! between, so a word that names it names what is pinned.
//!
//! A pin of an id whose memory is reused already (between R2 and R4 of a reader that will find out) delays the next
//! reclamation of that id and does nothing else.
//!
//! # Which bitmaps are scanned
//! W3 looks at all slots that were ever in use, and their number grows. A reader counts its slot in before it sets its first
//! bit; the writer asks for the number after W2. So a bit that R3 puts before W2 lies in a bitmap that is looked at.
//!
//! # Handing pins on
//! A forked process goes on with what its parent has pinned: it sets the same bits in a bitmap of its own and only then lets
//! the parent clear its bits. At every instant one of the two bits is set, but a scan takes time: it may look at the child's
//! bitmap before, and at the parent's after. So the child counts handovers between the two steps, and a scan during which
//! that number has changed begins anew. If the scan looked at the parent's bit after it was cleared, it also sees the new
//! number; and if it had started with the new number, it would have seen the child's bit.
//!
//! # The last reader frees
//! Memory should not wait for the next writer when its last reader goes. Unpinning is therefore followed by the same
//! handshake in the other direction: the reader clears its bits, passes a fence and looks whether anything waits to be
//! reclaimed; the writer says that something waits, passes a fence and scans. One of the two sees the other.

use crate::primitive::{AtomicU32, AtomicU64, Ordering, fence, mutant};

/// One bit of a bitmap: a word and a mask.
pub(crate) struct Pin<'a> {
    /// The word, which only its owner writes.
    pub(crate) word: &'a AtomicU64,
    /// The bit.
    pub(crate) mask: u64,
}

impl Pin<'_> {
    /// Whether the bit is set, as its owner sees it.
    #[inline]
    pub(crate) fn is_set(&self) -> bool {
        self.word.load(Ordering::Relaxed) & self.mask != 0
    }

    /// Sets the bit (R2). Only the owner of the word may call this, so no read-modify-write is needed.
    #[inline]
    pub(crate) fn set(&self) {
        self.word.store(self.word.load(Ordering::Relaxed) | self.mask, Ordering::Relaxed);
    }

    /// Clears the bit (R5). Only the owner of the word may call this.
    #[inline]
    pub(crate) fn clear(&self) {
        let order = if mutant("clear relaxed") { Ordering::Relaxed } else { Ordering::Release };
        self.word.store(self.word.load(Ordering::Relaxed) & !self.mask, order);
    }
}

/// Reads a publication and pins what it names (R1 to R4). `pin_of` gives the reader's own bit for a value, or `None`
/// for a value that names nothing.
///
/// Returns the value and whether the bit was set by this call.
#[inline]
pub(crate) fn read_pinned<'a>(
    word: &AtomicU64,
    pin_of: impl Fn(u64) -> Option<Pin<'a>>,
) -> Option<(u64, bool)> {
    loop {
        let value = word.load(Ordering::Acquire);
        let pin = pin_of(value)?;
        if pin.is_set() {
            return Some((value, false));
        }
        pin.set();
        if !mutant("pin without fence") {
            fence(Ordering::SeqCst);
        }
        if mutant("pin without check") || word.load(Ordering::Acquire) == value {
            return Some((value, true));
        }
        pin.clear();
    }
}

/// After clearing pins and before looking whether anything waits to be reclaimed.
#[inline]
pub(crate) fn settle() {
    if !mutant("release without fence") {
        fence(Ordering::SeqCst);
    }
}

/// What scanning needs to know beside the bitmaps.
pub(crate) struct Readers<'a> {
    /// How many slots were ever in use: all bitmaps below this number are looked at.
    pub(crate) used: &'a AtomicU32,
    /// How many there are at most, whatever somebody has written to the former.
    pub(crate) slots: u32,
    /// How often pins were handed on.
    pub(crate) handovers: &'a AtomicU32,
}

impl Readers<'_> {
    /// Counts a slot in that is about to be used for pins.
    pub(crate) fn count_in(&self, slot: u32) {
        self.used.fetch_max(slot + 1, Ordering::AcqRel);
    }

    /// Notes that pins have been set which are going to be cleared elsewhere.
    pub(crate) fn note_handover(&self) {
        if !mutant("handover without note") {
            self.handovers.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// Whether any slot has pinned the id that `word_of` gives the word for (W2 and W3). The id must be unpublished already.
    pub(crate) fn have_pinned<'w>(&self, word_of: impl Fn(u32) -> &'w AtomicU64, mask: u64) -> bool {
        let early = mutant("slots counted too early").then(|| self.used.load(Ordering::Acquire));
        if !mutant("scan without fence") {
            fence(Ordering::SeqCst);
        }
        let mut handovers = self.handovers.load(Ordering::Acquire);
        loop {
            let used = early.unwrap_or_else(|| self.used.load(Ordering::Acquire));
            if (0..used.min(self.slots)).any(|slot| word_of(slot).load(Ordering::Acquire) & mask != 0) {
                return true;
            }
            let now = self.handovers.load(Ordering::Acquire);
            if now == handovers {
                return false;
            }
            handovers = now;
        }
    }
}
