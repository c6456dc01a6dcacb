//! What lies where among the strings: the table that finds them, and the pages that they lie in.
//!
//! # Safety
//! Table, totals and list of pages are part of the index, whose atomics are there for good. A page is a block of the heap that
//! the list of pages leads to, and is there as long as it does; its words are a map, and entries where the map says so. All
//! that changes is atomics, and only the owner of the table's lock changes it or follows where it leads.
#![allow(unsafe_code, reason = "turns offsets into references to atomics")]

use std::mem::offset_of;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use phalanx_shm::{Segment, Shared};
use phalanx_value::layout::{STRING_HASH, STRING_LEN};
use phalanx_value::string::STRING_HEADER;

use super::map::{self, Map};

/// Bytes of a page.
pub(crate) const PAGE: usize = map::WORDS * 8;
/// Words of a page that strings may take; the map takes the others.
pub(crate) const PAGE_ROOM: u32 = (map::WORDS - size_of::<Map>() / 8) as u32;
/// The mark of a page's block is this and the number of the page. Those of scripts are less.
pub(crate) const PAGE_MARK: u32 = 1 << 31;
/// The words of the largest string that is shared. Larger ones are rarely equal, and would leave holes in pages.
pub(super) const LARGEST: u32 = PAGE_ROOM / 4;
/// Positions of pages are counted in this many bytes, which blocks of a heap are aligned to.
const GRANULE: usize = 32;

/// Where strings are, as offsets in the segment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StringsLayout {
    pub(crate) totals: usize,
    table: usize,
    /// Places in the table minus one; the number of places is a power of two.
    mask: usize,
    pages: usize,
    /// The most pages that there can be.
    pub(crate) max_pages: u32,
    pub(crate) end: usize,
}

/// Totals of all strings.
#[repr(C, align(64))]
pub(crate) struct Totals {
    /// How many there are.
    pub(crate) strings: AtomicU32,
    /// Pages have numbers below this.
    pub(crate) pages: AtomicU32,
    /// The number of the word behind the last string that was added.
    pub(crate) cursor: AtomicU32,
    /// Not zero since a page has lost its last string.
    pub(crate) empty: AtomicU32,
    /// Words that strings take.
    pub(crate) words: AtomicU64,
}

/// An entry of the list of pages.
#[repr(C)]
pub(crate) struct Page {
    /// Where it is; 0 for none.
    pub(crate) position: AtomicU32,
    /// No more than so many free words of it lie in a row.
    pub(crate) room: AtomicU32,
}

/// A string in its page, with what stands before it.
#[repr(C)]
pub(crate) struct Entry {
    /// Scripts that refer to it, as far as their memory is not free yet.
    pub(super) users: AtomicU32,
    /// The next one in its place of the table, or 0.
    pub(super) next: AtomicU32,
    /// The string, as in an image, begins here. It never changes.
    head: AtomicU64,
    hash: AtomicU64,
    len: AtomicU64,
}

// SAFETY: made of atomics, `repr(C)`.
unsafe impl Shared for Totals {}
// SAFETY: made of atomics, `repr(C)`.
unsafe impl Shared for Page {}
// SAFETY: made of atomics, `repr(C)`.
unsafe impl Shared for Entry {}

/// An entry, by the number of its first word, counted through all pages. Never 0: there the map of the first page is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Handle(NonZeroU32);

impl Handle {
    pub(super) fn new(page: u32, word: u32) -> Option<Self> {
        Self::of(Self::join(page, word))
    }

    /// The number of a word of a page.
    pub(super) fn join(page: u32, word: u32) -> u32 {
        page * map::WORDS as u32 + word
    }

    /// The page and the word in it that have a number.
    pub(super) fn split(number: u32) -> (u32, u32) {
        (number / map::WORDS as u32, number % map::WORDS as u32)
    }

    /// What a link or a list holds: 0 is none.
    pub(crate) fn of(number: u32) -> Option<Self> {
        NonZeroU32::new(number).map(Self)
    }

    pub(crate) fn number(self) -> u32 {
        self.0.get()
    }

    pub(super) fn page(self) -> u32 {
        Self::split(self.number()).0
    }

    pub(super) fn word(self) -> u32 {
        Self::split(self.number()).1
    }
}

/// The words that a string of so many bytes, header and padding included, takes in a page with its entry.
pub(super) fn words_of(size: usize) -> u32 {
    u32::try_from((offset_of!(Entry, head) + size) / 8).unwrap_or(u32::MAX)
}

/// The hash of a string of an image.
pub(super) fn hash_of(string: &[u8]) -> u64 {
    let bytes = string.get(STRING_HASH..).and_then(<[u8]>::first_chunk);
    bytes.map_or(0, |&bytes| u64::from_ne_bytes(bytes))
}

/// A string that is there.
#[derive(Clone, Copy)]
pub(super) struct Stored<'s> {
    pub(super) entry: &'s Entry,
    segment: &'s Segment,
    /// Where the string begins, as an offset in the segment.
    at: usize,
}

impl<'s> Stored<'s> {
    pub(super) fn hash(self) -> u64 {
        self.entry.hash.load(Ordering::Relaxed)
    }

    /// The words that it takes with its entry.
    pub(super) fn words(self) -> u32 {
        words_of(self.size())
    }

    /// Where readers find it.
    pub(super) fn address(self) -> *const u8 {
        self.segment.at(self.at)
    }

    /// It, as in an image. Nobody frees it while the slice lives: the caller has the lock, or has pinned a script that lists it.
    pub(super) fn bytes(self) -> &'s [u8] {
        // SAFETY: a string never changes while it is there.
        unsafe { self.segment.bytes(self.at, self.size()) }
    }

    fn size(self) -> usize {
        (STRING_HEADER + self.entry.len.load(Ordering::Relaxed) as usize + 1).next_multiple_of(8)
    }
}

impl StringsLayout {
    /// How many pages a buffer of so many megabytes has.
    pub(crate) fn pages_for(megabytes: u32, segment: usize) -> u32 {
        (((megabytes as usize) << 20).min(segment) / PAGE) as u32
    }

    /// The layout that begins at an offset, a multiple of 64.
    pub(crate) fn at(totals: usize, max_pages: u32) -> Self {
        // Three or four strings for each place when the buffer is full, which few ever are.
        let places = (max_pages as usize * PAGE / 256).next_power_of_two();
        let table = totals + size_of::<Totals>();
        let pages = (table + places * size_of::<AtomicU32>()).next_multiple_of(8);
        let end = pages + max_pages as usize * size_of::<Page>();
        Self { totals, table, mask: places - 1, pages, max_pages, end }
    }

    pub(crate) fn totals<'s>(&self, segment: &'s Segment) -> &'s Totals {
        // SAFETY: see the module.
        unsafe { segment.shared(self.totals) }
    }

    /// Where the strings with a hash begin.
    pub(super) fn place<'s>(&self, segment: &'s Segment, hash: u64) -> &'s AtomicU32 {
        self.place_number(segment, (hash ^ hash >> 32) as usize & self.mask)
    }

    pub(super) fn places<'s>(&self, segment: &'s Segment) -> impl Iterator<Item = &'s AtomicU32> {
        let layout = *self;
        (0..=self.mask).map(move |place| layout.place_number(segment, place))
    }

    fn place_number<'s>(&self, segment: &'s Segment, place: usize) -> &'s AtomicU32 {
        // SAFETY: see the module.
        unsafe { segment.shared(self.table + place * size_of::<AtomicU32>()) }
    }

    pub(crate) fn page<'s>(&self, segment: &'s Segment, number: u32) -> &'s Page {
        assert!(number < self.max_pages, "no page {number}");
        // SAFETY: see the module.
        unsafe { segment.shared(self.pages + number as usize * size_of::<Page>()) }
    }

    /// The map of a page that is there.
    pub(super) fn map<'s>(&self, segment: &'s Segment, number: u32) -> &'s Map {
        // SAFETY: the map is the start of the page.
        unsafe { segment.shared(self.start(segment, number)) }
    }

    /// The string of a handle.
    pub(super) fn get<'s>(&self, segment: &'s Segment, handle: Handle) -> Stored<'s> {
        let at = self.start(segment, handle.page()) + handle.word() as usize * 8;
        // SAFETY: the handle leads to an entry, since the map has words of this page for it.
        let entry: &Entry = unsafe { segment.shared(at) };
        Stored { entry, segment, at: at + offset_of!(Entry, head) }
    }

    /// Where a page begins, as an offset in the segment.
    fn start(&self, segment: &Segment, number: u32) -> usize {
        let position = self.page(segment, number).position.load(Ordering::Relaxed);
        assert!(position != 0, "page {number} is not there");
        position as usize * GRANULE
    }

    /// The position of a page whose block begins at an offset.
    pub(super) fn position(offset: usize) -> u32 {
        debug_assert!(offset.is_multiple_of(GRANULE));
        (offset / GRANULE) as u32
    }

    /// The offset of the block of a page, or none if there is no such page.
    pub(crate) fn block_of(&self, segment: &Segment, number: u32) -> Option<usize> {
        let position = self.page(segment, number).position.load(Ordering::Relaxed);
        (position != 0).then_some(position as usize * GRANULE)
    }
}

const _: () = {
    let string = offset_of!(Entry, head);
    assert!(offset_of!(Entry, hash) == string + STRING_HASH && offset_of!(Entry, len) == string + STRING_LEN);
    assert!(size_of::<Entry>() == string + STRING_HEADER);
};
