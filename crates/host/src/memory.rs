//! Pages of memory with guards at both ends.
//!
//! # Safety
//!
//! A [`Region`] owns its mapping: it is made in `new`, nothing else unmaps any of it, and it is unmapped when the region is
//! dropped. Access to the pages is through raw pointers and is the user's to answer for.
#![allow(unsafe_code, reason = "memory maps")]

use std::io;
use std::ptr::{self, NonNull};
use std::sync::OnceLock;

/// The size of a page.
pub fn page_size() -> usize {
    static SIZE: OnceLock<usize> = OnceLock::new();
    *SIZE.get_or_init(|| {
        // SAFETY: takes a number and gives one.
        let size = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
        usize::try_from(size).unwrap_or(4096)
    })
}

/// Zeroed pages between two guard pages, which fault when they are touched.
#[derive(Debug)]
pub struct Region {
    /// Start of the mapping, which is the lower guard.
    mapping: NonNull<u8>,
    /// Size without guards, a multiple of the page size.
    size: usize,
}

// SAFETY: a region is an address and a size; who shares the memory behind it answers for that.
unsafe impl Send for Region {}
// SAFETY: as above; the methods change nothing but advice to the system.
unsafe impl Sync for Region {}

impl Region {
    /// Reserves at least `size` bytes. The system gives pages when they are touched.
    pub fn new(size: usize) -> io::Result<Region> {
        let page = page_size();
        let out_of_memory = || io::Error::from_raw_os_error(libc::ENOMEM);
        let size = size.max(1).checked_next_multiple_of(page).ok_or_else(out_of_memory)?;
        let whole = size.checked_add(2 * page).ok_or_else(out_of_memory)?;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
        // SAFETY: a new mapping at an address that the system chooses touches nothing that exists.
        let mapping = unsafe { libc::mmap(ptr::null_mut(), whole, libc::PROT_NONE, flags, -1, 0) };
        if mapping == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let Some(mapping) = NonNull::new(mapping.cast::<u8>()) else { return Err(out_of_memory()) };
        let region = Region { mapping, size };
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: the pages between the guards belong to the mapping made above.
        if unsafe { libc::mprotect(region.start().as_ptr().cast(), size, protection) } != 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(region)
    }

    /// The first usable byte.
    pub fn start(&self) -> NonNull<u8> {
        // SAFETY: the mapping is at least two pages longer than nothing.
        unsafe { self.mapping.add(page_size()) }
    }

    /// How many bytes are usable.
    pub fn size(&self) -> usize {
        self.size
    }

    /// One past the last usable byte.
    pub fn end(&self) -> NonNull<u8> {
        // SAFETY: the upper guard lies there.
        unsafe { self.start().add(self.size) }
    }

    /// Whether an address is in one of the guards, as a signal handler asks.
    pub fn is_guard(&self, address: usize) -> bool {
        let low = self.mapping.as_ptr() as usize;
        let page = page_size();
        (low..low + page).contains(&address)
            || (low + page + self.size..low + 2 * page + self.size).contains(&address)
    }

    /// Gives the pages back to the system; they are zero when they are touched again.
    ///
    /// # Safety
    /// Nobody may use what is in them.
    pub unsafe fn discard(&self) -> io::Result<()> {
        // SAFETY: the pages are ours, and the caller says that their content is free to go.
        let result = unsafe { libc::madvise(self.start().as_ptr().cast(), self.size, libc::MADV_DONTNEED) };
        crate::sys::check(result)
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        // SAFETY: the mapping was made in `new` with this size, and nothing unmapped it.
        unsafe { libc::munmap(self.mapping.as_ptr().cast(), self.size + 2 * page_size()) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_zero_and_writable() {
        let region = Region::new(10_000).unwrap();
        assert_eq!(region.size() % page_size(), 0);
        assert!(region.size() >= 10_000);
        // SAFETY: the first and the last byte belong to the region.
        unsafe {
            assert_eq!(region.start().read(), 0);
            region.start().write(1);
            region.end().sub(1).write(2);
        }
        // SAFETY: nobody uses the content.
        unsafe { region.discard() }.unwrap();
        // SAFETY: as above.
        assert_eq!(unsafe { region.start().read() }, 0);
    }

    #[test]
    fn guards_are_around() {
        let region = Region::new(1).unwrap();
        let (start, end) = (region.start().as_ptr() as usize, region.end().as_ptr() as usize);
        assert!(
            region.is_guard(start - 1)
                && region.is_guard(end)
                && !region.is_guard(start)
                && !region.is_guard(end - 1)
        );
    }

    #[test]
    fn too_much_is_an_error() {
        assert_eq!(Region::new(usize::MAX).unwrap_err().raw_os_error(), Some(libc::ENOMEM));
        assert_eq!(Region::new(1 << 60).unwrap_err().raw_os_error(), Some(libc::ENOMEM));
    }
}
