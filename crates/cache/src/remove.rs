//! Taking scripts out: invalidation, reset, eviction; and getting their memory back.
//!
//! # Safety
//! A block is retired when the table has ceased to lead to it, under the table's lock and once: the record of a published id
//! names its block, and an id is retired by whoever takes its publication away.
#![allow(unsafe_code, reason = "retires blocks")]

use std::sync::atomic::Ordering;

use phalanx_shm::{PinId, Slot, WriteWindow};
use phalanx_value::string::hash_bytes;

use crate::fetch::FileStamp;
use crate::layout::{Bits, Head, Publication};
use crate::{Cache, counter};

impl Cache {
    /// Takes a script out: `opcache_invalidate()`. Unless forced, only if the file is not as the cache has it; `stamp` asks the
    /// file system. Says whether it took something out.
    ///
    /// Threads that are executing the script go on; its memory is free when the last of them has ended its request.
    pub fn invalidate(
        &self,
        slot: &Slot,
        path: &[u8],
        force: bool,
        stamp: impl FnOnce() -> Option<FileStamp>,
    ) -> bool {
        let Some(found) = self.find(slot, hash_bytes(path), path) else { return false };
        let changed = force || stamp() != Some(self.footer(found.id).stamp());
        self.leave(slot, &found);
        changed && self.discard(slot, found.place, found.publication)
    }

    /// Keeps these scripts when everything else is taken out. Done once, before other threads and processes use the cache, by
    /// whoever has pinned them for good.
    pub fn keep(&self, mut ids: Vec<PinId>) {
        ids.sort_unstable();
        // Who comes second has no say.
        let _ = self.kept.set(ids);
    }

    /// Takes everything out but what is kept: `opcache_reset()`. Nobody is stopped, and nobody who runs a script loses it.
    pub fn reset(&self, slot: &Slot, now: u64) {
        let window = self.segment().window();
        let table = self.lock_table(slot, &window);
        let kept = self.kept.get().map_or(&[][..], |ids| ids);
        for place in 0..self.layout.places() {
            let word = self.layout.place(self.segment(), place);
            let publication = Publication(word.load(Ordering::Relaxed));
            if !kept.is_empty() {
                // What stays must still be found past the places of what goes.
                if publication.id().is_some_and(|id| kept.binary_search(&id).is_err()) {
                    self.remove(slot, &window, place);
                }
                continue;
            }
            if publication != Publication::EMPTY {
                window.store_release(word, Publication::EMPTY.0);
            }
            if let Some(id) = publication.id() {
                self.retire(slot, &window, id);
            }
        }
        let head = self.head();
        if kept.is_empty() {
            window.store_relaxed(&head.scripts, 0);
        }
        window.store_relaxed(&head.full, 0);
        window.store_relaxed(&head.resets, head.resets.load(Ordering::Relaxed) + 1);
        window.store_relaxed(&head.last_reset, now);
        drop(table);
        self.reclaim(slot);
    }

    /// Frees what is retired and not pinned: memory and ids.
    pub fn reclaim(&self, slot: &Slot) {
        let window = self.segment().window();
        let table = self.lock_table(slot, &window);
        self.reclaim_under_lock(slot, &window);
        drop(table);
    }

    /// Under the table's lock: the same. Says how many blocks that were.
    pub(crate) fn reclaim_under_lock(&self, slot: &Slot, window: &WriteWindow<'_>) -> usize {
        let freed = self.heap.reclaim_with(slot, window, |block| self.release_strings(window, block));
        self.free_empty_pages(slot, window);
        self.reclaim_code(slot);
        self.reclaim_ids(window);
        freed.blocks
    }

    /// Takes one publication out, if it is still there. Says whether it was.
    pub(crate) fn discard(&self, slot: &Slot, place: usize, publication: Publication) -> bool {
        let window = self.segment().window();
        let table = self.lock_table(slot, &window);
        let word = self.layout.place(self.segment(), place);
        let there = word.load(Ordering::Relaxed) == publication.0;
        if there {
            self.remove(slot, &window, place);
        }
        drop(table);
        if there {
            self.reclaim(slot);
        }
        there
    }

    /// Under the table's lock: empties a place and retires what was published there.
    fn remove(&self, slot: &Slot, window: &WriteWindow<'_>, place: usize) {
        let segment = self.segment();
        let word = self.layout.place(segment, place);
        let publication = Publication(word.load(Ordering::Relaxed));
        window.store_release(word, Publication::GONE.0);
        // A place before an empty one need not be passed by anybody: whoever comes by would stop at the next.
        let mut last = place;
        while self.layout.place(segment, last.wrapping_add(1)).load(Ordering::Relaxed) == Publication::EMPTY.0
            && self.layout.place(segment, last).load(Ordering::Relaxed) == Publication::GONE.0
        {
            window.store_release(self.layout.place(segment, last), Publication::EMPTY.0);
            last = last.wrapping_sub(1);
        }
        if let Some(id) = publication.id() {
            let scripts = &self.head().scripts;
            window.store_relaxed(scripts, scripts.load(Ordering::Relaxed).saturating_sub(1));
            self.retire(slot, window, id);
        }
    }

    /// Under the table's lock: notes that an id is not published any more.
    pub(crate) fn retire(&self, slot: &Slot, window: &WriteWindow<'_>, id: PinId) {
        let block = self.segment().at(self.record(id).block.load(Ordering::Relaxed) as usize);
        // The bit comes first: whoever unpins the id after the scan below must see that it is to reclaim.
        self.set_bit(window, self.layout.retired(), id, true);
        self.retire_code(slot, window, id);
        // SAFETY: the publication that led to the block is gone, and readers pin the id before they use it.
        unsafe { self.heap.retire(slot, window, block, id) };
    }

    /// Under the table's lock: makes retired ids that nobody has pinned nobody's.
    ///
    /// It does not matter whether their blocks are free yet: these wait for the pins of the same id.
    pub(crate) fn reclaim_ids(&self, window: &WriteWindow<'_>) {
        let retired = self.layout.retired();
        for id in retired.iter(self.segment()) {
            if !self.control().is_pinned(id) {
                self.set_bit(window, retired, id, false);
                self.set_bit(window, self.layout.used(), id, false);
            }
        }
    }

    /// Under the table's lock: takes the least recently used scripts out, at least `scripts` and as many as hold `bytes`, as
    /// long as nobody is using them. Says how many.
    pub(crate) fn evict(&self, slot: &Slot, window: &WriteWindow<'_>, scripts: usize, bytes: usize) -> usize {
        let mut candidates: Vec<(u64, usize, PinId)> = (0..self.layout.places())
            .filter_map(|place| {
                let word = self.layout.place(self.segment(), place).load(Ordering::Relaxed);
                let id = Publication(word).id().filter(|&id| !self.control().is_pinned(id))?;
                Some((self.last_used(id), place, id))
            })
            .collect();
        candidates.sort_unstable();
        // A share of the cache at a time, so that a full cache does not come here for each new script.
        let bytes = bytes.max(self.segment().len() / 64);
        let (mut evicted, mut freed) = (0, 0);
        for (_, place, id) in candidates {
            if evicted >= scripts && freed >= bytes {
                break;
            }
            freed += self.memory_of(id);
            self.remove(slot, window, place);
            evicted += 1;
        }
        slot.count(counter::EVICTIONS, evicted as u64);
        if evicted > 0 {
            self.reclaim_under_lock(slot, window);
        }
        evicted
    }

    /// When a script was used last, or stored.
    pub(crate) fn last_used(&self, id: PinId) -> u64 {
        self.footer(id).created.max(u64::from(self.control().uses(id).stamp))
    }

    /// Bytes that a published script takes.
    pub(crate) fn memory_of(&self, id: PinId) -> usize {
        let block = self.record(id).block.load(Ordering::Relaxed) as usize;
        self.heap.len_of(self.segment().at(block))
    }

    pub(crate) fn set_bit(&self, window: &WriteWindow<'_>, bits: Bits, id: PinId, on: bool) {
        let word = bits.word(self.segment(), id / 64);
        let (old, mask) = (word.load(Ordering::Relaxed), 1 << (id % 64));
        window.store_release(word, if on { old | mask } else { old & !mask });
    }

    pub(crate) fn head(&self) -> &Head {
        self.layout.head(self.segment())
    }
}
