//! Strings that scripts share: equal ones lie in the segment once.
//!
//! ```text
//!   hash ──▶ table of places       page: a block of the segment's heap
//!           ┌────────────┐        ┌──────┬───────┬──────┬────────┬───────┬──────┬────────┬─────┐
//!           │ …          │        │ map  │ users │ next │ string │ users │ next │ string │ …   │
//!           │ handle ────┼───────▶│      │   2   │  ─┐  │ "name" │   1   │  0   │ "Name" │     │
//!           │ …          │        └──────┴───────┴───┼──┴────────┴───────┴──────┴────────┴─────┘
//!           └────────────┘                           └──▶ the next with this place
//! ```
//! When a script is stored, each of its strings is looked up, and added if it is new. The stored Unit points to what was found,
//! and the end of the script's block lists the handles. A string counts the blocks that list it. It goes with the last of
//! them, which is when that block's memory is given back and not when the script is taken out: whoever still executes the script
//! has it pinned. So no thread may use a string without a pin on some script that lists it.
//!
//! Pages are made as they are needed, until there are as many as `interned_strings_buffer` allows, and freed when they are empty.
//! A string that is too large, or for which there is no room, stays in its script, as all of them do if there is no buffer.
//!
//! Table, counts and maps are looked at under the table's lock only. Readers follow the pointers of Units, and write nothing.
//!
//! # Killed at any instant
//! The lists in the blocks of scripts are the truth. A list is complete when its block is committed, and emptied by one store when
//! the block is about to be freed. All else follows from them, and is made anew (`count`) when somebody has died holding the lock.
//!
//! # Safety
//! Strings are written where the map says that nothing is, and before a list names them. As a block lists what its script uses for
//! as long as anybody may read it, no string that can be reached is overwritten.
#![allow(unsafe_code, reason = "writes strings and frees pages")]

mod count;
pub(crate) mod layout;
pub(crate) mod map;

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};

use phalanx_shm::{BlockInfo, Slot, WriteWindow};

use crate::Cache;
use crate::fetch::Hit;
use crate::layout::unit_id;
use layout::{Handle, LARGEST, PAGE, PAGE_MARK, PAGE_ROOM, Stored, StringsLayout, Totals, hash_of, words_of};

/// How the end of a script's block tells which strings it uses.
///
/// ```text
///  … path │ handle, 4 bytes each │ zeros up to a multiple of 8 │ how many, 8 bytes │
/// ```
/// So the list is found from the end of a block, whatever its script is.
#[derive(Clone, Copy)]
pub(crate) struct List {
    handles: usize,
    count: usize,
}

impl List {
    /// The list of so many strings that follows the first `start` bytes of a block.
    pub(crate) fn behind(start: usize, count: usize) -> Self {
        let handles = start.next_multiple_of(8);
        Self { handles, count: (handles + count * 4).next_multiple_of(8) }
    }

    /// Bytes of a block that the list ends.
    pub(crate) fn end(self) -> usize {
        self.count + 8
    }

    /// Writes the list into its block.
    pub(crate) fn write(self, block: &mut [u8], handles: impl Iterator<Item = Handle>) {
        let mut count = 0_u64;
        block[self.handles..self.count].fill(0);
        for (place, handle) in block[self.handles..self.count].chunks_exact_mut(4).zip(handles) {
            place.copy_from_slice(&handle.number().to_ne_bytes());
            count += 1;
        }
        block[self.count..self.end()].copy_from_slice(&count.to_ne_bytes());
    }
}

/// A share in a string.
#[derive(Clone, Copy)]
pub(crate) struct Share {
    pub(crate) handle: Handle,
    /// Where readers find it.
    pub(crate) address: usize,
}

/// How full the buffer of strings is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct InternedStrings {
    /// `buffer_size`: bytes that strings may take.
    pub buffer_size: usize,
    /// `used_memory`: bytes that they do take.
    pub used_memory: usize,
    /// `free_memory`: the rest.
    pub free_memory: usize,
    /// `number_of_strings`.
    pub number_of_strings: u32,
}

impl InternedStrings {
    /// What the totals say of a buffer of so many megabytes.
    pub(crate) fn of(megabytes: u32, strings: u32, words: u64) -> Self {
        let buffer_size = (megabytes as usize) << 20;
        let used_memory = (words as usize).saturating_mul(8);
        let free_memory = buffer_size.saturating_sub(used_memory);
        Self { buffer_size, used_memory, free_memory, number_of_strings: strings }
    }
}

impl Cache {
    /// The strings that a script in the cache shares with others, in the order of its image: their addresses, and their bytes as
    /// in the image.
    ///
    /// # Panics
    /// When the caller has not pinned the script.
    pub fn strings_of(&self, slot: &Slot, hit: &Hit) -> Vec<(usize, &[u8])> {
        assert!(slot.has_pinned(hit.id), "script {} is not pinned", hit.id);
        let window = self.segment().window();
        let _table = self.lock_table(slot, &window);
        let block = self.record(hit.id).block.load(Ordering::Relaxed) as usize;
        let (_, handles) = self.list_at(block + self.heap.len_of(self.segment().at(block)));
        let strings = handles.map(|handle| self.strings().get(self.segment(), handle));
        strings.map(|string| (string.address().addr(), string.bytes())).collect()
    }

    /// How full the buffer of strings is, as of a moment ago.
    pub(crate) fn interned_strings(&self) -> InternedStrings {
        let totals = self.totals();
        let (strings, words) = (totals.strings.load(Ordering::Relaxed), totals.words.load(Ordering::Relaxed));
        InternedStrings::of(self.config.interned_strings_buffer, strings, words)
    }

    /// Under the table's lock: a share in each of these strings of an image, for a block that is going to list them. None for those
    /// that are to stay in the script.
    pub(crate) fn intern<'b>(
        &self,
        slot: &Slot,
        window: &WriteWindow<'_>,
        strings: impl Iterator<Item = &'b [u8]> + Clone,
    ) -> Vec<Option<Share>> {
        self.look_ahead(strings.clone());
        // What there was no room for, nothing larger need be tried for.
        let (mut most, mut may_grow) = (LARGEST, true);
        let share = |string: &[u8]| {
            if let Some((handle, known)) = self.find_string(string) {
                let users = &known.entry.users;
                window.store_relaxed(users, users.load(Ordering::Relaxed) + 1);
                return Some(Share { handle, address: known.address().addr() });
            }
            let words = words_of(string.len());
            if words > most {
                return None;
            }
            let mut room = self.take_words(window, words);
            if room.is_none() && may_grow {
                may_grow = self.add_page(slot, window);
                room = self.take_words(window, words);
            }
            if room.is_none() {
                most = words - 1;
            }
            let handle = room?;
            Some(Share { handle, address: self.add_string(window, handle, string) })
        };
        strings.map(share).collect()
    }

    /// Under the table's lock: brings what look-ups of these strings begin with into the processor's cache. All at once that
    /// takes less time than to wait for each.
    fn look_ahead<'b>(&self, strings: impl Iterator<Item = &'b [u8]>) {
        let first = |string| self.strings().place(self.segment(), hash_of(string)).load(Ordering::Relaxed);
        let firsts: Vec<u32> = strings.map(first).collect();
        let hash = |handle| self.strings().get(self.segment(), handle).hash();
        black_box(firsts.into_iter().filter_map(Handle::of).map(hash).fold(0, u64::wrapping_add));
    }

    /// Under the table's lock: gives one share in a string back.
    pub(crate) fn release_string(&self, window: &WriteWindow<'_>, handle: Handle) {
        let (strings, segment) = (self.strings(), self.segment());
        let string = strings.get(segment, handle);
        let users = string.entry.users.load(Ordering::Relaxed) - 1;
        window.store_relaxed(&string.entry.users, users);
        if users > 0 {
            return;
        }
        let mut link = strings.place(segment, string.hash());
        while let Some(other) = Handle::of(link.load(Ordering::Relaxed)).filter(|&other| other != handle) {
            link = &strings.get(segment, other).entry.next;
        }
        window.store_relaxed(link, string.entry.next.load(Ordering::Relaxed));
        let (map, words) = (strings.map(segment, handle.page()), string.words());
        map::set(window, map, handle.word(), words, false);
        let free = map::free(map);
        window.store_relaxed(&strings.page(segment, handle.page()).room, free);
        let totals = self.totals();
        if free == PAGE_ROOM {
            window.store_relaxed(&totals.empty, 1);
        }
        window.store_relaxed(&totals.strings, totals.strings.load(Ordering::Relaxed) - 1);
        window.store_relaxed(&totals.words, totals.words.load(Ordering::Relaxed) - u64::from(words));
    }

    /// Under the table's lock: gives back what a block lists that is about to be freed. Does not use the heap.
    pub(crate) fn release_strings(&self, window: &WriteWindow<'_>, block: &BlockInfo) {
        let Some((count, handles)) = self.list_of(block) else { return };
        // From here on nothing is listed. If this thread dies, the strings are freed by whoever repairs.
        window.store_release(count, 0);
        for handle in handles {
            self.release_string(window, handle);
        }
    }

    /// Under the table's lock: frees pages without strings.
    pub(crate) fn free_empty_pages(&self, slot: &Slot, window: &WriteWindow<'_>) {
        let (strings, segment, totals) = (self.strings(), self.segment(), self.totals());
        if totals.empty.load(Ordering::Relaxed) == 0 {
            return;
        }
        window.store_relaxed(&totals.empty, 0);
        let mut pages = 0;
        for number in 0..totals.pages.load(Ordering::Relaxed) {
            let Some(block) = strings.block_of(segment, number) else { continue };
            if map::free(strings.map(segment, number)) < PAGE_ROOM {
                pages = number + 1;
                continue;
            }
            let page = strings.page(segment, number);
            window.store_relaxed(&page.room, 0);
            window.store_relaxed(&page.position, 0);
            // SAFETY: no string is in the page, so no block lists one, and nobody reads what is in no list.
            unsafe { self.heap.free_committed(slot, window, segment.at(block)) };
        }
        window.store_relaxed(&totals.pages, pages);
    }

    /// What a block lists, and the word that says how much that is. None for a block that is no script's.
    fn list_of(&self, block: &BlockInfo) -> Option<(&AtomicU64, impl Iterator<Item = Handle>)> {
        unit_id(block.mark).map(|_| self.list_at(block.offset + block.len))
    }

    /// The list that ends at an offset, which is where the block of a script ends.
    fn list_at(&self, end: usize) -> (&AtomicU64, impl Iterator<Item = Handle>) {
        // SAFETY: the word that ends a script's block is this since the block was committed.
        let count: &AtomicU64 = unsafe { self.segment().shared(end - 8) };
        let size = count.load(Ordering::Relaxed) as usize * 4;
        // SAFETY: so many handles lie before it, and never change.
        let handles = unsafe { self.segment().bytes(end - 8 - size.next_multiple_of(8), size) };
        let handles = handles.as_chunks().0.iter();
        (count, handles.filter_map(|&handle| Handle::of(u32::from_ne_bytes(handle))))
    }

    /// Under the table's lock: the string that is the same as one of an image.
    fn find_string(&self, string: &[u8]) -> Option<(Handle, Stored<'_>)> {
        let (strings, segment, hash) = (self.strings(), self.segment(), hash_of(string));
        let mut next = strings.place(segment, hash).load(Ordering::Relaxed);
        while let Some(handle) = Handle::of(next) {
            let stored = strings.get(segment, handle);
            if stored.hash() == hash && stored.bytes() == string {
                return Some((handle, stored));
            }
            next = stored.entry.next.load(Ordering::Relaxed);
        }
        None
    }

    /// Writes a string to where it has room, with one user. Gives back where readers find it.
    fn add_string(&self, window: &WriteWindow<'_>, handle: Handle, string: &[u8]) -> usize {
        let to = self.strings().get(self.segment(), handle);
        // SAFETY: nothing is there but the words that were reserved for it.
        unsafe { window.write_bytes(to.address(), string) };
        self.link_string(window, handle, to);
        to.address().addr()
    }

    /// Makes a string that is written, and whose words are taken, known with one user.
    fn link_string(&self, window: &WriteWindow<'_>, handle: Handle, string: Stored<'_>) {
        let totals = self.totals();
        let place = self.strings().place(self.segment(), string.hash());
        window.store_relaxed(&string.entry.users, 1);
        window.store_relaxed(&string.entry.next, place.load(Ordering::Relaxed));
        window.store_relaxed(place, handle.number());
        let words = totals.words.load(Ordering::Relaxed) + u64::from(string.words());
        window.store_relaxed(&totals.words, words);
        window.store_relaxed(&totals.strings, totals.strings.load(Ordering::Relaxed) + 1);
    }

    /// Takes so many words in a row: behind what was taken last, or else in any page that has them.
    fn take_words(&self, window: &WriteWindow<'_>, words: u32) -> Option<Handle> {
        let (strings, segment, totals) = (self.strings(), self.segment(), self.totals());
        let (page, word) = Handle::split(totals.cursor.load(Ordering::Relaxed));
        let pages = totals.pages.load(Ordering::Relaxed);
        let in_page = |number: u32, start: u32| {
            let page = strings.page(segment, number);
            if page.room.load(Ordering::Relaxed) < words {
                return None;
            }
            let map = strings.map(segment, number);
            match map::find(map, start, words) {
                Ok(at) => {
                    map::set(window, map, at, words, true);
                    let handle = Handle::new(number, at)?;
                    window.store_relaxed(&totals.cursor, handle.number() + words);
                    Some(handle)
                }
                Err(longest) if start == 0 => {
                    window.store_relaxed(&page.room, longest);
                    None
                }
                Err(_) => None,
            }
        };
        let ahead = (page < pages).then(|| in_page(page, word)).flatten();
        ahead.or_else(|| (0..pages).find_map(|number| in_page(number, 0)))
    }

    /// Makes a page, at the cost of scripts that nobody uses if need be. Says whether there was room for it.
    fn add_page(&self, slot: &Slot, window: &WriteWindow<'_>) -> bool {
        let (strings, segment, totals) = (self.strings(), self.segment(), self.totals());
        let mut numbers = 0..strings.max_pages;
        let Some(number) = numbers.find(|&number| strings.block_of(segment, number).is_none()) else {
            return false;
        };
        let Some(block) = self.make_room(slot, window, PAGE) else { return false };
        let address = self.heap.commit_with_mark(window, block, PAGE_MARK | number);
        let offset = address.addr() - segment.base().addr();
        let page = strings.page(segment, number);
        window.store_relaxed(&page.position, StringsLayout::position(offset));
        window.store_relaxed(&page.room, PAGE_ROOM);
        map::clear(window, strings.map(segment, number));
        window.store_relaxed(&totals.pages, totals.pages.load(Ordering::Relaxed).max(number + 1));
        window.store_relaxed(&totals.cursor, Handle::join(number, 0));
        true
    }

    pub(crate) fn strings(&self) -> &StringsLayout {
        &self.layout.strings
    }

    fn totals(&self) -> &Totals {
        self.strings().totals(self.segment())
    }
}
