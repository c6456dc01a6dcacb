//! Storing scripts.
//!
//! # Safety
//! A [`Persist`] writes only into the block that it is given, which nobody else knows of yet.
#![allow(unsafe_code, reason = "lets a Unit write itself into its block")]

use std::sync::atomic::Ordering;

use phalanx_bytecode::unit::{Image, Placement, UnitIdentity};
use phalanx_shm::{Block, LockGuard, PinId, Slot, WriteWindow};
use phalanx_value::image::Strings;

use crate::Cache;
use crate::fetch::When;
use crate::fetch::{FileStamp, Hit, Ticket, Uncached};
use crate::layout::{Footer, Publication};
use crate::strings::{List, Share};

/// Something that can be copied to where the cache wants it: the image of a Unit.
///
/// # Safety
/// `copy_to` writes nothing outside of `size()` bytes from `to` on. The strings are as the builder of images makes them.
pub unsafe trait Persist {
    /// Bytes that are needed, at an address that is a multiple of 16, for all but the strings.
    fn size(&self) -> usize;

    /// Entries of the Unit's trace table, one pointer each.
    fn trace_sites(&self) -> usize;

    /// Strings, which the cache puts to where the placement says.
    fn strings(&self) -> Strings<'_> {
        Strings::default()
    }

    /// Writes the Unit to `to`, as it is to be read at its placement.
    ///
    /// # Safety
    /// `to` is valid for writes of `size()` bytes, aligned to 16, and read by nobody yet.
    unsafe fn copy_to(&self, to: *mut u8, placement: &Placement<'_>);
}

// SAFETY: an image writes as many bytes as its structures have, and its strings are the builder's, or the verifier has seen them.
unsafe impl Persist for Image {
    fn size(&self) -> usize {
        self.structures_size()
    }

    fn trace_sites(&self) -> usize {
        Self::trace_sites(self)
    }

    fn strings(&self) -> Strings<'_> {
        Self::strings(self)
    }

    unsafe fn copy_to(&self, to: *mut u8, placement: &Placement<'_>) {
        // SAFETY: promised by the caller.
        unsafe { Self::copy_to(self, to, placement) };
    }
}

/// Where the parts of a block are, from its start: the Unit with the strings that are its own, its trace table, the footer, the
/// path, and the list of the strings that it shares.
struct Parts {
    unit: usize,
    traces: usize,
    footer: usize,
    path: usize,
    list: List,
}

impl Parts {
    fn of(image: &impl Persist, shared: &[Option<Share>], path: &[u8]) -> Self {
        let own = image.strings().zip(shared).filter(|(_, shared)| shared.is_none());
        let unit = image.size() + own.map(|(string, _)| string.len()).sum::<usize>();
        let traces = unit.next_multiple_of(16);
        let footer = traces + image.trace_sites() * 8;
        let path_at = footer + size_of::<Footer>();
        let list = List::behind(path_at + path.len(), shared.iter().flatten().count());
        Self { unit, traces, footer, path: path_at, list }
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
        self.config.admit(stamp, when)?;
        let window = self.segment().window();
        // To the end: until the block lists what it shares, a repair would not know of it.
        let _table = self.lock_table(slot, &window);
        let identity = self.take_id(slot, &window, &ticket)?;
        let id = identity.id;
        let shared = self.intern(slot, &window, image.strings());
        let parts = Parts::of(image, &shared, &ticket.path);
        let Some(mut block) = self.make_room(slot, &window, parts.list.end()) else {
            shared.into_iter().flatten().for_each(|share| self.release_string(&window, share.handle));
            self.free_empty_pages(slot, &window);
            self.set_bit(&window, self.layout.used(), id, false);
            window.store_relaxed(&self.head().full, 1);
            return Err(Uncached::Full);
        };
        let footer = Footer {
            hash: ticket.hash,
            unit_len: parts.unit as u64,
            created: when.now,
            seconds: stamp.seconds,
            size: stamp.size,
            nanos: stamp.nanos,
            path_len: ticket.path.len() as u32,
        };
        self.fill(&window, &mut block, image, &shared, &parts, identity);
        let base = block.address();
        window.bytes_mut(&mut block)[parts.path..][..ticket.path.len()].copy_from_slice(&ticket.path);
        // SAFETY: inside of the block, aligned, and nobody has been told of it.
        unsafe { window.write(base.wrapping_add(parts.footer).cast::<Footer>(), footer) };
        let start = self.heap.commit_with_mark(&window, block, id + 1).addr() - self.segment().base().addr();
        let record = self.record(id);
        window.store_relaxed(&record.block, start as u64);
        window.store_relaxed(&record.footer, (start + parts.footer) as u64);
        window.store_relaxed(&record.code, 0);
        window.store_relaxed(&record.uses_before, self.control().uses(id).count);
        let due = when.now + u64::from(self.config.rules(when).revalidate_freq);
        self.control().note(id).store(due as u32, Ordering::Relaxed);
        // Pinned before anybody can know of it, so the caller needs no second look.
        slot.pin(id);
        if self.put(slot, &window, ticket.hash, &ticket.path, id) {
            self.reclaim_under_lock(slot, &window);
        }
        Ok(self.hit(id))
    }

    /// Writes the Unit, the strings that it keeps, an empty trace table and the list of what it shares into its block.
    fn fill(
        &self,
        window: &WriteWindow<'_>,
        block: &mut Block<'_>,
        image: &impl Persist,
        shared: &[Option<Share>],
        parts: &Parts,
        identity: UnitIdentity,
    ) {
        let base = block.address().addr();
        let bytes = window.bytes_mut(block);
        let mut end = image.size();
        let own_or_shared = image.strings().zip(shared).map(|(string, shared)| match shared {
            Some(share) => share.address,
            None => {
                let at = end;
                end += string.len();
                bytes[at..end].copy_from_slice(string);
                base + at
            }
        });
        // Whoever walks through the strings does not know beforehand how many there are.
        let mut addresses: Vec<usize> = Vec::with_capacity(shared.len());
        addresses.extend(own_or_shared);
        bytes[parts.unit..parts.footer].fill(0);
        parts.list.write(bytes, shared.iter().flatten().map(|share| share.handle));
        let traces = match image.trace_sites() {
            0 => std::ptr::null(),
            _ => std::ptr::with_exposed_provenance(base + parts.traces),
        };
        let placement = Placement { base, len: parts.unit, strings: &addresses, identity, traces };
        // SAFETY: the block has that many bytes, is aligned, and nobody has been told of it.
        unsafe { image.copy_to(bytes.as_mut_ptr(), &placement) };
    }

    /// Under the table's lock: an id that is nobody's, marked as used. None if there are as many scripts as there may be, and all in
    /// use.
    fn take_id(
        &self,
        slot: &Slot,
        window: &WriteWindow<'_>,
        ticket: &Ticket<'_>,
    ) -> Result<UnitIdentity, Uncached> {
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
            self.evict(slot, window, 1, 0);
            self.reclaim_ids(window);
            self.free_id()
        });
        let Some(id) = id else {
            window.store_relaxed(&self.head().full, 1);
            return Err(Uncached::Full);
        };
        let record = self.record(id);
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

    /// Under the table's lock: allocates a block, at the cost of what was not used for the longest time.
    pub(crate) fn make_room<'s>(
        &self,
        slot: &'s Slot,
        window: &WriteWindow<'_>,
        len: usize,
    ) -> Option<Block<'s>> {
        // Not at the cost of everything else.
        if len > self.segment().len() / 2 {
            return None;
        }
        loop {
            if let Ok(block) = self.heap.allocate(slot, window, len, 16) {
                return Some(block);
            }
            if self.reclaim_under_lock(slot, window) == 0 && self.evict(slot, window, 1, len) == 0 {
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
