//! A thread's own slot in the control region.

use std::cell::{Cell, RefCell};
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use super::{Control, PinId, fork};
use crate::protocol::hazard::{self, Pin};
use crate::protocol::owner::{self, Tenure};
use crate::protocol::word_lock::Holder;

/// How many counters each slot has.
pub const COUNTERS: usize = 12;

#[repr(C, align(128))]
pub(crate) struct SlotHead {
    pub(crate) owner: AtomicU64,
    /// When the owner was started, with the generation of its tenure.
    pub(super) started: AtomicU64,
    /// Which program its process ran then, with the same generation.
    pub(super) program: AtomicU64,
    /// See `control/fork.rs`.
    pub(super) fork: AtomicU32,
    pub(crate) counters: [AtomicU64; COUNTERS],
}

/// How often something was used, and when last, in whatever unit the callers count time (seconds, say).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Uses {
    /// Times used; each thread's share wraps after 2^32.
    pub count: u64,
    /// The latest stamp.
    pub stamp: u32,
}

impl Uses {
    pub(crate) fn unpack(word: u64) -> Self {
        Self { count: word >> 32, stamp: word as u32 }
    }
}

/// Where a [`Slot`] is, since when, and in which process.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) index: u32,
    pub(super) tenure: Tenure,
    process: u32,
}

/// What [`Slot::read`] has found: the value of a publication, whose id is pinned now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pinned {
    /// The value of the publication.
    pub value: u64,
    /// Whether the slot had not pinned the id before.
    pub new: bool,
}

/// The calling thread's place in a control region: its pins, its counters and its name as a holder of locks.
///
/// Only the owner writes to a slot, so nothing here needs a lock, a system call, or a cache line that another thread
/// writes. When a slot is dropped its pins are gone; when its thread or process dies, [`Control::reap`] clears up.
///
/// A slot stays on its thread:
/// ```compile_fail
/// # let control = phalanx_shm::Control::create(Default::default()).unwrap();
/// let slot = control.register().unwrap();
/// std::thread::spawn(move || drop(slot));
/// ```
#[derive(Debug)]
pub struct Slot {
    control: Control,
    index: Cell<u32>,
    pub(super) tenure: Cell<Tenure>,
    /// Every id whose bit this slot has set, in the order of pinning.
    pinned: RefCell<Vec<PinId>>,
    /// Claims that this slot holds.
    pub(super) claims: Cell<u32>,
    /// The process that the slot belongs to, as `fork::process` counts them.
    process: Cell<u32>,
    thread: PhantomData<*const ()>,
}

impl Slot {
    pub(super) fn new(control: Control, index: u32, tenure: Tenure) -> Self {
        Self {
            control,
            index: Cell::new(index),
            tenure: Cell::new(tenure),
            pinned: RefCell::default(),
            claims: Cell::new(0),
            process: Cell::new(fork::process()),
            thread: PhantomData,
        }
    }

    /// The region that the slot is in.
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// The slot's number in its region.
    #[inline]
    pub fn index(&self) -> u32 {
        // Everything that writes to the slot or names it comes by here or by `pin_bit`, which does.
        if !self.is_of_this_process() {
            self.after_plain_fork().expect("there is a slot for the new process");
        }
        self.index.get()
    }

    /// Where the slot is, for this process or for the one that it was forked from.
    pub(super) fn place(&self) -> Place {
        Place { index: self.index.get(), tenure: self.tenure.get(), process: self.process.get() }
    }

    /// Whether the slot is still this process's own: not so in a process that was forked behind its back.
    #[inline]
    pub(super) fn is_of_this_process(&self) -> bool {
        self.process.get() == fork::process()
    }

    /// Reads a publication and pins what it names, so that its memory is not reused before [`Self::unpin`] or
    /// [`Self::release_all`]. `id_of` gives the id that a value names, or `None` if it names nothing.
    ///
    /// ```
    /// use std::sync::atomic::AtomicU64;
    /// # let control = phalanx_shm::Control::create(Default::default())?;
    /// let slot = control.register()?;
    /// let publication = AtomicU64::new(7 + 1); // In life it lies in a segment.
    /// let id_of = |value: u64| (value as u32).checked_sub(1);
    /// let pinned = slot.read(&publication, id_of).unwrap();
    /// assert_eq!(pinned.value, 8);
    /// assert!(control.is_pinned(7));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Panics
    /// When the id is too large for the region.
    #[inline]
    pub fn read(&self, publication: &AtomicU64, id_of: impl Fn(u64) -> Option<PinId>) -> Option<Pinned> {
        let (value, new) = hazard::read_pinned(publication, |value| id_of(value).map(|id| self.pin_bit(id)))?;
        if new && let Some(id) = id_of(value) {
            self.pinned.borrow_mut().push(id);
        }
        Some(Pinned { value, new })
    }

    /// Pins an id. Whoever calls this checks afterwards that what the id names is still published, as [`Self::read`]
    /// does by itself. Says whether the slot had not pinned it before.
    ///
    /// # Panics
    /// When the id is too large for the region.
    #[inline]
    pub fn pin(&self, id: PinId) -> bool {
        let bit = self.pin_bit(id);
        if bit.is_set() {
            return false;
        }
        bit.set();
        crate::primitive::fence(Ordering::SeqCst);
        self.pinned.borrow_mut().push(id);
        true
    }

    /// Takes a pin back, whichever number of times it was set. Nothing of what the id names may be used after.
    ///
    /// # Panics
    /// When the id is too large for the region.
    #[inline]
    pub fn unpin(&self, id: PinId) {
        let mut pinned = self.pinned.borrow_mut();
        if let Some(at) = pinned.iter().rposition(|&other| other == id) {
            pinned.swap_remove(at);
            self.pin_bit(id).clear();
            hazard::settle();
        }
    }

    /// Whether this slot has pinned the id.
    #[inline]
    pub fn has_pinned(&self, id: PinId) -> bool {
        self.pin_bit(id).is_set()
    }

    /// Takes every pin of this slot back: what the end of a request does. Says how many there were.
    ///
    /// Callers who want the memory of retired things to be reused at once look, after this, whether anything waits to be
    /// reclaimed; the fence at the end is for that.
    pub fn release_all(&self) -> usize {
        self.release_each(|_| ())
    }

    /// As [`Self::release_all`], and calls `released` with each id when all pins are gone and the fence is passed.
    pub fn release_each(&self, mut released: impl FnMut(PinId)) -> usize {
        let mut ids = self.pinned.take();
        if ids.is_empty() {
            return 0;
        }
        ids.iter().for_each(|&id| self.pin_bit(id).clear());
        hazard::settle();
        ids.iter().for_each(|&id| released(id));
        let count = ids.len();
        ids.clear();
        // Kept for its memory, unless `released` has pinned something.
        if self.pinned.borrow().is_empty() {
            self.pinned.replace(ids);
        }
        count
    }

    /// The ids that this slot has pinned.
    pub fn pins(&self) -> Vec<PinId> {
        self.pinned.borrow().clone()
    }

    /// Adds to one of this slot's counters. [`Control::counter`] sums over all slots.
    ///
    /// # Panics
    /// When there is no such counter.
    #[inline]
    pub fn count(&self, counter: usize, by: u64) {
        let word = &self.control.region.head(self.index()).counters[counter];
        word.store(word.load(Ordering::Relaxed).wrapping_add(by), Ordering::Relaxed);
    }

    /// Counts a use of the id at the time `stamp`. [`Control::uses`] sums over all slots and gives the latest stamp.
    ///
    /// # Panics
    /// When the id is too large for the region.
    #[inline]
    pub fn note_use(&self, id: PinId, stamp: u32) {
        let word = self.control.region.use_word(self.index(), id);
        let old = word.load(Ordering::Relaxed);
        // The slot may have had another owner, whose clock was ahead.
        let stamp = u64::from(stamp.max(old as u32));
        word.store((old >> 32).wrapping_add(1) << 32 | stamp, Ordering::Relaxed);
    }

    #[inline]
    fn pin_bit(&self, id: PinId) -> Pin<'_> {
        let region = &*self.control.region;
        let (word, mask) = region.pin_position(id);
        Pin { word: region.pin_word(self.index(), word), mask }
    }

    pub(crate) fn holder(&self) -> Holder {
        Holder::new(self.index(), self.tenure.get().generation())
    }

    /// In a new process: becomes the owner of another slot and sets the pins there that this one had.
    pub(super) fn move_to(&self, place: Place) {
        self.index.set(place.index);
        self.tenure.set(place.tenure);
        self.process.set(place.process);
        self.claims.set(0);
        if self.is_of_this_process() {
            self.pinned.borrow().iter().for_each(|&id| self.pin_bit(id).set());
        }
    }

    /// Takes the bits of all pins back, and still knows which they were.
    pub(super) fn clear_bits(&self) {
        self.pinned.borrow().iter().for_each(|&id| self.pin_bit(id).clear());
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        // In a child that was forked behind the slot's back, slot and pins are the parent's: leave them alone. A slot that has
        // passed its tenure on has none to end.
        if self.is_of_this_process() && !self.tenure.get().is_free() {
            self.release_all();
            owner::release(&self.control.region.head(self.index.get()).owner, self.tenure.get());
        }
    }
}
