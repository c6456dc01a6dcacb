//! Chunks: 2 MB aligned pieces from which runs of pages are cut.
//!
//! The first page of a chunk is its header: a bitmap of pages in use and, for the first page of each run, its length (0 for
//! all others).
//! Runs for small classes stay with their class until the request ends; runs that are blocks of their own are given
//! back one by one. The search is best fit, so that big holes survive.
//!
//! # Safety
//! A `Chunk` is only reached through addresses inside of it, rounded down; the heap that mapped it is the only user.
#![allow(unsafe_code, reason = "chunk headers are reached by rounding addresses down")]

use super::classes::PAGE_SIZE;
use super::os;

/// Bytes of a chunk, and its alignment.
pub const CHUNK_SIZE: usize = 2 << 20;
/// Pages of a chunk, the header included.
pub(crate) const CHUNK_PAGES: usize = CHUNK_SIZE / PAGE_SIZE;
/// The longest run that fits in a chunk.
pub(crate) const MAX_RUN_PAGES: usize = CHUNK_PAGES - 1;

/// Pages that get memory before they are asked for.
const POPULATE_AHEAD: usize = 16;

const WORDS: usize = CHUNK_PAGES / 64;

/// The header of a chunk.
#[repr(C)]
pub(crate) struct Chunk {
    used: [u64; WORDS],
    pub(crate) free_pages: u32,
    /// Pages below this one have memory behind them, or are left to the system's huge pages.
    populated: u32,
    run_length: [u16; CHUNK_PAGES],
}

impl Chunk {
    /// Maps a new chunk; null when the system has no memory.
    ///
    /// The first chunk of a heap gets its memory in small steps, since many scripts need little; the others get huge pages.
    pub(crate) fn map(first: bool) -> *mut Chunk {
        let chunk: *mut Chunk = os::map_aligned(CHUNK_SIZE, CHUNK_SIZE).cast();
        if !chunk.is_null() {
            // SAFETY: the mapping is fresh, writable and large enough.
            unsafe {
                if !first {
                    os::advise_huge(chunk.cast(), CHUNK_SIZE);
                }
                (*chunk).populated = if first { 0 } else { CHUNK_PAGES as u32 };
                (*chunk).reset();
            }
        }
        chunk
    }

    /// Forgets all runs.
    pub(crate) fn reset(&mut self) {
        self.used = [0; WORDS];
        self.used[0] = 1;
        self.run_length = [0; CHUNK_PAGES];
        self.free_pages = MAX_RUN_PAGES as u32;
    }

    /// The chunk that `address` lies in.
    #[inline(always)]
    pub(crate) fn of(address: *mut u8) -> *mut Chunk {
        address.map_addr(|a| a & !(CHUNK_SIZE - 1)).cast()
    }

    /// Takes a run of `pages`, the tightest hole first. Returns the index of its first page.
    pub(crate) fn take(&mut self, pages: usize) -> Option<usize> {
        if (self.free_pages as usize) < pages {
            return None;
        }
        let mut best = (usize::MAX, 0);
        let mut page = 1;
        while page < CHUNK_PAGES {
            let start = self.next_free(page);
            if start >= CHUNK_PAGES {
                break;
            }
            let end = self.next_used(start);
            let length = end - start;
            if length >= pages && length < best.0 {
                best = (length, start);
                if length == pages {
                    break;
                }
            }
            page = end;
        }
        if best.0 == usize::MAX {
            return None;
        }
        self.mark(best.1, pages, true);
        self.run_length[best.1] = pages as u16;
        self.free_pages -= pages as u32;
        if best.1 + pages > self.populated as usize {
            self.populate(best.1 + pages);
        }
        Some(best.1)
    }

    /// Puts memory behind the pages below `end` and a few more.
    #[cold]
    fn populate(&mut self, end: usize) {
        let from = self.populated as usize;
        let to = (end + POPULATE_AHEAD).min(CHUNK_PAGES);
        // SAFETY: the pages lie in this chunk.
        unsafe {
            let address = std::ptr::from_mut(self).cast::<u8>().add(from * PAGE_SIZE);
            os::populate(address, (to - from) * PAGE_SIZE);
        }
        self.populated = to as u32;
    }

    /// Gives back the run that begins at `page`; returns its length.
    pub(crate) fn give_back(&mut self, page: usize) -> usize {
        let pages = usize::from(self.run_length[page]);
        self.run_length[page] = 0;
        self.mark(page, pages, false);
        self.free_pages += pages as u32;
        pages
    }

    /// The length of the run that begins at `page`.
    pub(crate) fn run_pages(&self, page: usize) -> usize {
        usize::from(self.run_length[page])
    }

    /// The first page of the run that `page` belongs to. Runs of small blocks have at most eight pages.
    pub(crate) fn run_start(&self, page: usize) -> usize {
        let mut start = page;
        while self.run_length[start] == 0 {
            start -= 1;
        }
        start
    }

    /// Whether no run is in use.
    pub(crate) fn is_empty(&self) -> bool {
        self.free_pages as usize == MAX_RUN_PAGES
    }

    /// Makes the run at `page` `pages` long when the pages behind it are free, or cuts it.
    pub(crate) fn resize(&mut self, page: usize, pages: usize) -> bool {
        let old = self.run_pages(page);
        if pages > old {
            if page + pages > CHUNK_PAGES || self.next_used_until(page + old, page + pages) < page + pages {
                return false;
            }
            self.mark(page + old, pages - old, true);
            self.free_pages -= (pages - old) as u32;
        } else if pages < old {
            self.mark(page + pages, old - pages, false);
            self.free_pages += (old - pages) as u32;
        }
        self.run_length[page] = pages as u16;
        true
    }

    /// The page index of an address inside of a chunk.
    #[inline(always)]
    pub(crate) fn page_of(address: *mut u8) -> usize {
        (address.addr() & (CHUNK_SIZE - 1)) / PAGE_SIZE
    }

    fn mark(&mut self, first: usize, pages: usize, used: bool) {
        let mut page = first;
        let end = first + pages;
        while page < end {
            let bit = page % 64;
            let count = (64 - bit).min(end - page);
            let mask = (u64::MAX >> (64 - count)) << bit;
            if used {
                self.used[page / 64] |= mask;
            } else {
                self.used[page / 64] &= !mask;
            }
            page += count;
        }
    }

    fn next_free(&self, from: usize) -> usize {
        let mut word = from / 64;
        let mut bits = !self.used[word] & (u64::MAX << (from % 64));
        while bits == 0 {
            word += 1;
            if word == WORDS {
                return CHUNK_PAGES;
            }
            bits = !self.used[word];
        }
        word * 64 + bits.trailing_zeros() as usize
    }

    fn next_used(&self, from: usize) -> usize {
        let mut word = from / 64;
        let mut bits = self.used[word] & (u64::MAX << (from % 64));
        while bits == 0 {
            word += 1;
            if word == WORDS {
                return CHUNK_PAGES;
            }
            bits = self.used[word];
        }
        word * 64 + bits.trailing_zeros() as usize
    }

    fn next_used_until(&self, from: usize, limit: usize) -> usize {
        if from >= CHUNK_PAGES { limit } else { self.next_used(from).min(limit) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_taken_and_given_back() {
        let chunk = Chunk::map(true);
        // SAFETY: the chunk was mapped just now.
        let c = unsafe { &mut *chunk };
        let a = c.take(3).unwrap();
        let b = c.take(70).unwrap();
        let d = c.take(1).unwrap();
        assert_eq!((a, b, d), (1, 4, 74));
        assert_eq!(c.give_back(b), 70);
        assert_eq!(c.take(60), Some(4));
        assert!(c.resize(4, 70));
        assert!(!c.resize(4, 71));
        assert!(c.resize(4, 2));
        assert_eq!(c.take(68), Some(6));
        assert_eq!(c.take(CHUNK_PAGES), None);
        assert_eq!(c.take(CHUNK_PAGES - 75), Some(75));
        assert_eq!(c.free_pages, 0);
        // SAFETY: nobody uses the chunk any more.
        unsafe { os::unmap(chunk.cast(), CHUNK_SIZE) };
    }
}
