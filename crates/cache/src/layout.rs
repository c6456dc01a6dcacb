//! What lies where in the segment: the cache's head, its table, its records.
//!
//! # Safety
//! Head, table and records are atomics in one committed block that is never retired, so shared references into it are sound
//! for as long as the segment lives, and any thread may read at any time. Changes go through windows, under the table's
//! lock. Footers and paths lie in the scripts' own blocks.
#![allow(unsafe_code, reason = "turns offsets into references to atomics")]

use std::io;
use std::mem::offset_of;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use crate::strings::layout::{PAGE, PAGE_MARK, StringsLayout, Totals};
use phalanx_shm::peek::fingerprint;
use phalanx_shm::{Heap, PinId, Segment, Shared, Slot};

/// Where the parts of the index are, as offsets in the segment. Computed once, never read from memory, except by watchers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    pub(crate) head: usize,
    pub(crate) table: usize,
    /// Places in the table minus one; the number of places is a power of two.
    mask: usize,
    pub(crate) records: usize,
    used: usize,
    retired: usize,
    pub(crate) strings: StringsLayout,
    /// The size of the index in bytes.
    pub(crate) len: usize,
    pub(crate) ids: u32,
    pub(crate) max_keys: u32,
}

/// Words at the start of the segment that are for watchers in other processes: where the index begins, [`FINGERPRINT`], the
/// number of keys, and the megabytes for strings.
pub(crate) mod root {
    pub(crate) const HEAD: usize = 0;
    pub(crate) const LAYOUT: usize = 1;
    pub(crate) const MAX_KEYS: usize = 2;
    pub(crate) const STRINGS: usize = 3;
}

/// Another number for another layout of what watchers read.
pub(crate) const FINGERPRINT: u64 = fingerprint(&[
    size_of::<Head>(),
    offset_of!(Head, start_time),
    offset_of!(Head, last_reset),
    offset_of!(Head, resets),
    offset_of!(Head, scripts),
    offset_of!(Head, full),
    size_of::<Record>(),
    offset_of!(Record, block),
    offset_of!(Record, footer),
    offset_of!(Record, uses_before),
    offset_of!(Record, generation),
    size_of::<Footer>(),
    offset_of!(Footer, unit_len),
    offset_of!(Footer, created),
    offset_of!(Footer, seconds),
    offset_of!(Footer, path_len),
    size_of::<Totals>(),
    offset_of!(Totals, strings),
    offset_of!(Totals, words),
    PAGE,
    phalanx_bytecode::unit::VERSION as usize,
]);

/// Totals.
#[repr(C, align(64))]
pub(crate) struct Head {
    pub(crate) start_time: AtomicU64,
    pub(crate) last_reset: AtomicU64,
    pub(crate) resets: AtomicU32,
    /// Scripts in the table.
    pub(crate) scripts: AtomicU32,
    /// Where to look next for a free id.
    pub(crate) cursor: AtomicU32,
    /// Not zero since a script had to stay out because nothing could make room.
    pub(crate) full: AtomicU32,
}

/// What there is for each id.
#[repr(C)]
pub(crate) struct Record {
    /// Offset of the block in the segment.
    pub(crate) block: AtomicU64,
    /// Offset of the [`Footer`] in the segment; it lies in the block.
    pub(crate) footer: AtomicU64,
    /// Uses that the id had before it was given to this script.
    pub(crate) uses_before: AtomicU64,
    /// Offset in the code segment of the first block of code that was made for the script, or 0.
    pub(crate) code: AtomicU64,
    /// Rises each time the id is given to another script.
    pub(crate) generation: AtomicU32,
    pub(crate) reserved: AtomicU32,
}

/// The id of the script whose block bears a mark.
pub(crate) fn unit_id(mark: u32) -> Option<PinId> {
    if mark & PAGE_MARK == 0 { mark.checked_sub(1) } else { None }
}

/// What the block of a script tells of it. It never changes; the path follows.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Footer {
    pub(crate) hash: u64,
    pub(crate) unit_len: u64,
    /// When it was published, in seconds since 1970.
    pub(crate) created: u64,
    /// The file's stamp.
    pub(crate) seconds: i64,
    pub(crate) size: u64,
    pub(crate) nanos: u32,
    pub(crate) path_len: u32,
}

// SAFETY: made of atomics, `repr(C)`.
unsafe impl Shared for Head {}
// SAFETY: made of atomics, `repr(C)`.
unsafe impl Shared for Record {}

/// A word of the table: a part of the hash, and the id plus one. Zero is a place that was never used since the last
/// clearing-up; probing ends there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Publication(pub(crate) u64);

impl Publication {
    pub(crate) const EMPTY: Self = Self(0);
    /// Something was here: probing goes on.
    pub(crate) const GONE: Self = Self(u32::MAX as u64);

    pub(crate) fn new(hash: u64, id: PinId) -> Self {
        Self(hash & !0xFFFF_FFFF | u64::from(id + 1))
    }

    pub(crate) fn id(self) -> Option<PinId> {
        match self.0 as u32 {
            0 | u32::MAX => None,
            id => Some(id - 1),
        }
    }

    pub(crate) fn has_hash(self, hash: u64) -> bool {
        self.0 >> 32 == hash >> 32
    }
}

impl Layout {
    /// How many ids a cache of so many scripts has: replaced scripts keep theirs until their last reader is gone.
    pub(crate) fn ids_for(max_keys: u32) -> u32 {
        (max_keys + max_keys / 2 + 64).next_multiple_of(64)
    }

    /// Makes an empty index of so many files and ids, for so many megabytes of strings.
    pub(crate) fn create(
        heap: &Heap,
        slot: &Slot,
        max_keys: u32,
        ids: u32,
        strings: u32,
        now: u64,
    ) -> io::Result<Self> {
        let pages = StringsLayout::pages_for(strings, heap.segment().len());
        let len = Self::at(0, max_keys, ids, pages).len;
        let window = heap.segment().window();
        let mut block = heap.allocate(slot, &window, len, 64).map_err(|_| {
            let text = format!("the index of {max_keys} files takes {} MB", len.div_ceil(1 << 20));
            io::Error::new(io::ErrorKind::InvalidInput, text)
        })?;
        // Zero is the empty table. The segment is new, so this holds already; to write it would touch each page.
        debug_assert!(window.bytes_mut(&mut block).iter().all(|&byte| byte == 0));
        let address = heap.commit(&window, block);
        let head = heap.segment().offset_of(address).ok_or(io::ErrorKind::InvalidInput)?;
        let layout = Self::at(head, max_keys, ids, pages);
        window.store_release(&layout.head(heap.segment()).start_time, now);
        window.store_release(heap.root(root::MAX_KEYS), max_keys.into());
        window.store_release(heap.root(root::STRINGS), strings.into());
        window.store_release(heap.root(root::LAYOUT), FINGERPRINT);
        window.store_release(heap.root(root::HEAD), head as u64);
        Ok(layout)
    }

    /// The layout of an index that begins at offset `head`.
    pub(crate) fn at(head: usize, max_keys: u32, ids: u32, pages: u32) -> Self {
        // More than there can ever be publications, so that a search always ends at an empty place soon.
        let places = (ids as usize * 2).next_power_of_two();
        let records = head + size_of::<Head>();
        let table = records + ids as usize * size_of::<Record>();
        let used = table + places * 8;
        let retired = used + ids as usize / 8;
        let strings = StringsLayout::at((retired + ids as usize / 8).next_multiple_of(64), pages);
        let len = strings.end - head;
        Self { head, table, mask: places - 1, records, used, retired, strings, len, ids, max_keys }
    }

    pub(crate) fn head<'s>(&self, segment: &'s Segment) -> &'s Head {
        // SAFETY: see the module: the block is there for good and is made of atomics.
        unsafe { segment.shared(self.head) }
    }

    #[inline]
    pub(crate) fn record<'s>(&self, segment: &'s Segment, id: PinId) -> &'s Record {
        assert!(id < self.ids, "no id {id}");
        // SAFETY: see the module.
        unsafe { segment.shared(self.records + id as usize * size_of::<Record>()) }
    }

    /// The place of the table with this number, counted round and round.
    #[inline]
    pub(crate) fn place<'s>(&self, segment: &'s Segment, place: usize) -> &'s AtomicU64 {
        // SAFETY: see the module.
        unsafe { segment.shared(self.table + (place & self.mask) * 8) }
    }

    pub(crate) fn places(&self) -> usize {
        self.mask + 1
    }

    pub(crate) fn used(&self) -> Bits {
        Bits { start: self.used, ids: self.ids }
    }

    pub(crate) fn retired(&self) -> Bits {
        Bits { start: self.retired, ids: self.ids }
    }
}

/// A set of ids in the segment.
#[derive(Clone, Copy)]
pub(crate) struct Bits {
    start: usize,
    ids: u32,
}

impl Bits {
    pub(crate) fn word<'s>(&self, segment: &'s Segment, word: u32) -> &'s AtomicU64 {
        assert!(word < self.words());
        // SAFETY: see the module.
        unsafe { segment.shared(self.start + word as usize * 8) }
    }

    pub(crate) fn words(&self) -> u32 {
        self.ids / 64
    }

    pub(crate) fn has(&self, segment: &Segment, id: PinId) -> bool {
        self.word(segment, id / 64).load(Ordering::Acquire) >> (id % 64) & 1 != 0
    }

    pub(crate) fn iter(self, segment: &Segment) -> impl Iterator<Item = PinId> {
        (0..self.words()).flat_map(move |word| {
            let mut bits = self.word(segment, word).load(Ordering::Acquire);
            std::iter::from_fn(move || {
                let bit = (bits != 0).then(|| bits.trailing_zeros())?;
                bits &= bits - 1;
                Some(word * 64 + bit)
            })
        })
    }
}
