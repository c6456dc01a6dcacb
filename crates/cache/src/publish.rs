//! Storing scripts.
//!
//! # Safety
//! A [`Persist`] writes only into the block that it is given, which nobody else knows of yet.
#![allow(unsafe_code, reason = "lets a Unit write itself into its block")]

use std::sync::atomic::{AtomicPtr, Ordering};

use phalanx_bytecode::unit::{Image, UnitIdentity};
use phalanx_shm::{Block, LockGuard, PinId, Slot, WriteWindow};

use crate::Cache;
use crate::fetch::When;
use crate::fetch::{FileStamp, Hit, Ticket, Uncached};
use crate::layout::{Footer, Publication};

/// Something that can be copied to where the cache wants it: the image of a Unit.
///
/// # Safety
/// `copy_to` writes nothing outside of `size()` bytes from `to` on.
pub unsafe trait Persist {
    /// Bytes that are needed, at an address that is a multiple of 16.
    fn size(&self) -> usize;

    /// Entries of the Unit's trace table, one pointer each.
    fn trace_sites(&self) -> usize;

    /// Writes the Unit to `to`, made to be read at the address `read_base`.
    ///
    /// # Safety
    /// `to` is valid for writes of `size()` bytes, aligned to 16, and read by nobody yet.
    unsafe fn copy_to(
        &self,
        to: *mut u8,
        read_base: usize,
        identity: UnitIdentity,
        traces: *const AtomicPtr<u8>,
    );
}

// SAFETY: an image is as long as its bytes, and writes no more.
unsafe impl Persist for Image {
    fn size(&self) -> usize {
        self.bytes().len()
    }

    fn trace_sites(&self) -> usize {
        Self::trace_sites(self)
    }

    unsafe fn copy_to(
        &self,
        to: *mut u8,
        read_base: usize,
        identity: UnitIdentity,
        traces: *const AtomicPtr<u8>,
    ) {
        // SAFETY: promised by the caller.
        unsafe { Self::copy_to(self, to, read_base, identity, traces) };
    }
}

/// Where the parts of a block are, from its start: the Unit, its trace table, the footer, the path.
struct Parts {
    traces: usize,
    footer: usize,
    path: usize,
    len: usize,
}

impl Parts {
    fn of(image: &impl Persist, path: &[u8]) -> Self {
        let traces = image.size().next_multiple_of(16);
        let footer = traces + image.trace_sites() * 8;
        let path_at = footer + size_of::<Footer>();
        Self { traces, footer, path: path_at, len: path_at + path.len() }
    }
}

impl Cache {
    /// Stores a script that was compiled for a ticket, in place of what was stored under its path before. `stamp` is that of
    /// the file that was read. The script is pinned for the caller.
    ///
    /// # Errors
    /// Why it is not stored. It can run privately.
    pub fn publish(
        &self,
        slot: &Slot,
        ticket: Ticket<'_>,
        image: &impl Persist,
        stamp: FileStamp,
        when: impl Into<When>,
    ) -> Result<Hit, Uncached> {
        let when = when.into();
        let now = when.now;
        self.config.admit(stamp, when)?;
        let window = self.segment().window();
        let parts = Parts::of(image, &ticket.path);
        let identity = self.reserve_id(slot, &window, &ticket)?;
        let id = identity.id;
        let mut block = match self.make_room(slot, &window, parts.len) {
            Some(block) => block,
            None => {
                let _table = self.lock_table(slot, &window);
                self.give_id_back(&window, id);
                window.store_relaxed(&self.head().full, 1);
                return Err(Uncached::Full);
            }
        };
        let base = block.address().addr();
        let bytes = window.bytes_mut(&mut block);
        let traces = match image.trace_sites() {
            0 => std::ptr::null(),
            _ => std::ptr::with_exposed_provenance(base + parts.traces),
        };
        bytes[image.size()..parts.footer].fill(0);
        bytes[parts.path..].copy_from_slice(&ticket.path);
        // SAFETY: the block has that many bytes, is aligned, and nobody has been told of it.
        unsafe { image.copy_to(bytes.as_mut_ptr(), base, identity, traces) };

        let table = self.lock_table(slot, &window);
        let footer = Footer {
            hash: ticket.hash,
            unit_len: image.size() as u64,
            created: now,
            seconds: stamp.seconds,
            size: stamp.size,
            nanos: stamp.nanos,
            path_len: ticket.path.len() as u32,
        };
        let footer_at = block.address().wrapping_add(parts.footer).cast::<Footer>();
        // SAFETY: inside of the block, aligned, and nobody has been told of it.
        unsafe { window.write(footer_at, footer) };
        let start = self.heap.commit_with_mark(&window, block, id + 1).addr() - self.segment().base().addr();
        let record = self.record(id);
        window.store_relaxed(&record.block, start as u64);
        window.store_relaxed(&record.footer, (start + parts.footer) as u64);
        window.store_relaxed(&record.code, 0);
        window.store_relaxed(&record.uses_before, self.control().uses(id).count);
        let due = now + u64::from(self.config.rules(when).revalidate_freq);
        self.control().note(id).store(due as u32, Ordering::Relaxed);
        // Pinned before anybody can know of it, so the caller needs no second look.
        slot.pin(id);
        if self.put(slot, &window, ticket.hash, &ticket.path, id) {
            self.reclaim_under_lock(slot, &window);
        }
        drop(table);
        Ok(self.hit(id))
    }

    /// An id that is nobody's, noted as the caller's. None if there are as many scripts as there may be, and all in use.
    fn reserve_id(
        &self,
        slot: &Slot,
        window: &WriteWindow<'_>,
        ticket: &Ticket<'_>,
    ) -> Result<UnitIdentity, Uncached> {
        let _table = self.lock_table(slot, window);
        let is_new = || matches!(self.find_place(ticket.hash, &ticket.path), Place::Free(_));
        if self.is_full() && is_new() && self.evict(slot, window, 1, 0) == 0 {
            window.store_relaxed(&self.head().full, 1);
            return Err(Uncached::Full);
        }
        let id = self.free_id().or_else(|| {
            self.reclaim_ids(window);
            self.free_id()
        });
        let id = id.or_else(|| {
            self.reclaim_reserved(window);
            self.free_id()
        });
        let id = id.or_else(|| {
            self.evict(slot, window, 1, 0);
            self.reclaim_ids(window);
            self.free_id()
        });
        let Some(id) = id else {
            window.store_relaxed(&self.head().full, 1);
            return Err(Uncached::Full);
        };
        let record = self.record(id);
        window.store_relaxed(&record.owner, slot.name());
        // 0 is the generation of Units outside of the cache.
        let generation = record.generation.load(Ordering::Relaxed).wrapping_add(1).max(1);
        window.store_relaxed(&record.generation, generation);
        self.set_bit(window, self.layout.used(), id, true);
        window.store_relaxed(&self.head().cursor, id / 64);
        Ok(UnitIdentity { id, generation })
    }

    /// Under the table's lock: whether there are as many scripts as there may be.
    fn is_full(&self) -> bool {
        self.head().scripts.load(Ordering::Relaxed) >= self.layout.max_keys
    }

    fn free_id(&self) -> Option<PinId> {
        let used = self.layout.used();
        let start = self.head().cursor.load(Ordering::Relaxed);
        (0..used.words()).find_map(|step| {
            let word = (start + step) % used.words();
            let bits = used.word(self.segment(), word).load(Ordering::Relaxed);
            (bits != !0).then(|| word * 64 + bits.trailing_ones())
        })
    }

    /// Under the table's lock: takes back ids of threads that are gone and have never published them.
    fn reclaim_reserved(&self, window: &WriteWindow<'_>) {
        for id in self.layout.used().iter(self.segment()) {
            let owner = self.record(id).owner.load(Ordering::Relaxed);
            if owner != 0 && self.control().has_ended(owner) {
                self.give_id_back(window, id);
            }
        }
    }

    /// Under the table's lock: makes an id nobody's that was reserved and never published.
    fn give_id_back(&self, window: &WriteWindow<'_>, id: PinId) {
        window.store_relaxed(&self.record(id).owner, 0);
        self.set_bit(window, self.layout.used(), id, false);
    }

    /// Allocates a block, at the cost of what was not used for the longest time.
    fn make_room<'s>(&self, slot: &'s Slot, window: &WriteWindow<'_>, len: usize) -> Option<Block<'s>> {
        // Not at the cost of everything else.
        if len > self.segment().len() / 2 {
            return None;
        }
        loop {
            if let Ok(block) = self.heap.allocate(slot, window, len, 16) {
                return Some(block);
            }
            let table = self.lock_table(slot, window);
            let evicted = self.evict(slot, window, 1, len);
            drop(table);
            if evicted == 0 {
                return None;
            }
        }
    }

    /// Under the table's lock: publishes, and retires what was published under the path before. Says whether something was.
    fn put(&self, slot: &Slot, window: &WriteWindow<'_>, hash: u64, path: &[u8], id: PinId) -> bool {
        let head = self.head();
        let mut place = self.find_place(hash, path);
        if matches!(place, Place::Free(_)) && self.is_full() {
            self.evict(slot, window, 1, 0);
            // Places may be empty now where the search passed before.
            place = self.find_place(hash, path);
        }
        window.store_relaxed(&head.full, 0);
        window.store_relaxed(&self.record(id).owner, 0);
        let (Place::Taken(at) | Place::Free(at)) = place;
        let word = self.layout.place(self.segment(), at);
        let old = Publication(word.load(Ordering::Relaxed)).id();
        window.store_release(word, Publication::new(hash, id).0);
        match old {
            Some(old) => self.retire(slot, window, old),
            None => window.store_relaxed(&head.scripts, head.scripts.load(Ordering::Relaxed) + 1),
        }
        old.is_some()
    }

    /// Under the table's lock, where everything that is published may be read without a pin: where a path is, or where it is
    /// to go.
    fn find_place(&self, hash: u64, path: &[u8]) -> Place {
        let mut free = None;
        for step in 0..self.layout.places() {
            let place = (hash as usize).wrapping_add(step);
            let publication = Publication(self.layout.place(self.segment(), place).load(Ordering::Relaxed));
            if publication == Publication::EMPTY {
                return Place::Free(free.unwrap_or(place));
            }
            match publication.id() {
                None => free = free.or(Some(place)),
                Some(id) if publication.has_hash(hash) && self.path_of(id) == path => {
                    return Place::Taken(place);
                }
                Some(_) => {}
            }
        }
        Place::Free(free.expect("the table has more places than there are ids"))
    }

    /// Takes the table's lock. If its last holder died, what that one left half done is put right first.
    pub(crate) fn lock_table<'s>(&self, slot: &'s Slot, window: &WriteWindow<'_>) -> LockGuard<'s> {
        let guard = slot.lock(crate::TABLE_LOCK);
        if guard.recovered() {
            self.repair(slot, window);
        }
        guard
    }
}

/// Where a path is in the table.
enum Place {
    /// There it is.
    Taken(usize),
    /// It is not there, and this place is free.
    Free(usize),
}
