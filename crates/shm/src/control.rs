//! The control region: a small shared mapping that is always writable.
//!
//! ```text
//! ┌──────────┬────────────────┬───────────────┬──────────┬─────────────────┬────────┬────────┬─────
//! │ header   │ locks          │ listings      │ claims   │ notes           │ slot 0 │ slot 1 │ …
//! └──────────┴────────────────┴───────────────┴──────────┴─────────────────┴────────┴────────┴─────
//!   sizes      one line each    one each lock   u32 each   u32 for each id
//!
//! slot: │ owner, start time, fork word │ counters │ pins: 1 bit for each id │ uses: 8 bytes for each id │
//! ```
//! It holds what every thread may change at any time: who is there, what they have pinned, who holds which lock and
//! claim, how often what was used. A stray write here can make a lock hang or a number wrong; it cannot make anyone
//! follow a wild pointer, because there is none in it: holders are named by slot numbers, things by ids. (A listing tells
//! watchers in other processes where a segment is, see [`listing`]. None of those who share the region asks it.)
//!
//! Each thread writes only to its own slot, apart from locks and claims that it takes. So pinning, counting, and starting
//! and ending a request touch no cache line that another thread writes.
//!
//! # Safety
//! All of the region is atomics, so shared references into it are sound whatever other threads and processes do.
//! Offsets are computed from sizes that each handle keeps for itself, never from what stands in the region.
#![allow(unsafe_code, reason = "turns offsets into references to atomics")]

mod claim;
mod fork;
mod listing;
mod lock;
mod slot;

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

pub use claim::{Claim, ClaimGuard};
pub use fork::Forked;
pub(crate) use listing::{LISTING_LAYOUT, Listing, ListingEntry, gate_of};
pub use lock::LockGuard;
pub(crate) use slot::SlotHead;
pub use slot::{COUNTERS, Pinned, Slot, Uses};

use crate::protocol::hazard::Readers;
use crate::protocol::owner::{self, Tenure};
use crate::protocol::word_lock;
use crate::protocol::word_lock::{Holder, MAX_SLOTS};
use crate::sys::memory::{Mapping, Protection, for_watchers, memory_file, page_size};
use crate::sys::thread::{self, Life};

/// Names something that threads pin: a small number, chosen by whoever manages what is pinned.
pub type PinId = u32;

/// How large a control region is to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ControlOptions {
    /// Ids that can be pinned: `0..ids`. Each costs one bit and eight bytes in each slot that is used.
    pub ids: u32,
    /// Threads of all processes that can be registered at one time; at most 4095.
    pub slots: u32,
    /// Locks.
    pub locks: u32,
    /// Claims.
    pub claims: u32,
}

impl Default for ControlOptions {
    fn default() -> Self {
        Self { ids: 16384, slots: 512, locks: 8, claims: 1024 }
    }
}

/// How long a waiter sleeps before it looks whether the holder still lives.
const PATIENCE: Duration = Duration::from_millis(20);
/// How long to wait between two searches for dead threads that nobody has asked for.
const SEARCH_PAUSE: Duration = Duration::from_millis(100);
const LINE: usize = 128;
pub(crate) const MAGIC: u64 = u64::from_le_bytes(*b"phlxctl2");
/// The name of the region's file, which watchers look for.
pub(crate) const FILE_NAME: &std::ffi::CStr = c"phalanx-control";

/// The start of the region. Watchers know magic, version and layout by their places, which stay as they are for ever.
#[repr(C, align(128))]
pub(crate) struct Header {
    pub(crate) magic: AtomicU64,
    /// See [`crate::VERSION`].
    pub(crate) version: AtomicU64,
    /// Another number for another layout of region or heap: [`crate::peek::LAYOUT`].
    pub(crate) layout: AtomicU64,
    /// Tells this region from all others, at random.
    pub(crate) identity: AtomicU64,
    pub(crate) ids: AtomicU32,
    pub(crate) slots: AtomicU32,
    pub(crate) locks: AtomicU32,
    pub(crate) claims: AtomicU32,
    /// The pid namespace of all owners.
    pub(crate) namespace: AtomicU64,
    /// The process that made the region.
    pub(crate) creator: AtomicU32,
    /// One more than the highest slot that was ever in use.
    pub(crate) used_slots: AtomicU32,
    /// How often pins were handed on to a forked process.
    pub(crate) handovers: AtomicU32,
}

/// A handle to a control region. Clones are handles to the same region.
///
/// ```
/// use phalanx_shm::{Control, ControlOptions};
///
/// let control = Control::create(ControlOptions::default())?;
/// let slot = control.register()?;
/// slot.pin(7);
/// assert!(control.is_pinned(7));
/// slot.unpin(7);
/// assert!(!control.is_pinned(7));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Control {
    region: Arc<Region>,
}

#[derive(Debug)]
struct Region {
    mapping: Mapping,
    options: ControlOptions,
    layout: Layout,
    /// Open for those who watch from outside.
    _file: Option<OwnedFd>,
    created: Instant,
    /// When this process last looked for dead threads unasked: milliseconds since a pause before the creation.
    last_search: AtomicU64,
}

/// Where the parts of a region are, as offsets; those of a slot from its start.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    pub(crate) listings: usize,
    claims: usize,
    notes: usize,
    pub(crate) slots: usize,
    pub(crate) pins: usize,
    pub(crate) uses: usize,
    pub(crate) stride: usize,
    pub(crate) len: usize,
}

impl Layout {
    pub(crate) fn of(options: ControlOptions) -> Option<Self> {
        let ids = options.ids as usize;
        let listings = size_of::<Header>() + options.locks as usize * LINE;
        let claims = listings + options.locks as usize * size_of::<ListingEntry>();
        let notes = (claims + options.claims as usize * 4).next_multiple_of(LINE);
        let slots = notes.checked_add(ids.checked_mul(4)?)?.next_multiple_of(LINE);
        let pins = size_of::<SlotHead>();
        let uses = pins + ids.div_ceil(64).checked_mul(8)?;
        let stride = uses.checked_add(ids.checked_mul(8)?)?.next_multiple_of(LINE);
        let len = stride.checked_mul(options.slots as usize)?.checked_add(slots)?;
        Some(Self {
            listings,
            claims,
            notes,
            slots,
            pins,
            uses,
            stride,
            len: len.next_multiple_of(page_size()),
        })
    }
}

impl Control {
    /// Makes a region, shared with children of `fork`. Pages that are never used cost nothing.
    ///
    /// # Errors
    /// Those of the operating system, and [`io::ErrorKind::InvalidInput`] for sizes that are zero or too large.
    pub fn create(options: ControlOptions) -> io::Result<Self> {
        let valid = options.ids > 0 && (1..=MAX_SLOTS).contains(&options.slots) && options.locks > 0;
        let layout = Layout::of(options).filter(|_| valid).ok_or(io::ErrorKind::InvalidInput)?;
        let (mapping, file) = match memory_file(FILE_NAME, layout.len) {
            Ok(file) => {
                let mapping = Mapping::file(&file, layout.len, Protection::ReadWrite, None)?;
                (mapping, for_watchers(&file))
            }
            Err(_) => (Mapping::anonymous(layout.len, Protection::ReadWrite, None)?, None),
        };
        let created = Instant::now();
        let region =
            Region { mapping, options, layout, _file: file, created, last_search: AtomicU64::new(0) };
        let header: &Header = region.at(0);
        header.version.store(crate::VERSION, Ordering::Relaxed);
        header.layout.store(crate::peek::LAYOUT, Ordering::Relaxed);
        header.identity.store(listing::random(), Ordering::Relaxed);
        header.creator.store(thread::current().0, Ordering::Relaxed);
        header.ids.store(options.ids, Ordering::Relaxed);
        header.slots.store(options.slots, Ordering::Relaxed);
        header.locks.store(options.locks, Ordering::Relaxed);
        header.claims.store(options.claims, Ordering::Relaxed);
        header.namespace.store(thread::namespace(), Ordering::Relaxed);
        header.magic.store(MAGIC, Ordering::Release);
        Ok(Self { region: Arc::new(region) })
    }

    /// The sizes of the region.
    pub fn options(&self) -> ControlOptions {
        self.region.options
    }

    /// Gives the calling thread a slot of its own.
    ///
    /// # Errors
    /// [`io::ErrorKind::QuotaExceeded`] when every slot belongs to a living thread; [`io::ErrorKind::Unsupported`] in another
    /// pid namespace than the one that the region was made in, where ids would name other threads.
    pub fn register(&self) -> io::Result<Slot> {
        fork::count_forks();
        if thread::namespace() != self.region.header().namespace.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::Unsupported.into());
        }
        let (pid, tid) = thread::current();
        // Second round: after those who died without giving their slots back.
        for round in 0..2 {
            for index in 0..self.region.options.slots {
                let head = self.region.head(index);
                let seen = owner::current(&head.owner);
                if !seen.is_free() {
                    continue;
                }
                if let Some(mine) = owner::acquire(&head.owner, seen, pid, tid) {
                    self.region.readers().count_in(index);
                    head.note_life(mine, thread::look_at(pid, tid).unwrap_or_default());
                    return Ok(Slot::new(self.clone(), index, mine));
                }
            }
            if round == 0 && self.reap() == 0 {
                break;
            }
        }
        Err(io::ErrorKind::QuotaExceeded.into())
    }

    /// Whether any thread has pinned the id. What the id names must be unpublished before the call if the answer "no" is
    /// to stay true; `protocol::hazard` has the argument.
    pub fn is_pinned(&self, id: PinId) -> bool {
        let region = &*self.region;
        let (word, mask) = region.pin_position(id);
        region.readers().have_pinned(|slot| region.pin_word(slot, word), mask)
    }

    /// How many pins there are, over all slots and ids.
    pub fn pins(&self) -> u64 {
        let words = self.region.options.ids.div_ceil(64);
        self.slots_used()
            .flat_map(|slot| (0..words).map(move |word| (slot, word)))
            .map(|(slot, word)| {
                u64::from(self.region.pin_word(slot, word as usize).load(Ordering::Relaxed).count_ones())
            })
            .sum()
    }

    /// Takes the slots of dead threads and processes back, with all their pins. Says how many there were.
    ///
    /// It looks into `/proc` for each slot in use (some microseconds each), so it is for when something is short.
    pub fn reap(&self) -> u32 {
        let (pid, tid) = thread::current();
        let mut reaped = 0;
        for index in self.slots_used() {
            let head = self.region.head(index);
            let seen = owner::current(&head.owner);
            if seen.is_free() || head.is_alive(seen) {
                continue;
            }
            let region = &*self.region;
            reaped += u32::from(owner::clear_up(&head.owner, seen, pid, tid, || region.clear_pins(index)));
        }
        reaped
    }

    /// Whether it is time again to look for dead threads unasked, because something is short.
    pub(crate) fn may_search_for_dead(&self) -> bool {
        let now = (self.region.created.elapsed() + SEARCH_PAUSE).as_millis() as u64;
        let last = self.region.last_search.load(Ordering::Relaxed);
        // Of several threads at a time, one searches.
        now.saturating_sub(last) >= SEARCH_PAUSE.as_millis() as u64
            && self
                .region
                .last_search
                .compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }

    /// The threads that are registered now, as process and thread ids.
    pub fn registered(&self) -> Vec<(u32, u32)> {
        let tenures = self.slots_used().map(|index| owner::current(&self.region.head(index).owner));
        tenures.filter(|tenure| !tenure.is_free()).map(|tenure| (tenure.pid(), tenure.tid())).collect()
    }

    /// The sum of a counter over all slots, those of threads that are gone included.
    ///
    /// # Panics
    /// When there is no such counter.
    pub fn counter(&self, counter: usize) -> u64 {
        self.slots_used().map(|i| self.region.head(i).counters[counter].load(Ordering::Relaxed)).sum()
    }

    /// How often all threads have said that they used the id, and when last.
    pub fn uses(&self, id: PinId) -> Uses {
        let mut total = Uses { count: 0, stamp: 0 };
        for slot in self.slots_used() {
            let uses = Uses::unpack(self.region.use_word(slot, id).load(Ordering::Relaxed));
            total.count += uses.count;
            total.stamp = total.stamp.max(uses.stamp);
        }
        total
    }

    /// A word for each id that any thread may change at any time and that nobody may trust: when something is to be looked
    /// at again, say.
    ///
    /// # Panics
    /// When the id is too large for the region.
    #[inline]
    pub fn note(&self, id: PinId) -> &AtomicU32 {
        assert!(id < self.region.options.ids, "no id {id}");
        self.region.at(self.region.layout.notes + id as usize * 4)
    }

    fn slots_used(&self) -> std::ops::Range<u32> {
        0..self.region.header().used_slots.load(Ordering::Acquire).min(self.region.options.slots)
    }

    /// Whether the holder of a lock, a claim or a block can never give it back.
    pub(crate) fn is_dead(&self, holder: Holder) -> bool {
        if holder.slot() >= self.region.options.slots {
            return true;
        }
        let head = self.region.head(holder.slot());
        owner::is_over(&head.owner, |generation| holder.is_of(generation), |tenure| head.is_alive(tenure))
    }

    pub(crate) fn same_region(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.region, &other.region)
    }
}

impl Region {
    /// A part of the region. The offset comes from the layout, never from the region itself.
    #[inline]
    fn at<T>(&self, offset: usize) -> &T {
        assert!(offset + size_of::<T>() <= self.mapping.len() && offset.is_multiple_of(align_of::<T>()));
        let address = std::ptr::with_exposed_provenance::<T>(self.mapping.address() + offset);
        // SAFETY: inside of the mapping, which starts at a page boundary and lives as long as `self`; aligned; and `T` is
        // one of the atomics and structures of atomics of this folder, for which any bytes are valid.
        unsafe { &*address }
    }

    fn header(&self) -> &Header {
        self.at(0)
    }

    fn readers(&self) -> Readers<'_> {
        let header = self.header();
        Readers { used: &header.used_slots, slots: self.options.slots, handovers: &header.handovers }
    }

    fn lock_word(&self, lock: u32) -> &AtomicU32 {
        assert!(lock < self.options.locks, "no lock {lock}");
        self.at(size_of::<Header>() + lock as usize * LINE)
    }

    fn claim_word(&self, claim: u32) -> &AtomicU32 {
        assert!(claim < self.options.claims, "no claim {claim}");
        self.at(self.layout.claims + claim as usize * 4)
    }

    #[inline]
    fn head(&self, slot: u32) -> &SlotHead {
        self.at(self.layout.slots + slot as usize * self.layout.stride)
    }

    /// Where the pin of an id is in a slot's bitmap.
    #[inline]
    fn pin_position(&self, id: PinId) -> (usize, u64) {
        assert!(id < self.options.ids, "no id {id}");
        ((id / 64) as usize, 1 << (id % 64))
    }

    #[inline]
    fn pin_word(&self, slot: u32, word: usize) -> &AtomicU64 {
        self.at(self.layout.slots + slot as usize * self.layout.stride + self.layout.pins + word * 8)
    }

    #[inline]
    fn use_word(&self, slot: u32, id: PinId) -> &AtomicU64 {
        assert!(id < self.options.ids, "no id {id}");
        self.at(self.layout.slots + slot as usize * self.layout.stride + self.layout.uses + id as usize * 8)
    }

    fn clear_pins(&self, slot: u32) {
        for word in 0..self.options.ids.div_ceil(64) {
            let word = self.pin_word(slot, word as usize);
            if word.load(Ordering::Relaxed) != 0 {
                word.store(0, Ordering::Release);
            }
        }
    }
}

impl SlotHead {
    /// Remembers what tells the owner from others with its ids: from a later thread, and from what is left of its own process
    /// when that has gone on to run another program.
    fn note_life(&self, tenure: Tenure, life: Life) {
        self.program.store(stamp(tenure, life.program), Ordering::Relaxed);
        self.started.store(stamp(tenure, life.started), Ordering::Release);
    }

    /// Whether the owner of this tenure lives. Wrong in one direction only: a dead one may pass for alive.
    fn is_alive(&self, tenure: Tenure) -> bool {
        let (started, program) = (self.started.load(Ordering::Acquire), self.program.load(Ordering::Relaxed));
        let Some(life) = thread::look_at(tenure.pid(), tenure.tid()) else { return false };
        let differs = |noted: u64, now: u64| {
            // A note from another tenure says nothing: this owner has not written its own yet.
            let same_tenure = noted & !STAMP_MASK == stamp(tenure, 0) & !STAMP_MASK;
            let now = stamp(tenure, now);
            let known = noted & STAMP_MASK != 0 && now & STAMP_MASK != 0;
            same_tenure && known && noted != now
        };
        !differs(started, life.started) && !differs(program, life.program)
    }
}

const STAMP_MASK: u64 = (1 << 44) - 1;

/// As much of a number as there is room for beside the generation.
fn stamp(tenure: Tenure, number: u64) -> u64 {
    u64::from(tenure.generation()) << 44 | (number ^ number >> 44) & STAMP_MASK
}

/// Waits until the word changes or the patience is at its end.
fn wait_for_holder(word: &AtomicU32, seen: u32) {
    let with_waiters = seen | word_lock::WAITERS;
    if seen != with_waiters
        && word.compare_exchange(seen, with_waiters, Ordering::Relaxed, Ordering::Relaxed).is_err()
    {
        return;
    }
    crate::sys::futex::wait(word, with_waiters, Some(PATIENCE), crate::sys::futex::Reach::Shared);
}

fn wake(word: &AtomicU32, count: i32) {
    crate::sys::futex::wake(word, count, crate::sys::futex::Reach::Shared);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(control: &Control) -> Vec<u64> {
        let words = control.region.mapping.len() / 8;
        (0..words).map(|word| control.region.at::<AtomicU64>(word * 8).load(Ordering::Relaxed)).collect()
    }

    /// What a request does writes to the thread's own slot and nowhere else.
    #[test]
    fn a_request_writes_to_its_own_slot_only() {
        let options = ControlOptions { ids: 256, slots: 4, locks: 2, claims: 8 };
        let control = Control::create(options).unwrap();
        let (_before, slot, _after) =
            (control.register().unwrap(), control.register().unwrap(), control.register().unwrap());
        let old = snapshot(&control);
        slot.pin(3);
        slot.read(&AtomicU64::new(200), |value| Some(value as u32));
        slot.note_use(200, 17);
        slot.count(1, 1);
        let new = snapshot(&control);
        slot.release_all();
        let layout = control.region.layout;
        let own = layout.slots + layout.stride..layout.slots + 2 * layout.stride;
        let changed: Vec<_> = (0..old.len()).filter(|&word| old[word] != new[word]).collect();
        assert!(changed.len() >= 4);
        assert!(changed.iter().all(|word| own.contains(&(word * 8))), "{changed:?} outside of {own:?}");
        assert_eq!(own.start % LINE, 0);
    }

    /// The owner of a slot is known by its start time and its program too: a thread with the same ids is another one.
    #[test]
    fn a_reused_thread_id_is_not_taken_for_the_owner() {
        let (pid, tid) = thread::current();
        let life = thread::look_at(pid, tid).unwrap();
        assert!(life.started != 0 && life.program != 0);
        let others =
            [Life { started: life.started + 1, ..life }, Life { program: life.program + 4096, ..life }];
        for other in others {
            let control = Control::create(ControlOptions::default()).unwrap();
            let slot = control.register().unwrap();
            slot.pin(1);
            let head = control.region.head(slot.index());
            let tenure = owner::current(&head.owner);
            assert!(head.is_alive(tenure));
            // Who may not know these numbers takes nobody for dead.
            head.note_life(tenure, Life::default());
            assert!(head.is_alive(tenure));
            head.note_life(tenure, other);
            assert!(!head.is_alive(tenure));
            assert_eq!(control.reap(), 1);
            assert!(!control.is_pinned(1));
        }
    }
}
