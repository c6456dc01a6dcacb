//! The request heap of a thread.
//!
//! Each thread has one `Heap`, reached by one thread-local read (or through a pointer that the caller keeps). Blocks
//! up to 3,072 bytes come from free lists, one for each size class, last freed first used: taking one is a load of
//! the head, a test, a load of the next and a store. Nothing is counted on that path: usage is what was cut into
//! runs minus what lies on the free lists, computed when somebody asks. Larger blocks are runs of pages of a chunk;
//! blocks beyond a chunk are mappings of their own.
//!
//! The heap also knows every live object and resource (`store`), objects whose destructor is due (`pending`), blocks
//! whose release was put off (`destroy`), and what the cycle collector keeps (`gc`).
//!
//! Invariant: the memory limit is soft. Allocation never fails on account of it; it sets `ATTENTION_MEMORY` and
//! remembers the size that was asked for, and the VM turns that into PHP's fatal error at its next poll.
//!
//! # Safety
//! All fields are cells that only the owning thread touches; no reference into a cell's content outlives a statement
//! that could run foreign code.
#![allow(unsafe_code, reason = "an allocator hands out raw memory")]

pub(crate) mod chunk;
pub mod classes;
mod end;
mod limit;
pub(crate) mod os;
mod pages;
pub(crate) mod store;
mod trim;

use std::cell::{Cell, UnsafeCell};
use std::mem::ManuallyDrop;
use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::array::iterators::IteratorTable;
use crate::gc::GcState;
use crate::header::VmCounted;
use chunk::Chunk;
use classes::{CLASS_COUNT, CLASS_SIZES, MAX_SMALL, PAGE_SIZE, RUN_PAGES, class_of};

pub use end::{end_request, end_states, live_blocks_released};
pub use limit::{
    Charge, HeapStats, LimitExceeded, charge, check_alloc, discharge, memory_limit, peak_usage,
    real_peak_usage, real_usage, reset_peak_usage, set_memory_limit, stats, take_exceeded, usage,
};
pub use store::{
    WeakCallback, for_each_object, has_pending_destructors, live_objects, next_resource_id,
    pop_pending_destructor, set_weak_callback, suppress_destructors, take_pending_destructors,
};
pub use trim::trim;

/// The VM has destructors to call: see [`take_pending_destructors`].
pub const ATTENTION_DESTRUCTORS: u32 = 1;
/// The memory limit was passed: see [`take_exceeded`].
pub const ATTENTION_MEMORY: u32 = 2;
/// The root buffer is full: see [`crate::gc::collect_cycles`].
pub const ATTENTION_GC: u32 = 4;

/// A free block.
pub(crate) struct FreeBlock {
    next: *mut FreeBlock,
}

/// The end of a run that is not cut into blocks yet. Most requests need few blocks of most classes, and links in blocks that nobody
/// takes would be written for nothing.
#[derive(Clone, Copy)]
struct Rest {
    next: *mut u8,
    blocks: u32,
    /// How many are cut next time: more each time.
    batch: u32,
}

impl Rest {
    const NONE: Rest = Rest { next: ptr::null_mut(), blocks: 0, batch: 4 };
}

/// The heap of a thread. The first fields are read by compiled code at the offsets in [`crate::layout`].
#[repr(C)]
pub struct Heap {
    pub(crate) free: [Cell<*mut FreeBlock>; 32],
    pub(crate) attention: Cell<u32>,
    pub(crate) destroy_depth: Cell<u32>,
    pub(crate) precision: Cell<i32>,
    pub(crate) gc: GcState,
    /// What is not cut into blocks yet of the last run of each class.
    rest: [Cell<Rest>; 32],
    pub(crate) pages: pages::Pages,
    pub(crate) store: store::Store,
    pub(crate) worklist: UnsafeCell<Vec<*mut VmCounted>>,
    pub(crate) iterators: IteratorTable,
    registered: Cell<bool>,
    /// Set to 1 whenever attention is asked for; null if nobody wants to know.
    gate: Cell<*const AtomicU32>,
}

thread_local! {
    // `ManuallyDrop` keeps the access free of a "was it dropped" test; `Cleanup` gives the memory back.
    static HEAP: ManuallyDrop<Heap> = const { ManuallyDrop::new(Heap::new()) };
    static CLEANUP: end::Cleanup = const { end::Cleanup };
}

/// The heap of the current thread. The address is stable as long as the thread lives.
#[inline(always)]
pub(crate) fn heap() -> &'static Heap {
    // SAFETY: the thread-local has no destructor, so its memory is good for as long as the thread can run code, and
    // `Heap` is neither `Send` nor `Sync`, so the reference cannot leave the thread.
    HEAP.with(|h| unsafe { &*ptr::from_ref::<Heap>(h) })
}

/// Address of the heap of the current thread, for the VM's context and for compiled code.
#[inline(always)]
pub fn current() -> *const Heap {
    heap()
}

/// Address of the word with the `ATTENTION_*` bits of the current thread.
pub fn attention_ptr() -> *const Cell<u32> {
    &raw const heap().attention
}

/// The `ATTENTION_*` bits of the current thread.
#[inline(always)]
pub fn attention() -> u32 {
    heap().attention.get()
}

/// Has `gate` set to 1 whenever the heap of the current thread asks for attention, or does so already; gives the word that was set before.
///
/// # Safety
/// `gate` is null or lives until another one is set.
pub unsafe fn set_gate(gate: *const AtomicU32) -> *const AtomicU32 {
    let h = heap();
    let previous = h.gate.replace(gate);
    if h.attention.get() != 0 {
        h.request_attention(0);
    }
    previous
}

/// Clears some `ATTENTION_*` bits of the current thread.
pub fn clear_attention(bits: u32) {
    let h = heap();
    h.attention.set(h.attention.get() & !bits);
}

impl Heap {
    const fn new() -> Heap {
        Heap {
            free: [const { Cell::new(ptr::null_mut()) }; 32],
            attention: Cell::new(0),
            destroy_depth: Cell::new(0),
            precision: Cell::new(14),
            gc: GcState::new(),
            rest: [const { Cell::new(Rest::NONE) }; 32],
            pages: pages::Pages::new(),
            store: store::Store::new(),
            worklist: UnsafeCell::new(Vec::new()),
            iterators: IteratorTable::new(),
            registered: Cell::new(false),
            gate: Cell::new(ptr::null()),
        }
    }

    /// Sets `ATTENTION_*` bits.
    pub(crate) fn request_attention(&self, bits: u32) {
        self.attention.set(self.attention.get() | bits);
        // SAFETY: `set_gate` was promised that the word lives until the next one is set.
        if let Some(gate) = unsafe { self.gate.get().as_ref() } {
            gate.store(1, Ordering::Relaxed);
        }
    }

    /// Takes a block of a small class.
    #[inline(always)]
    pub fn alloc_class(&self, class: u8) -> *mut u8 {
        if cfg!(feature = "system-heap") {
            return self.system_alloc(class);
        }
        let slot = &self.free[class as usize & 31];
        let head = slot.get();
        if head.is_null() {
            return self.refill(class);
        }
        // SAFETY: blocks on a free list belong to the heap and begin with the link.
        slot.set(unsafe { (*head).next });
        head.cast()
    }

    /// Gives back a block of a small class.
    ///
    /// # Safety
    /// The block was taken from this heap with the same class and nobody uses it any more.
    #[inline(always)]
    pub unsafe fn free_class(&self, block: *mut u8, class: u8) {
        if cfg!(feature = "system-heap") {
            // SAFETY: the caller's promise.
            return unsafe { self.system_free(block, class) };
        }
        let slot = &self.free[class as usize & 31];
        let block: *mut FreeBlock = block.cast();
        // SAFETY: the caller gives up the block, which is at least 8 bytes.
        unsafe { (*block).next = slot.get() };
        slot.set(block);
    }

    /// Takes a block of at least `size` bytes and tells its class.
    #[inline(always)]
    pub fn alloc(&self, size: usize) -> (*mut u8, u8) {
        if size <= MAX_SMALL {
            let class = class_of(size);
            (self.alloc_class(class), class)
        } else {
            self.alloc_large(size)
        }
    }

    /// Gives back a block.
    ///
    /// # Safety
    /// The block was taken from this heap, with this class, and nobody uses it any more.
    #[inline(always)]
    pub unsafe fn dealloc(&self, block: *mut u8, class: u8) {
        if (class as usize) < CLASS_COUNT {
            // SAFETY: the caller's promise.
            unsafe { self.free_class(block, class) }
        } else {
            // SAFETY: the caller's promise.
            unsafe { self.free_large(block, class) }
        }
    }

    /// How many bytes a block really has.
    ///
    /// # Safety
    /// The block was taken from this heap with this class.
    #[inline(always)]
    pub unsafe fn block_size(&self, block: *mut u8, class: u8) -> usize {
        if (class as usize) < CLASS_COUNT {
            usize::from(CLASS_SIZES[class as usize])
        } else {
            // SAFETY: the caller's promise.
            unsafe { self.large_size(block, class) }
        }
    }

    /// Cuts blocks of the class and returns the first.
    #[cold]
    #[inline(never)]
    extern "C" fn refill(&self, class: u8) -> *mut u8 {
        let class = class as usize & 31;
        let size = usize::from(CLASS_SIZES[class]);
        let mut rest = self.rest[class].get();
        if rest.blocks == 0 {
            let pages = usize::from(RUN_PAGES[class]);
            rest.next = self.take_run(pages);
            // Tail bytes that fit no block count as used, so that usage and free lists agree.
            rest.blocks = (pages * PAGE_SIZE / size) as u32;
        }
        let (first, count) = (rest.next, rest.batch.min(rest.blocks));
        self.pages.small_bytes.set(self.pages.small_bytes.get() + count as usize * size);
        let mut next: *mut FreeBlock = ptr::null_mut();
        for index in (1..count as usize).rev() {
            // SAFETY: the block lies inside of the rest of a run that was taken.
            unsafe {
                let block: *mut FreeBlock = first.add(index * size).cast();
                (*block).next = next;
                next = block;
            }
        }
        self.free[class].set(next);
        rest.next = first.wrapping_add(count as usize * size);
        (rest.blocks, rest.batch) = (rest.blocks - count, rest.batch.saturating_mul(2));
        self.rest[class].set(rest);
        self.note_peak();
        first
    }

    /// Takes a small block from the system, so that tools such as valgrind see each of them.
    fn system_alloc(&self, class: u8) -> *mut u8 {
        let layout = class_layout(class);
        self.pages.small_bytes.set(self.pages.small_bytes.get() + layout.size());
        // SAFETY: no class has size 0.
        unsafe { std::alloc::alloc(layout) }
    }

    /// Gives a small block back to the system.
    ///
    /// # Safety
    /// As [`Heap::free_class`].
    unsafe fn system_free(&self, block: *mut u8, class: u8) {
        let layout = class_layout(class);
        self.pages.small_bytes.set(self.pages.small_bytes.get() - layout.size());
        // SAFETY: the caller's promise.
        unsafe { std::alloc::dealloc(block, layout) };
    }

    /// Registers the thread's clean-up once.
    #[cold]
    fn register_cleanup(&self) {
        if !self.registered.replace(true) {
            // A thread that is already ending keeps its memory; the process gets it back.
            let _ = CLEANUP.try_with(|_| ());
        }
    }

    /// Maps a chunk or ends the request: there is no memory at all.
    pub(crate) fn map_chunk(&self, first: bool) -> *mut Chunk {
        self.register_cleanup();
        let chunk = Chunk::map(first);
        if chunk.is_null() {
            out_of_memory(chunk::CHUNK_SIZE);
        }
        chunk
    }
}

const fn class_layout(class: u8) -> std::alloc::Layout {
    let size = CLASS_SIZES[class as usize] as usize;
    // SAFETY: 16 is a power of two, and no class is near the largest size.
    unsafe { std::alloc::Layout::from_size_align_unchecked(size, 16) }
}

/// What a panic carries when the system has no memory left: the border of a request knows it and ends that request with
/// PHP's words.
#[derive(Clone, Copy, Debug)]
pub struct OutOfMemory {
    /// The bytes that were asked for.
    pub tried: usize,
}

/// Ends the request because the system has no memory left.
#[cold]
pub(crate) fn out_of_memory(size: usize) -> ! {
    std::panic::panic_any(OutOfMemory { tried: limit::reported(size) })
}
