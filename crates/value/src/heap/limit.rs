//! Usage, peaks and `memory_limit`.
//!
//! `memory_get_usage(true)` and the limit look at what was taken from the system, `memory_get_usage()` at what is
//! handed out. Memory of a request that lies elsewhere (stacks of frames, output buffers, tables of native states) is
//! told by [`charge`] and [`discharge`] and counts in both. The peak of the latter is noted when a free list runs empty, so it may be above the true peak by what
//! lies on the free lists, never below the current usage.
//!
//! # Safety
//! Free lists are walked while nothing allocates.
#![allow(unsafe_code, reason = "free lists are walked")]

use std::cell::Cell;

use super::chunk::{CHUNK_SIZE, MAX_RUN_PAGES};
use super::classes::{CLASS_COUNT, CLASS_SIZES, PAGE_SIZE};
use super::{ATTENTION_MEMORY, Heap, clear_attention, heap};

/// A single allocation would pass the memory limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitExceeded {
    /// The limit in bytes.
    pub limit: usize,
    /// The size that was asked for.
    pub tried: usize,
}

/// Figures of the heap, for status pages.
#[derive(Clone, Copy, Debug, Default)]
pub struct HeapStats {
    /// Bytes handed out.
    pub usage: usize,
    /// Bytes taken from the system.
    pub real_usage: usize,
    /// The largest `usage` that was noted.
    pub peak: usize,
    /// The largest `real_usage`.
    pub real_peak: usize,
    /// Chunks in use.
    pub chunks: usize,
    /// Live objects.
    pub objects: usize,
}

impl Heap {
    pub(crate) fn usage(&self) -> usize {
        let mut free = 0;
        for (class, list) in self.free.iter().enumerate().take(CLASS_COUNT) {
            let mut blocks = 0;
            let mut block = list.get();
            while !block.is_null() {
                blocks += 1;
                // SAFETY: blocks on a free list belong to the heap and begin with the link.
                block = unsafe { (*block).next };
            }
            free += blocks * usize::from(CLASS_SIZES[class]);
        }
        let pages = &self.pages;
        pages.small_bytes.get() - free + pages.large_bytes.get() + pages.huge_bytes.get()
    }
}

/// The size that PHP names for a request of `wanted` bytes: whole pages for a mapping of its own, otherwise the chunk
/// that would have to be mapped.
pub(super) fn reported(wanted: usize) -> usize {
    if wanted <= MAX_RUN_PAGES * PAGE_SIZE {
        return CHUNK_SIZE;
    }
    wanted.checked_next_multiple_of(PAGE_SIZE).unwrap_or(wanted)
}

/// Memory elsewhere that grows and shrinks: what is told of it is taken back when this goes.
#[derive(Debug, Default)]
pub struct Charge(Cell<usize>);

impl Charge {
    /// Tells that it has `bytes` now.
    #[inline]
    pub fn set(&self, bytes: usize) {
        let before = self.0.replace(bytes);
        if bytes > before {
            charge(bytes - before);
        } else if bytes < before {
            discharge(before - bytes);
        }
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        discharge(self.0.get());
    }
}

/// Bytes handed out on this thread (`memory_get_usage()`).
pub fn usage() -> usize {
    heap().usage() + heap().pages.charged.get()
}

/// Bytes taken from the system on this thread (`memory_get_usage(true)`).
pub fn real_usage() -> usize {
    heap().pages.real()
}

/// Counts memory towards the limit that PHP code makes grow and that does not come from the heap: stacks, frames of
/// generators.
pub fn charge(bytes: usize) {
    heap().charge(bytes);
}

/// Takes back what [`charge`] counted.
pub fn discharge(bytes: usize) {
    let charged = &heap().pages.charged;
    charged.set(charged.get().saturating_sub(bytes));
}

/// The peak of [`usage`].
pub fn peak_usage() -> usize {
    heap().pages.peak.get().max(usage())
}

/// The peak of [`real_usage`].
pub fn real_peak_usage() -> usize {
    heap().pages.real_peak.get().max(real_usage())
}

/// Lets both peaks begin at the current usage (`memory_reset_peak_usage()`).
pub fn reset_peak_usage() {
    let pages = &heap().pages;
    pages.peak.set(usage());
    pages.real_peak.set(pages.real());
}

/// All figures at once.
pub fn stats() -> HeapStats {
    HeapStats {
        usage: usage(),
        real_usage: real_usage(),
        peak: peak_usage(),
        real_peak: real_peak_usage(),
        chunks: heap().pages.chunk_count.get(),
        objects: super::live_objects(),
    }
}

/// Sets the limit in bytes; `None` is no limit. Fails when more is already in use, as `ini_set` does.
pub fn set_memory_limit(limit: Option<usize>) -> Result<(), LimitExceeded> {
    // PHP never goes below one chunk.
    let limit = limit.unwrap_or(usize::MAX).max(CHUNK_SIZE);
    let real = real_usage();
    if limit < real {
        return Err(LimitExceeded { limit, tried: real });
    }
    heap().pages.limit.set(limit);
    Ok(())
}

/// The limit in bytes, if there is one.
pub fn memory_limit() -> Option<usize> {
    Some(heap().pages.limit.get()).filter(|&limit| limit != usize::MAX)
}

/// Whether a block of `size` bytes may be taken; asked before allocations whose size PHP code chooses.
pub fn check_alloc(size: usize) -> Result<(), LimitExceeded> {
    let pages = &heap().pages;
    let limit = pages.limit.get();
    let fits = if size <= MAX_RUN_PAGES * PAGE_SIZE {
        // It may need a new chunk, or may not: the soft limit decides when it does.
        true
    } else {
        size < isize::MAX as usize / 2 && pages.real().saturating_add(size) <= limit
    };
    if fits { Ok(()) } else { Err(LimitExceeded { limit, tried: reported(size) }) }
}

/// Whether the limit was passed since the last call, and by an allocation of which size.
pub fn take_exceeded() -> Option<LimitExceeded> {
    clear_attention(ATTENTION_MEMORY);
    let pages = &heap().pages;
    match pages.exceeded.replace(0) {
        0 => None,
        tried => Some(LimitExceeded { limit: pages.limit.get(), tried: reported(tried) }),
    }
}
