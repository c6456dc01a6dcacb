//! Runs of pages and mappings of their own.
//!
//! # Safety
//! Chunks in the list are mapped and belong to this heap; a huge block is preceded by its `HugeHeader`.
#![allow(unsafe_code, reason = "an allocator hands out raw memory")]

use std::cell::{Cell, UnsafeCell};
use std::ptr;

use super::chunk::{CHUNK_SIZE, Chunk, MAX_RUN_PAGES};
use super::classes::{CLASS_COUNT, MAX_SMALL, PAGE_SIZE};
use super::{ATTENTION_MEMORY, Heap, os, out_of_memory};
use crate::header::{CLASS_HUGE, CLASS_PAGES};

/// Stands before each block that is a mapping of its own.
#[repr(C)]
struct HugeHeader {
    size: usize,
    index: usize,
}

const HUGE_HEADER: usize = size_of::<HugeHeader>();

/// What a heap has taken from the system, and what it may take.
pub(crate) struct Pages {
    pub(crate) chunks: UnsafeCell<Vec<*mut Chunk>>,
    huge: UnsafeCell<Vec<*mut HugeHeader>>,
    pub(super) last: Cell<usize>,
    pub(crate) small_bytes: Cell<usize>,
    pub(crate) large_bytes: Cell<usize>,
    pub(crate) huge_bytes: Cell<usize>,
    pub(crate) chunk_count: Cell<usize>,
    /// Chunks of an earlier request that this one has not used yet stand behind the `chunk_count` used ones.
    pub(crate) peak: Cell<usize>,
    pub(crate) real_peak: Cell<usize>,
    pub(crate) limit: Cell<usize>,
    pub(crate) exceeded: Cell<usize>,
    /// Bytes that were taken elsewhere on behalf of this request.
    pub(crate) charged: Cell<usize>,
}

impl Pages {
    pub(crate) const fn new() -> Pages {
        Pages {
            chunks: UnsafeCell::new(Vec::new()),
            huge: UnsafeCell::new(Vec::new()),
            last: Cell::new(0),
            small_bytes: Cell::new(0),
            large_bytes: Cell::new(0),
            huge_bytes: Cell::new(0),
            chunk_count: Cell::new(0),
            peak: Cell::new(0),
            real_peak: Cell::new(0),
            limit: Cell::new(usize::MAX),
            exceeded: Cell::new(0),
            charged: Cell::new(0),
        }
    }

    /// Bytes taken from the system on behalf of this request.
    pub(crate) fn real(&self) -> usize {
        let chunks = self.chunk_count.get() * CHUNK_SIZE;
        // What is taken elsewhere would have found room in the chunks first.
        let room = chunks.saturating_sub(self.small_bytes.get() + self.large_bytes.get());
        chunks + self.huge_bytes.get() + self.charged.get().saturating_sub(room)
    }
}

impl Heap {
    /// Takes a run of pages out of a chunk.
    pub(super) fn take_run(&self, pages: usize) -> *mut u8 {
        debug_assert!(pages <= MAX_RUN_PAGES);
        if let Some(run) = self.take_run_of_used(pages) {
            return run;
        }
        if self.pages.real().saturating_add(CHUNK_SIZE) > self.pages.limit.get() {
            // Memory is short: look whether whole runs of small blocks lie unused.
            self.trim();
            if let Some(run) = self.take_run_of_used(pages) {
                return run;
            }
        }
        let used = self.pages.chunk_count.get();
        self.note_real(CHUNK_SIZE, pages * PAGE_SIZE);
        // SAFETY: nothing from here on runs foreign code, so the list is borrowed once.
        let chunks = unsafe { &mut *self.pages.chunks.get() };
        if used == chunks.len() {
            chunks.push(self.map_chunk(used == 0));
        }
        self.pages.chunk_count.set(used + 1);
        self.pages.last.set(used);
        let chunk = chunks[used];
        // SAFETY: the chunk is mapped and empty, so a run that fits a chunk fits it.
        unsafe {
            let page = (*chunk).take(pages).unwrap_or(1);
            chunk.cast::<u8>().add(page * PAGE_SIZE)
        }
    }

    /// Takes a run out of a chunk that is in use already.
    fn take_run_of_used(&self, pages: usize) -> Option<*mut u8> {
        // SAFETY: nothing in this function runs foreign code, so the list is borrowed once.
        let chunks = unsafe { &*self.pages.chunks.get() };
        let used = self.pages.chunk_count.get();
        let last = self.pages.last.get();
        for step in 0..used {
            let index = if last + step < used { last + step } else { last + step - used };
            let chunk = chunks[index];
            // SAFETY: chunks in the list are mapped and ours.
            if let Some(page) = unsafe { (*chunk).take(pages) } {
                self.pages.last.set(index);
                // SAFETY: the page lies inside of the chunk.
                return Some(unsafe { chunk.cast::<u8>().add(page * PAGE_SIZE) });
            }
        }
        None
    }

    /// Takes a block above the largest small class.
    #[cold]
    #[inline(never)]
    pub(crate) fn alloc_large(&self, size: usize) -> (*mut u8, u8) {
        debug_assert!(size > MAX_SMALL);
        if size <= MAX_RUN_PAGES * PAGE_SIZE {
            let pages = size.div_ceil(PAGE_SIZE);
            let run = self.take_run(pages);
            self.pages.large_bytes.set(self.pages.large_bytes.get() + pages * PAGE_SIZE);
            self.note_peak();
            return (run, CLASS_PAGES);
        }
        let Some(total) = size.checked_add(HUGE_HEADER + PAGE_SIZE - 1) else { out_of_memory(size) };
        let total = total & !(PAGE_SIZE - 1);
        self.note_real(total, size);
        self.register_cleanup();
        let header: *mut HugeHeader = os::map(total).cast();
        if header.is_null() {
            out_of_memory(size);
        }
        // SAFETY: the mapping is fresh; the list is borrowed for this statement only.
        unsafe {
            if total >= 2 * CHUNK_SIZE {
                os::advise_huge(header.cast(), total);
            }
            let huge = &mut *self.pages.huge.get();
            header.write(HugeHeader { size: total, index: huge.len() });
            huge.push(header);
        }
        self.pages.huge_bytes.set(self.pages.huge_bytes.get() + total);
        self.note_peak();
        // SAFETY: the mapping is longer than the header.
        (unsafe { header.cast::<u8>().add(HUGE_HEADER) }, CLASS_HUGE)
    }

    /// Gives back a block above the largest small class.
    ///
    /// # Safety
    /// As [`Heap::dealloc`].
    #[cold]
    #[inline(never)]
    pub(crate) unsafe fn free_large(&self, block: *mut u8, class: u8) {
        if class == CLASS_PAGES {
            // SAFETY: the block is a run of one of our chunks.
            let pages = unsafe { self.give_back_run(block) };
            self.pages.large_bytes.set(self.pages.large_bytes.get() - pages * PAGE_SIZE);
        } else if class == CLASS_HUGE {
            // SAFETY: a huge block stands behind its header, and the header knows its place in the list.
            unsafe {
                let header: *mut HugeHeader = block.sub(HUGE_HEADER).cast();
                let HugeHeader { size, index } = header.read();
                let huge = &mut *self.pages.huge.get();
                huge.swap_remove(index);
                if let Some(&moved) = huge.get(index) {
                    (*moved).index = index;
                }
                os::unmap(header.cast(), size);
                self.pages.huge_bytes.set(self.pages.huge_bytes.get() - size);
            }
        } else {
            debug_assert!(false, "block of class {class} does not belong to the heap");
        }
    }

    /// Bytes of a block above the largest small class.
    ///
    /// # Safety
    /// The block is of this heap and class.
    #[inline]
    pub(super) unsafe fn large_size(&self, block: *mut u8, class: u8) -> usize {
        // SAFETY: the caller's promise, as in `free_large`.
        unsafe {
            if class == CLASS_PAGES {
                (*Chunk::of(block)).run_pages(Chunk::page_of(block)) * PAGE_SIZE
            } else {
                (*block.sub(HUGE_HEADER).cast::<HugeHeader>()).size - HUGE_HEADER
            }
        }
    }

    /// Gives a block another size, keeping the first `keep` bytes; tells the new address and class.
    ///
    /// # Safety
    /// The block is of this heap and class, nobody else knows its address, and `keep` fits both sizes.
    pub unsafe fn realloc(&self, block: *mut u8, class: u8, keep: usize, size: usize) -> (*mut u8, u8) {
        if class as usize >= CLASS_COUNT && size > MAX_SMALL {
            // SAFETY: the caller's promise.
            if let Some(done) = unsafe { self.resize_large(block, class, size) } {
                return done;
            }
        }
        let (new, new_class) = self.alloc(size);
        // SAFETY: both blocks have at least `keep` bytes and are different blocks.
        unsafe {
            ptr::copy_nonoverlapping(block, new, keep);
            self.dealloc(block, class);
        }
        (new, new_class)
    }

    /// Resizes in place or by moving pages, where that is possible.
    ///
    /// # Safety
    /// As [`Heap::realloc`].
    unsafe fn resize_large(&self, block: *mut u8, class: u8, size: usize) -> Option<(*mut u8, u8)> {
        if class == CLASS_PAGES {
            if size > MAX_RUN_PAGES * PAGE_SIZE {
                return None;
            }
            let pages = size.div_ceil(PAGE_SIZE);
            let page = Chunk::page_of(block);
            // SAFETY: the block is the first page of a run of one of our chunks.
            let old = unsafe { (*Chunk::of(block)).run_pages(page) };
            // SAFETY: as above.
            if !unsafe { (*Chunk::of(block)).resize(page, pages) } {
                return None;
            }
            self.pages.large_bytes.set(self.pages.large_bytes.get() + pages * PAGE_SIZE - old * PAGE_SIZE);
            self.note_peak();
            return Some((block, CLASS_PAGES));
        }
        if size <= MAX_RUN_PAGES * PAGE_SIZE {
            return None;
        }
        let total = size.checked_add(HUGE_HEADER + PAGE_SIZE - 1)? & !(PAGE_SIZE - 1);
        // SAFETY: a huge block stands behind its header; when the mapping moves, the list is told.
        unsafe {
            let header: *mut HugeHeader = block.sub(HUGE_HEADER).cast();
            let old = (*header).size;
            self.note_real(total.saturating_sub(old), size);
            let moved: *mut HugeHeader = os::remap(header.cast(), old, total).cast();
            if moved.is_null() {
                return None;
            }
            (*moved).size = total;
            (&mut *self.pages.huge.get())[(*moved).index] = moved;
            self.pages.huge_bytes.set(self.pages.huge_bytes.get() + total - old);
            self.note_peak();
            Some((moved.cast::<u8>().add(HUGE_HEADER), CLASS_HUGE))
        }
    }

    /// Remembers that the request grows by `growth` bytes of the system because `wanted` bytes were asked for.
    pub(super) fn note_real(&self, growth: usize, wanted: usize) {
        let real = self.pages.real().saturating_add(growth);
        if real > self.pages.limit.get() {
            self.pages.exceeded.set(wanted);
            self.request_attention(ATTENTION_MEMORY);
        }
        if real > self.pages.real_peak.get() {
            self.pages.real_peak.set(real);
        }
    }

    /// Counts bytes that are taken elsewhere.
    pub(super) fn charge(&self, bytes: usize) {
        self.pages.charged.set(self.pages.charged.get() + bytes);
        self.note_real(0, bytes);
    }

    /// Raises the peak to what is handed out now.
    pub(super) fn note_peak(&self) {
        let pages = &self.pages;
        let used = pages.small_bytes.get() + pages.large_bytes.get() + pages.huge_bytes.get();
        let used = used + pages.charged.get();
        if used > pages.peak.get() {
            pages.peak.set(used);
        }
    }

    /// Gives every mapping of its own back.
    ///
    /// # Safety
    /// Nobody uses any of them any more.
    pub(super) unsafe fn release_huge(&self) {
        // SAFETY: the caller's promise; the list is emptied before anything else can see it.
        unsafe {
            for header in std::mem::take(&mut *self.pages.huge.get()) {
                os::unmap(header.cast(), (*header).size);
            }
        }
        self.pages.huge_bytes.set(0);
    }
}
