//! The allocator inside a segment.
//!
//! It is a two-level segregated fit: free blocks are kept in lists by size class, a bitmap finds the first list that
//! fits, and neighbors that are free are merged at once. Allocating and freeing take constant time, under one lock of
//! the control region and inside a window.
//!
//! ```text
//!  0        root            first block
//! ┌────────────────────────┬────────┬─────────────┬────────┬─────┬────────┬───────────────┬─────┐
//! │ lists, totals, roots   │ header │ payload …   │ header │ …   │ header │ payload …     │ end │
//! └────────────────────────┴────────┴─────────────┴────────┴─────┴────────┴───────────────┴─────┘
//!                           32 bytes; sizes in granules of 32 bytes, positions too: no pointers
//! ```
//!
//! # Killed at any instant
//! The chain of headers is the truth, and each step that changes it is one store of one 8-byte word: splitting writes
//! the new header first and shortens the old one then; merging lengthens the first block and leaves the second header
//! behind as garbage. Lists, bitmaps, back links and totals are only an index of the chain. A flag says that an operation
//! is under way; who finds it set on taking the lock rebuilds the index from the chain ([`repair`](self)).
//!
//! A block that has been allocated and not yet published carries its owner's name, and its owner alone knows it. If
//! the owner dies, the next rebuilding frees it. So not even unpublished bytes leak for long.
//!
//! # Blocks that readers may still see
//! [`Heap::retire`] says that a block is no longer reachable, and under which id readers may have pinned it.
//! [`Heap::reclaim`] frees the retired blocks whose ids nobody has pinned. Nothing is written to a retired block, not
//! even its list links: these are in the header.
//!
//! # Safety
//! Headers and root are only changed under the heap's lock (an owner's [`Heap::commit`] of its own block is the
//! exception, one store that nobody else makes), through atomics in the write view. Nobody else can change them: the
//! segment is write-protected, and only unsafe methods of a window write where they like.
#![allow(unsafe_code, reason = "turns positions into references to atomics")]

mod classes;
mod edit;
pub(crate) mod layout;
mod repair;
mod retire;

use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub use layout::ROOTS;
pub use repair::{BlockInfo, BlockState};
pub use retire::Reclaimed;

use crate::control::{Control, PinId, Slot};
use crate::segment::Segment;
use crate::window::WriteWindow;
use edit::Edit;
use layout::{COMMITTED, GRANULE, Header, RETIRED, Root, USED};

/// A segment with an allocator in it.
///
/// ```
/// use std::sync::Arc;
/// use phalanx_shm::{Control, Heap, SegmentOptions};
///
/// let segment = Arc::new(SegmentOptions::new(1 << 20).create()?);
/// let control = Control::create(Default::default())?;
/// let heap = Heap::create(segment, control.clone(), 0)?;
/// let slot = control.register()?;
///
/// let window = heap.segment().window();
/// let mut block = heap.allocate(&slot, &window, 5, 1)?;
/// window.bytes_mut(&mut block).copy_from_slice(b"hello");
/// let address = heap.commit(&window, block); // From here on readers may be told of it.
/// drop(window);
///
/// let offset = heap.segment().offset_of(address).unwrap();
/// // SAFETY: nobody writes to a committed block, and nobody has retired this one.
/// assert_eq!(unsafe { heap.segment().bytes(offset, 5) }, b"hello");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Heap {
    segment: Arc<Segment>,
    control: Control,
    lock: u32,
    /// Whether retired blocks are left to [`Heap::reclaim_with`].
    by_hand: bool,
}

/// Memory that has been allocated and that nobody but its owner knows of.
///
/// [`Heap::commit`] ends this state before the address is given to anybody. A block that is simply dropped stays
/// allocated until its slot is gone and the heap is short of memory.
#[derive(Debug)]
#[must_use = "a block that is dropped stays allocated until its thread ends"]
pub struct Block<'s> {
    address: *const u8,
    len: usize,
    position: u32,
    /// The owner's slot, under whose name the block is noted.
    owner: PhantomData<&'s Slot>,
}

impl Block<'_> {
    /// Where readers will find it.
    #[inline]
    pub fn address(&self) -> *const u8 {
        self.address
    }

    /// The size in bytes, as asked for.
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether the size is zero.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

/// There is no free block of that size.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OutOfMemory {
    /// The size in bytes that was asked for.
    pub len: usize,
}

impl fmt::Display for OutOfMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no room for {} bytes in the shared segment", self.len)
    }
}

impl std::error::Error for OutOfMemory {}

/// How full a heap is, in bytes with headers. The parts add up to the total.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct HeapStats {
    /// The whole segment.
    pub total: usize,
    /// Allocated, including what is retired.
    pub used: usize,
    /// Retired and waiting for its last reader; part of `used`.
    pub retired: usize,
    /// Free.
    pub free: usize,
    /// Allocated blocks.
    pub blocks: usize,
}

impl Heap {
    /// Makes an allocator of a whole segment that nobody uses yet. It is guarded by lock `lock` of the control region.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidInput`] when the segment is too small, or too large (128 GiB).
    ///
    /// # Panics
    /// When the segment has been used already.
    pub fn create(segment: Arc<Segment>, control: Control, lock: u32) -> io::Result<Self> {
        let heap = Self { segment, control, lock, by_hand: false };
        let window = heap.segment.window();
        Edit::new(&heap, &window).initialize(heap.control.list(lock, &heap.segment))?;
        drop(window);
        Ok(heap)
    }

    /// Leaves retired blocks to [`Self::reclaim_with`]: allocating does not free them. For users who have something to do before a
    /// block is free.
    #[must_use]
    pub fn reclaimed_by_hand(self) -> Self {
        Self { by_hand: true, ..self }
    }

    /// The segment that the heap is in.
    pub fn segment(&self) -> &Segment {
        &self.segment
    }

    /// The control region that knows who has pinned what.
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// Allocates `len` bytes, aligned to `align` (a power of two, at most 4096). Their contents are arbitrary.
    ///
    /// When there is no room, retired blocks that are no longer pinned are freed (unless that is done by hand), then what dead
    /// threads have left behind (looked for ten times a second at most); only then it fails.
    ///
    /// # Errors
    /// [`OutOfMemory`].
    ///
    /// # Panics
    /// When window or slot belong to something else than this heap, or the alignment is not supported.
    pub fn allocate<'s>(
        &self,
        slot: &'s Slot,
        window: &WriteWindow<'_>,
        len: usize,
        align: usize,
    ) -> Result<Block<'s>, OutOfMemory> {
        assert!(align.is_power_of_two() && align <= 4096, "alignment {align}");
        let edit = self.edit(slot, window);
        let guard = edit.begin(slot);
        let mut found = edit.allocate(len, align, slot.holder());
        let reclaim = || if self.by_hand { Reclaimed::default() } else { edit.reclaim(|_| ()) };
        if found.is_none() && reclaim().blocks > 0 {
            found = edit.allocate(len, align, slot.holder());
        }
        if found.is_none() && self.control.may_search_for_dead() && self.control.reap() + edit.rebuild() > 0 {
            reclaim();
            found = edit.allocate(len, align, slot.holder());
        }
        edit.finish(guard);
        let position = found.ok_or(OutOfMemory { len })?;
        let address = self.segment.at((position as usize + 1) * GRANULE);
        Ok(Block { address, len, position, owner: PhantomData })
    }

    /// Gives back a block that nobody has been told of.
    ///
    /// # Panics
    /// When window or slot belong to something else than this heap.
    pub fn free(&self, slot: &Slot, window: &WriteWindow<'_>, block: Block<'_>) {
        let edit = self.edit(slot, window);
        let guard = edit.begin(slot);
        edit.free(block.position);
        edit.finish(guard);
    }

    /// Says that a block is complete and is about to be published. From now on it stays, whatever becomes of its owner,
    /// until it is retired. The caller writes no more to it and publishes its address with a release store.
    ///
    /// # Panics
    /// When the window belongs to another segment.
    pub fn commit(&self, window: &WriteWindow<'_>, block: Block<'_>) -> *const u8 {
        self.commit_with_mark(window, block, 0)
    }

    /// As [`Self::commit`], with a number that [`Self::blocks`] tells of the block. An owner who finds after a death that a
    /// marked block is not reachable knows what it belonged to.
    ///
    /// # Panics
    /// When the window belongs to another segment.
    pub fn commit_with_mark(&self, window: &WriteWindow<'_>, block: Block<'_>, mark: u32) -> *const u8 {
        let header = self.header(block.position);
        window.store_relaxed(&header.next, 0);
        window.store_relaxed(&header.previous, mark);
        let word = header.word.load(Ordering::Relaxed);
        window.store_release(&header.word, word | COMMITTED);
        block.address
    }

    /// Links a committed block to another one: a list that its user keeps. Retiring a block ends its link.
    ///
    /// # Panics
    /// When an address is not that of a committed block of this heap, or the window belongs to another segment.
    pub fn set_link(&self, window: &WriteWindow<'_>, address: *const u8, next: Option<*const u8>) {
        let next = next.map_or(0, |next| self.position_of(next));
        window.store_release(&self.header(self.position_of(address)).next, next);
    }

    /// The block that a committed block is linked to.
    ///
    /// # Panics
    /// When the address is not that of a committed block of this heap.
    pub fn link(&self, address: *const u8) -> Option<*const u8> {
        let next = self.header(self.position_of(address)).next.load(Ordering::Acquire);
        (next != 0).then(|| self.segment.at((next as usize + 1) * GRANULE))
    }

    /// Says that a committed block is unpublished, and that it may be reused when nobody has pinned `id` any more.
    ///
    /// # Safety
    /// The block is not reachable any more for readers that begin now, and readers that began before have pinned `id`
    /// by the protocol of [`Slot::read`].
    ///
    /// # Panics
    /// When the address is not that of a committed block of this heap that has not been retired before.
    pub unsafe fn retire(&self, slot: &Slot, window: &WriteWindow<'_>, address: *const u8, id: PinId) {
        let edit = self.edit(slot, window);
        let guard = edit.begin(slot);
        edit.retire(self.position_of(address), id);
        edit.finish(guard);
    }

    /// Frees every retired block whose id nobody has pinned.
    ///
    /// # Panics
    /// When window or slot belong to something else than this heap.
    pub fn reclaim(&self, slot: &Slot, window: &WriteWindow<'_>) -> Reclaimed {
        self.reclaim_with(slot, window, |_| ())
    }

    /// The same, and tells of each block before it is freed. What is told must not use the heap, which is locked.
    ///
    /// # Panics
    /// When window or slot belong to something else than this heap.
    pub fn reclaim_with(
        &self,
        slot: &Slot,
        window: &WriteWindow<'_>,
        before: impl FnMut(&BlockInfo),
    ) -> Reclaimed {
        let edit = self.edit(slot, window);
        let guard = edit.begin(slot);
        let reclaimed = edit.reclaim(before);
        edit.finish(guard);
        reclaimed
    }

    /// Frees a committed block at once, whoever has pinned what.
    ///
    /// # Safety
    /// Nobody reads the block any more, or ever will.
    ///
    /// # Panics
    /// When the address is not that of a committed block of this heap, or window or slot belong to something else.
    pub unsafe fn free_committed(&self, slot: &Slot, window: &WriteWindow<'_>, address: *const u8) {
        let edit = self.edit(slot, window);
        let guard = edit.begin(slot);
        edit.free(self.position_of(address));
        edit.finish(guard);
    }

    /// Whether any retired block waits for its last reader. One load of a word that changes only when blocks are retired
    /// and reclaimed.
    #[inline]
    pub fn has_retired(&self) -> bool {
        self.root_page().retired.load(Ordering::Acquire) != 0
    }

    /// The size in bytes that was asked for when this committed block was allocated, which may have been retired since.
    ///
    /// # Panics
    /// When the address is not that of a committed block of this heap.
    pub fn len_of(&self, address: *const u8) -> usize {
        self.header(self.committed(address)).len.load(Ordering::Relaxed) as usize
    }

    /// One of the words at the start of the segment that are for the heap's user: where its data structures begin.
    ///
    /// # Panics
    /// When there is no such root ([`ROOTS`]).
    #[inline]
    pub fn root(&self, root: usize) -> &AtomicU64 {
        &self.root_page().roots[root]
    }

    /// How full the heap is, as of a moment ago.
    pub fn stats(&self) -> HeapStats {
        let root = self.root_page();
        let used = root.used.load(Ordering::Relaxed) as usize * GRANULE;
        let retired = root.retired_units.load(Ordering::Relaxed) as usize * GRANULE;
        let blocks = root.blocks.load(Ordering::Relaxed) as usize;
        let total = self.segment.len();
        HeapStats { total, used, retired, free: total.saturating_sub(used), blocks }
    }

    fn edit<'e>(&'e self, slot: &Slot, window: &'e WriteWindow<'_>) -> Edit<'e> {
        assert!(std::ptr::eq(window.segment(), &*self.segment), "the window is for another segment");
        assert!(slot.control().same_region(&self.control), "the slot is in another control region");
        Edit::new(self, window)
    }

    fn root_page(&self) -> &Root {
        // SAFETY: the root is at the start since `create`, and it is only accessed as what it is.
        unsafe { self.segment.shared(0) }
    }

    fn header(&self, position: u32) -> &Header {
        // SAFETY: a position is only ever that of a header: it comes from the chain, or has been checked by `position_of`.
        unsafe { self.segment.shared(position as usize * GRANULE) }
    }

    /// The position of the committed block with this payload address, which is not retired.
    fn position_of(&self, address: *const u8) -> u32 {
        let position = self.committed(address);
        let retired = self.header(position).word.load(Ordering::Relaxed) & RETIRED != 0;
        assert!(!retired, "{address:p} is no block in use");
        position
    }

    /// The position of the committed block with this payload address.
    fn committed(&self, address: *const u8) -> u32 {
        let offset = self.segment.offset_of(address).filter(|o| o.is_multiple_of(GRANULE) && *o >= GRANULE);
        let position = offset.map_or(0, |offset| (offset / GRANULE - 1) as u32);
        assert!(position >= layout::FIRST, "{address:p} is no block of this heap");
        let word = self.header(position).word.load(Ordering::Relaxed);
        let expected = layout::MARK | USED | COMMITTED;
        assert!(word & (layout::MARK_MASK | USED | COMMITTED) == expected, "{address:p} is no block in use");
        position
    }
}
