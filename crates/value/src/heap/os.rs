//! Pages from the operating system: the only place of this crate that asks for them.
//!
//! # Safety
//! The functions hand out memory that nobody else knows of and take back exactly such memory.
#![allow(unsafe_code, reason = "mapping memory is unsafe by nature; callers see whole mappings only")]

use std::ptr;

/// Maps `size` zeroed bytes. Returns null when the system has none left.
pub(crate) fn map(size: usize) -> *mut u8 {
    // SAFETY: an anonymous private mapping at an address of the kernel's choice touches no existing memory.
    let address = unsafe {
        libc::mmap(
            ptr::null_mut(),
            size,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
            -1,
            0,
        )
    };
    if address == libc::MAP_FAILED { ptr::null_mut() } else { address.cast() }
}

/// Maps `size` zeroed bytes at a multiple of `align`, which is a power of two.
pub(crate) fn map_aligned(size: usize, align: usize) -> *mut u8 {
    let first = map(size);
    if first.is_null() || first.addr() & (align - 1) == 0 {
        return first;
    }
    // SAFETY: the mapping was made above and nobody knows of it.
    unsafe { unmap(first, size) };
    let wide = map(size + align - PAGE);
    if wide.is_null() {
        return wide;
    }
    let skip = wide.addr().next_multiple_of(align) - wide.addr();
    // SAFETY: both ends lie inside of the mapping made above and outside of the part that is kept.
    unsafe {
        if skip != 0 {
            unmap(wide, skip);
        }
        let tail = align - PAGE - skip;
        if tail != 0 {
            unmap(wide.add(skip + size), tail);
        }
        wide.add(skip)
    }
}

const PAGE: usize = 4096;

/// Asks for huge pages behind a mapping, where the system has them: touching one costs a tenth of touching its 512 small
/// pages one by one. A refusal does no harm.
///
/// # Safety
/// The range is part of a mapping made here.
pub(crate) unsafe fn advise_huge(address: *mut u8, size: usize) {
    // SAFETY: the advice changes no content.
    unsafe { libc::madvise(address.cast(), size, libc::MADV_HUGEPAGE) };
}

/// Puts memory behind pages that will be written soon: one call is cheaper than a fault for each page.
///
/// # Safety
/// The range is part of a mapping made here.
pub(crate) unsafe fn populate(address: *mut u8, size: usize) {
    // SAFETY: the advice changes no content. An old kernel refuses, and the pages are faulted in one by one.
    unsafe { libc::madvise(address.cast(), size, libc::MADV_POPULATE_WRITE) };
}

/// Gives back the mapping.
///
/// # Safety
/// `address` and `size` name whole pages of a mapping made here, which nobody uses any more.
pub(crate) unsafe fn unmap(address: *mut u8, size: usize) {
    // SAFETY: the caller's promise.
    let result = unsafe { libc::munmap(address.cast(), size) };
    debug_assert_eq!(result, 0);
}

/// Changes the size of a mapping, moving it when needed. Returns null, with the old mapping intact, on failure.
///
/// # Safety
/// `address` and `old` name a whole mapping made by [`map`]; when the result differs, the old address is gone.
pub(crate) unsafe fn remap(address: *mut u8, old: usize, new: usize) -> *mut u8 {
    // SAFETY: the caller's promise.
    let moved = unsafe { libc::mremap(address.cast(), old, new, libc::MREMAP_MAYMOVE) };
    if moved == libc::MAP_FAILED { ptr::null_mut() } else { moved.cast() }
}
