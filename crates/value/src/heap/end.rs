//! The end of a request and the end of a thread.
//!
//! The VM calls destructors while everything still works, then drops its globals, then calls [`end_request`]. What is
//! alive then (cycles, mostly) is not freed piece by piece: native states are dropped, because they own files and
//! memory elsewhere, and the rest of the heap is forgotten at once.
//!
//! # Safety
//! `end_request` invalidates every block of the thread's heap, so it is unsafe and says what the caller promises.
#![allow(unsafe_code, reason = "releasing the heap as a whole invalidates every block")]

use std::ptr;

use super::chunk::CHUNK_SIZE;
use super::{Heap, Rest, heap, os};

/// Chunks kept for the next request of the thread.
const KEEP_CHUNKS: usize = 8;

/// Gives the chunks back when the thread ends, unless something is still alive in them.
pub(super) struct Cleanup;

impl Drop for Cleanup {
    fn drop(&mut self) {
        live_blocks_released();
    }
}

/// Gives all memory of the thread's heap back to the system when nothing is alive in it; tells whether that was so.
pub fn live_blocks_released() -> bool {
    let h = heap();
    if h.usage() != 0 || h.store.live() != 0 {
        return false;
    }
    h.forget_blocks();
    h.store.release();
    h.gc.release();
    h.iterators.release();
    // SAFETY: nothing is alive in any chunk, and the free lists were forgotten.
    unsafe {
        *h.worklist.get() = Vec::new();
        for chunk in std::mem::take(&mut *h.pages.chunks.get()) {
            os::unmap(chunk.cast(), CHUNK_SIZE);
        }
    }
    true
}

/// Ends the request: drops native states of objects and resources that are still alive, by ascending handle, then
/// forgets every block of the heap. Limits, peaks and the collector's figures begin anew.
///
/// # Safety
/// No `Value`, `PhpString`, `PhpArray`, `ObjRef`, `PhpRef` or resource that owns a block of this thread's heap is used
/// after the call, and none of them is dropped after it either (`mem::forget` the holders).
pub unsafe fn end_request() {
    end_states();
    heap().forget_blocks();
}

/// The first half of [`end_request`]: drops native states of objects and resources that are still alive. The blocks
/// stay, so that what the VM keeps for its objects can be dropped between the halves.
pub fn end_states() {
    let h = heap();
    super::suppress_destructors(true);
    // Dropping the pending objects may free others; no destructor runs any more.
    drop(super::take_pending_destructors());
    let mut handle = 0;
    while let Some((next, object)) = h.store.next_live(handle) {
        handle = next;
        // SAFETY: the object is in the table, so it is live. The state is moved out before it is dropped, and
        // whatever its drop frees is freed in a heap that still works.
        unsafe { crate::object::drop_native_state(object) };
    }
    // SAFETY: the list is borrowed for this statement only.
    while let Some(resource) = unsafe { (*h.store.resources.get()).pop() } {
        // SAFETY: resources in the list are live.
        unsafe { crate::resource::drop_native_state(resource) };
    }
}

impl Heap {
    /// Forgets every block, keeps a few chunks.
    fn forget_blocks(&self) {
        for (list, rest) in self.free.iter().zip(&self.rest) {
            list.set(ptr::null_mut());
            rest.set(Rest::NONE);
        }
        self.store.clear();
        self.gc.clear();
        self.iterators.clear();
        self.attention.set(0);
        self.destroy_depth.set(0);
        let pages = &self.pages;
        // SAFETY: the blocks are given up; nothing here runs foreign code.
        unsafe {
            (*self.worklist.get()).clear();
            self.release_huge();
            let chunks = &mut *pages.chunks.get();
            for &extra in chunks.iter().skip(KEEP_CHUNKS) {
                os::unmap(extra.cast(), CHUNK_SIZE);
            }
            chunks.truncate(KEEP_CHUNKS);
            for &chunk in chunks.iter() {
                (*chunk).reset();
            }
        }
        pages.chunk_count.set(0);
        pages.small_bytes.set(0);
        pages.large_bytes.set(0);
        pages.peak.set(0);
        pages.real_peak.set(0);
        pages.exceeded.set(0);
    }
}
