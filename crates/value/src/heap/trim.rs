//! Giving back memory that nothing uses.
//!
//! A chunk without any run in use becomes a spare one at once. Runs of small blocks stay with their class, since asking
//! whether the last block of a run was freed would make every release dearer; [`trim`] looks for such runs when memory is
//! short, or when PHP code asks for it (`gc_mem_caches()`).
//!
//! # Safety
//! Free lists are walked and rebuilt while nothing allocates.
#![allow(unsafe_code, reason = "free lists are walked and rebuilt")]

use rustc_hash::FxHashMap;

use super::chunk::{CHUNK_SIZE, Chunk};
use super::classes::{CLASS_COUNT, CLASS_SIZES, PAGE_SIZE, RUN_PAGES};
use super::{FreeBlock, Heap, Rest, heap, os};

/// Spare chunks kept for the rest of the request.
const KEEP_SPARE: usize = 4;

/// Gives back every run of small blocks of which none is in use, and every spare chunk. Returns by how many bytes the memory
/// taken from the system shrank.
pub fn trim() -> usize {
    heap().trim()
}

impl Heap {
    pub(super) fn trim(&self) -> usize {
        let before = self.mapped();
        for class in 0..CLASS_COUNT {
            self.trim_class(class);
        }
        self.unmap_spares(0);
        before - self.mapped()
    }

    fn mapped(&self) -> usize {
        // SAFETY: reading the length runs nothing.
        unsafe { (*self.pages.chunks.get()).len() * CHUNK_SIZE + self.pages.huge_bytes.get() }
    }

    /// Gives back the runs of a class of which all blocks are free.
    fn trim_class(&self, class: usize) {
        let run_bytes = usize::from(RUN_PAGES[class]) * PAGE_SIZE;
        let blocks = run_bytes / usize::from(CLASS_SIZES[class]);
        let mut free: FxHashMap<*mut u8, usize> = FxHashMap::default();
        let mut block = self.free[class].get();
        while !block.is_null() {
            *free.entry(run_of(block)).or_default() += 1;
            // SAFETY: blocks on a free list belong to the heap and begin with the link.
            block = unsafe { (*block).next };
        }
        let rest = self.rest[class].get();
        let uncut = rest.blocks as usize;
        let uncut_run = (uncut != 0).then(|| run_of(rest.next.cast()));
        if let Some(run) = uncut_run {
            *free.entry(run).or_default() += uncut;
        }
        free.retain(|_, count| *count == blocks);
        if free.is_empty() {
            return;
        }
        // The list keeps its order without the blocks of those runs.
        let mut link: *mut *mut FreeBlock = self.free[class].as_ptr();
        // SAFETY: as above; `link` is the head of the list or the link of a block that stays.
        unsafe {
            while !(*link).is_null() {
                if free.contains_key(&run_of(*link)) {
                    *link = (**link).next;
                } else {
                    link = &raw mut (**link).next;
                }
            }
        }
        for run in free.into_keys() {
            let mut cut = blocks;
            if uncut_run == Some(run) {
                cut -= uncut;
                self.rest[class].set(Rest::NONE);
            }
            let small = &self.pages.small_bytes;
            small.set(small.get() - cut * usize::from(CLASS_SIZES[class]));
            // SAFETY: none of the blocks of the run is in use or on a free list.
            unsafe { self.give_back_run(run) };
        }
    }

    /// Gives back a run of pages; a chunk without any becomes a spare one. Returns how many pages the run had.
    ///
    /// # Safety
    /// The run was taken from this heap, and nobody uses it any more.
    pub(super) unsafe fn give_back_run(&self, run: *mut u8) -> usize {
        let chunk = Chunk::of(run);
        // SAFETY: the chunk is ours, and the run begins at that page.
        unsafe {
            let pages = (*chunk).give_back(Chunk::page_of(run));
            if (*chunk).is_empty() {
                self.retire(chunk);
            }
            pages
        }
    }

    /// Puts an empty chunk behind the ones in use. The first chunk stays.
    #[cold]
    fn retire(&self, chunk: *mut Chunk) {
        let used = self.pages.chunk_count.get();
        // SAFETY: the list is borrowed for these statements only.
        unsafe {
            let chunks = &mut *self.pages.chunks.get();
            let Some(index) = chunks.iter().take(used).position(|&c| c == chunk).filter(|&i| i != 0) else {
                return;
            };
            chunks.swap(index, used - 1);
        }
        self.pages.chunk_count.set(used - 1);
        self.pages.last.set(0);
        self.unmap_spares(KEEP_SPARE);
    }

    /// Unmaps spare chunks until so many are left.
    fn unmap_spares(&self, keep: usize) {
        // SAFETY: chunks behind the ones in use are empty; the list is borrowed for these statements only.
        unsafe {
            let chunks = &mut *self.pages.chunks.get();
            while chunks.len() > self.pages.chunk_count.get() + keep {
                if let Some(spare) = chunks.pop() {
                    os::unmap(spare.cast(), CHUNK_SIZE);
                }
            }
        }
    }
}

/// The run that a small block lies in.
fn run_of(block: *mut FreeBlock) -> *mut u8 {
    let block: *mut u8 = block.cast();
    let chunk = Chunk::of(block);
    // SAFETY: the chunk is mapped, since the block lies in it.
    let first = unsafe { (*chunk).run_start(Chunk::page_of(block)) };
    chunk.cast::<u8>().wrapping_add(first * PAGE_SIZE)
}
