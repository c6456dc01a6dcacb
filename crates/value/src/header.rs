//! The header that every counted block begins with.
//!
//! `VmCounted` is 8 bytes: a count that is not atomic and an info word. The info word tells the type of the block
//! (the same number as the tag of a [`Value`](crate::Value) that points to it), whether the block is immutable, what
//! the cycle collector knows about it, and the size class it was taken from, so that freeing needs no look-up.
//!
//! ```text
//!  bit 31      24 23        16 15          8 7         0
//!     +----------+------------+-------------+-----------+
//!     | reserved | size class | flags+color | type tag  |
//!     +----------+------------+-------------+-----------+
//! ```
//!
//! Invariant: a block with `IMMUTABLE` lives in memory that may be read-only and shared by threads. Nothing ever
//! writes to it, its count included; a `Value` that points to it has the `COUNTED` flag clear.

use std::cell::Cell;

/// First 8 bytes of strings, arrays, objects, references and resources.
#[repr(C)]
pub struct VmCounted {
    /// How many owners the block has. Meaningless when the block is immutable.
    pub refcount: Cell<u32>,
    /// Type, flags, color and size class; see the module's drawing.
    pub info: Cell<u32>,
}

/// Mask of the type tag in the info word.
pub const INFO_TYPE_MASK: u32 = 0xff;
/// The block is never written and never freed.
pub const INFO_IMMUTABLE: u32 = 1 << 8;
/// The block is the only string with its bytes in its table, so that equal interned strings are usually one pointer.
pub const INFO_INTERNED: u32 = 1 << 9;
/// The block cannot be part of a cycle (strings, resources, references by themselves).
pub const INFO_NOT_COLLECTABLE: u32 = 1 << 10;
/// The block stands in the root buffer of the cycle collector at the index in its `gc_root` field.
pub const INFO_BUFFERED: u32 = 1 << 11;
/// The two color bits of the cycle collector.
pub const INFO_COLOR_MASK: u32 = 3 << 12;
/// A walk (printing, comparing, counting) is inside of this array.
pub const INFO_PROTECTED: u32 = 1 << 14;
/// The cycle collector has decided that the block is garbage.
pub const INFO_GARBAGE: u32 = 1 << 15;
/// Shift of the size class in the info word.
pub const INFO_CLASS_SHIFT: u32 = 16;
/// A decrement that leaves owners behind makes a block a possible root when none of these bits is set.
pub const INFO_ROOT_MASK: u32 = INFO_NOT_COLLECTABLE | INFO_BUFFERED;

/// Size class of a block that is a run of pages.
pub const CLASS_PAGES: u8 = 0xfe;
/// Size class of a block that is a mapping of its own.
pub const CLASS_HUGE: u8 = 0xfd;
/// Size class of a block that does not belong to any heap (images, statics).
pub const CLASS_NONE: u8 = 0xff;

impl VmCounted {
    /// A header with one owner.
    #[inline(always)]
    pub(crate) const fn new(info: u32, class: u8) -> VmCounted {
        VmCounted { refcount: Cell::new(1), info: Cell::new(info | (class as u32) << INFO_CLASS_SHIFT) }
    }

    /// The header of a block that is never counted.
    pub(crate) const fn immutable(info: u32) -> VmCounted {
        VmCounted {
            refcount: Cell::new(2),
            info: Cell::new(info | INFO_IMMUTABLE | (CLASS_NONE as u32) << INFO_CLASS_SHIFT),
        }
    }

    /// The type tag of the block as a number.
    #[inline(always)]
    pub fn type_byte(&self) -> u8 {
        self.info.get() as u8
    }

    /// The size class the block was taken from.
    #[inline(always)]
    pub fn class(&self) -> u8 {
        (self.info.get() >> INFO_CLASS_SHIFT) as u8
    }

    /// Whether the block is never written and never freed.
    #[inline(always)]
    pub fn is_immutable(&self) -> bool {
        self.info.get() & INFO_IMMUTABLE != 0
    }

    /// Whether all bits of `mask` that are asked for have at least one set.
    #[inline(always)]
    pub(crate) fn has(&self, mask: u32) -> bool {
        self.info.get() & mask != 0
    }

    #[inline(always)]
    pub(crate) fn set_bits(&self, mask: u32) {
        self.info.set(self.info.get() | mask);
    }

    #[inline(always)]
    pub(crate) fn clear_bits(&self, mask: u32) {
        self.info.set(self.info.get() & !mask);
    }

    /// The count; for immutable blocks always 2, so that "unique" is never concluded from it.
    #[inline(always)]
    pub fn count(&self) -> u32 {
        self.refcount.get()
    }

    #[inline(always)]
    pub(crate) fn increment(&self) {
        self.refcount.set(self.refcount.get().wrapping_add(1));
    }
}
