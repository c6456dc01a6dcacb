//! Changing the heap: everything here runs under the heap's lock and inside a window.
//!
//! Reads go through the write view too, so that the compiler sees one address for what is written and read.

use std::io;
use std::sync::atomic::Ordering::{Relaxed, Release};
use std::sync::atomic::{AtomicU32, AtomicU64, fence};

use super::Heap;
use super::classes::{class_for, class_of};
use super::layout::{COMMITTED, END, FIRST, GRANULE, Header, MAGIC, MARK, MARK_MASK, Root, USED, units};
use crate::control::{LockGuard, Slot};
use crate::protocol::word_lock::Holder;
use crate::window::WriteWindow;

pub(super) struct Edit<'e> {
    pub(super) heap: &'e Heap,
    window: &'e WriteWindow<'e>,
    pub(super) root: &'e Root,
}

impl<'e> Edit<'e> {
    pub(super) fn new(heap: &'e Heap, window: &'e WriteWindow<'_>) -> Self {
        Self { heap, window, root: window.alias(heap.root_page()) }
    }

    /// Takes the lock, and repairs what a dead holder has left half done.
    pub(super) fn begin<'s>(&self, slot: &'s Slot) -> LockGuard<'s> {
        let guard = slot.lock(self.heap.lock);
        if self.root.dirty.load(Relaxed) != 0 {
            self.rebuild();
        }
        self.root.dirty.store(1, Release);
        // Watchers who see what follows see the flag as well.
        fence(Release);
        guard
    }

    /// Gives the lock back.
    pub(super) fn finish(&self, guard: LockGuard<'_>) {
        let changes = &self.root.changes;
        changes.store(changes.load(Relaxed).wrapping_add(1), Relaxed);
        self.root.dirty.store(0, Release);
        drop(guard);
    }

    /// Makes the heap, which bears a number of its own from now on.
    pub(super) fn initialize(&self, identity: u64) -> io::Result<()> {
        let total =
            u32::try_from(self.heap.segment().len() / GRANULE).map_err(|_| io::ErrorKind::InvalidInput)?;
        if total < FIRST + 3 {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        assert!(self.root.magic.load(Relaxed) == 0, "the segment is in use");
        self.root.units.store(total, Relaxed);
        self.root.identity.store(identity, Relaxed);
        let end = self.header(total - 1);
        end.word.store(MARK | USED | COMMITTED | END | 1, Relaxed);
        let first = self.header(FIRST);
        first.word.store(MARK | u64::from(total - 1 - FIRST), Relaxed);
        self.rebuild();
        self.root.magic.store(MAGIC, Release);
        Ok(())
    }

    pub(super) fn header(&self, position: u32) -> &'e Header {
        self.window.alias(self.heap.header(position))
    }

    /// Finds and marks a block. Gives its position.
    pub(super) fn allocate(&self, len: usize, align: usize, holder: Holder) -> Option<u32> {
        let units_wanted = u32::try_from(len.div_ceil(GRANULE).checked_add(1)?).ok()?;
        let slack = (align / GRANULE).saturating_sub(1) as u32;
        let mut position = self.find(units_wanted.checked_add(slack)?)?;
        self.unlink_free(position);
        let payload = (position + 1) as usize * GRANULE;
        let gap = ((payload.next_multiple_of(align) - payload) / GRANULE) as u32;
        if gap > 0 {
            let rest = self.split(position, gap);
            self.link_free(position);
            position = rest;
        }
        let header = self.header(position);
        if units(header.word.load(Relaxed)) > units_wanted {
            let rest = self.split(position, units_wanted);
            self.link_free(rest);
        }
        let size = header.word.load(Relaxed);
        header.len.store(len as u64, Relaxed);
        header.tag.store(holder.0, Relaxed);
        header.word.store(size | USED, Release);
        add(&self.root.used, units(size));
        add(&self.root.blocks, 1);
        Some(position)
    }

    /// Frees a block and merges it with its free neighbors.
    pub(super) fn free(&self, mut position: u32) {
        let header = self.header(position);
        let mut size = units(header.word.load(Relaxed));
        subtract(&self.root.used, size);
        subtract(&self.root.blocks, 1);
        header.word.store(MARK | u64::from(size), Release);
        let after = position + size;
        if self.is_free(after) {
            self.unlink_free(after);
            size += units(self.header(after).word.load(Relaxed));
            header.word.store(MARK | u64::from(size), Release);
        }
        let before = header.before.load(Relaxed);
        if before != 0 && self.is_free(position - before) {
            position -= before;
            self.unlink_free(position);
            size += before;
            self.header(position).word.store(MARK | u64::from(size), Release);
        }
        self.header(position + size).before.store(size, Relaxed);
        self.link_free(position);
    }

    /// A list whose blocks all fit, and its first block.
    fn find(&self, wanted: u32) -> Option<u32> {
        let (mut first, second) = class_for(wanted)?;
        let mut map = self.root.second_maps.get(first)?.load(Relaxed) & (!0 << second);
        if map == 0 {
            let larger = self.root.first_map.load(Relaxed) & (!0u32).checked_shl(first as u32 + 1)?;
            if larger == 0 {
                return None;
            }
            first = larger.trailing_zeros() as usize;
            map = self.root.second_maps[first].load(Relaxed);
        }
        Some(self.root.heads[first][map.trailing_zeros() as usize].load(Relaxed))
    }

    /// Cuts a free block that is in no list in two free ones. Gives the position of the second.
    fn split(&self, position: u32, first_units: u32) -> u32 {
        let header = self.header(position);
        let rest_units = units(header.word.load(Relaxed)) - first_units;
        let rest = position + first_units;
        self.header(rest).before.store(first_units, Relaxed);
        self.header(rest).word.store(MARK | u64::from(rest_units), Relaxed);
        // Until this store the new header is payload of the old block.
        header.word.store(MARK | u64::from(first_units), Release);
        self.header(rest + rest_units).before.store(rest_units, Relaxed);
        rest
    }

    fn is_free(&self, position: u32) -> bool {
        let word = self.header(position).word.load(Relaxed);
        debug_assert!(word & MARK_MASK == MARK, "no header at {position}");
        word & USED == 0
    }

    pub(super) fn link_free(&self, position: u32) {
        let header = self.header(position);
        let (first, second) = class_of(units(header.word.load(Relaxed)));
        let head = &self.root.heads[first][second];
        let next = head.load(Relaxed);
        header.next.store(next, Relaxed);
        header.previous.store(0, Relaxed);
        if next != 0 {
            self.header(next).previous.store(position, Relaxed);
        }
        head.store(position, Relaxed);
        let map = &self.root.second_maps[first];
        map.store(map.load(Relaxed) | 1 << second, Relaxed);
        self.root.first_map.store(self.root.first_map.load(Relaxed) | 1 << first, Relaxed);
    }

    fn unlink_free(&self, position: u32) {
        let header = self.header(position);
        let (next, previous) = (header.next.load(Relaxed), header.previous.load(Relaxed));
        if next != 0 {
            self.header(next).previous.store(previous, Relaxed);
        }
        if previous != 0 {
            self.header(previous).next.store(next, Relaxed);
            return;
        }
        let (first, second) = class_of(units(header.word.load(Relaxed)));
        self.root.heads[first][second].store(next, Relaxed);
        if next == 0 {
            let map = &self.root.second_maps[first];
            map.store(map.load(Relaxed) & !(1 << second), Relaxed);
            if map.load(Relaxed) == 0 {
                self.root.first_map.store(self.root.first_map.load(Relaxed) & !(1 << first), Relaxed);
            }
        }
    }
}

pub(super) fn add(total: &AtomicU32, by: u32) {
    total.store(total.load(Relaxed).wrapping_add(by), Relaxed);
}

pub(super) fn subtract(total: &AtomicU32, by: u32) {
    total.store(total.load(Relaxed).wrapping_sub(by), Relaxed);
}

/// Sets flags in a header's word by one store.
pub(super) fn set_flags(word: &AtomicU64, flags: u64) {
    word.store(word.load(Relaxed) | flags, Release);
}
