//! What the root page and the block headers look like.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use super::classes::{FIRST_LEVELS, SECOND_LEVELS};
use super::{BlockInfo, BlockState};
use crate::segment::Shared;

/// The unit of sizes and positions, and the size of a header.
pub(crate) const GRANULE: usize = 32;

/// How many words of a heap are for its user.
pub const ROOTS: usize = 16;

/// The position of the first header.
pub(crate) const FIRST: u32 = size_of::<Root>().div_ceil(GRANULE) as u32;

/// The start of the segment.
#[repr(C, align(64))]
pub(crate) struct Root {
    pub(crate) magic: AtomicU64,
    /// The number that the heap's listing in the control region bears as well.
    pub(crate) identity: AtomicU64,
    /// Operations that are complete, for watchers who take no lock.
    pub(crate) changes: AtomicU64,
    /// Granules in the segment.
    pub(crate) units: AtomicU32,
    /// Not zero while an operation is under way.
    pub(crate) dirty: AtomicU32,
    /// Position of the first retired block, 0 for none.
    pub(crate) retired: AtomicU32,
    pub(crate) retired_units: AtomicU32,
    /// Granules in use, root and end included.
    pub(crate) used: AtomicU32,
    pub(crate) blocks: AtomicU32,
    /// Bit i: some list of first level i is not empty.
    pub(super) first_map: AtomicU32,
    /// Bit j of word i: list (i, j) is not empty.
    pub(super) second_maps: [AtomicU32; FIRST_LEVELS],
    /// Position of the first free block of each class, 0 for none.
    pub(super) heads: [[AtomicU32; SECOND_LEVELS]; FIRST_LEVELS],
    pub(crate) roots: [AtomicU64; ROOTS],
}

pub(crate) const MAGIC: u64 = u64::from_le_bytes(*b"phlxhep2");

/// What stands before each block.
#[repr(C, align(32))]
pub(crate) struct Header {
    /// Size in granules with the header, flags, and a mark. The one word that is the truth.
    pub(crate) word: AtomicU64,
    /// While not committed: the holder. While retired: the id.
    pub(crate) tag: AtomicU32,
    /// Size of the block before; 0 for the first one.
    pub(super) before: AtomicU32,
    /// Links of the list that the block is in: free blocks of its class, or (next only) retired ones. While committed: the
    /// link and the mark that its user has given it.
    pub(super) next: AtomicU32,
    pub(crate) previous: AtomicU32,
    /// Size in bytes as asked for.
    pub(crate) len: AtomicU64,
}

pub(super) const USED: u64 = 1 << 32;
pub(super) const COMMITTED: u64 = 1 << 33;
pub(super) const RETIRED: u64 = 1 << 34;
/// The block behind the last one, which has no payload.
pub(super) const END: u64 = 1 << 35;
pub(super) const MARK: u64 = 0x5EED << 48;
pub(super) const MARK_MASK: u64 = 0xFFFF << 48;

impl Header {
    /// Its words as they are now.
    pub(super) fn words(&self) -> HeaderWords {
        HeaderWords {
            word: self.word.load(Ordering::Acquire),
            tag: self.tag.load(Ordering::Relaxed),
            previous: self.previous.load(Ordering::Relaxed),
            len: self.len.load(Ordering::Relaxed),
        }
    }
}

/// What is copied from a header.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct HeaderWords {
    pub(crate) word: u64,
    pub(crate) tag: u32,
    pub(crate) previous: u32,
    pub(crate) len: u64,
}

impl HeaderWords {
    /// Whether these are the words of a header, be it the one behind the last block.
    pub(crate) fn is_header(&self) -> bool {
        self.word & MARK_MASK == MARK && units(self.word) > 0
    }

    /// Whether these are the words of the header behind the last block.
    pub(crate) fn is_end(&self) -> bool {
        self.word & END != 0
    }

    /// What they tell of their block.
    pub(crate) fn info(&self, position: u32) -> BlockInfo {
        let state = if self.word & USED == 0 {
            BlockState::Free
        } else if self.word & RETIRED != 0 {
            BlockState::Retired(self.tag)
        } else if self.word & COMMITTED != 0 {
            BlockState::Committed
        } else {
            BlockState::Private
        };
        let mark = match state {
            BlockState::Committed | BlockState::Retired(_) => self.previous,
            BlockState::Free | BlockState::Private => 0,
        };
        BlockInfo {
            offset: (position as usize + 1) * GRANULE,
            size: units(self.word) as usize * GRANULE,
            len: if state == BlockState::Free { 0 } else { self.len as usize },
            state,
            mark,
        }
    }
}

/// The size in a header's word.
pub(crate) fn units(word: u64) -> u32 {
    word as u32
}

// SAFETY: made of atomics only, `repr(C)`.
unsafe impl Shared for Root {}
// SAFETY: made of atomics only, `repr(C)`.
unsafe impl Shared for Header {}

const _: () = assert!(size_of::<Header>() == GRANULE && size_of::<Root>() < 4096);
