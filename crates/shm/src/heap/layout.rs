//! What the root page and the block headers look like.

use std::sync::atomic::{AtomicU32, AtomicU64};

use super::classes::{FIRST_LEVELS, SECOND_LEVELS};
use crate::segment::Shared;

/// The unit of sizes and positions, and the size of a header.
pub(super) const GRANULE: usize = 32;

/// How many words of a heap are for its user.
pub const ROOTS: usize = 16;

/// The position of the first header.
pub(super) const FIRST: u32 = size_of::<Root>().div_ceil(GRANULE) as u32;

/// The start of the segment.
#[repr(C, align(64))]
pub(super) struct Root {
    pub(super) magic: AtomicU64,
    /// Granules in the segment.
    pub(super) units: AtomicU32,
    /// Not zero while an operation is under way.
    pub(super) dirty: AtomicU32,
    /// Position of the first retired block, 0 for none.
    pub(super) retired: AtomicU32,
    pub(super) retired_units: AtomicU32,
    /// Granules in use, root and end included.
    pub(super) used: AtomicU32,
    pub(super) blocks: AtomicU32,
    /// Bit i: some list of first level i is not empty.
    pub(super) first_map: AtomicU32,
    /// Bit j of word i: list (i, j) is not empty.
    pub(super) second_maps: [AtomicU32; FIRST_LEVELS],
    /// Position of the first free block of each class, 0 for none.
    pub(super) heads: [[AtomicU32; SECOND_LEVELS]; FIRST_LEVELS],
    pub(super) roots: [AtomicU64; ROOTS],
}

pub(super) const MAGIC: u64 = u64::from_le_bytes(*b"phlxhep1");

/// What stands before each block.
#[repr(C, align(32))]
pub(super) struct Header {
    /// Size in granules with the header, flags, and a mark. The one word that is the truth.
    pub(super) word: AtomicU64,
    /// While not committed: the holder. While retired: the id.
    pub(super) tag: AtomicU32,
    /// Size of the block before; 0 for the first one.
    pub(super) before: AtomicU32,
    /// Links of the list that the block is in: free blocks of its class, or (next only) retired ones. While committed: the
    /// link and the mark that its user has given it.
    pub(super) next: AtomicU32,
    pub(super) previous: AtomicU32,
    /// Size in bytes as asked for.
    pub(super) len: AtomicU64,
}

pub(super) const USED: u64 = 1 << 32;
pub(super) const COMMITTED: u64 = 1 << 33;
pub(super) const RETIRED: u64 = 1 << 34;
/// The block behind the last one, which has no payload.
pub(super) const END: u64 = 1 << 35;
pub(super) const MARK: u64 = 0x5EED << 48;
pub(super) const MARK_MASK: u64 = 0xFFFF << 48;

/// The size in a header's word.
pub(super) fn units(word: u64) -> u32 {
    word as u32
}

// SAFETY: made of atomics only, `repr(C)`.
unsafe impl Shared for Root {}
// SAFETY: made of atomics only, `repr(C)`.
unsafe impl Shared for Header {}

const _: () = assert!(size_of::<Header>() == GRANULE && size_of::<Root>() < 4096);
