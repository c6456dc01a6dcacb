//! Mappings: nameless files, their views and the protection of these.
//!
//! # Safety
//! A [`Mapping`] owns its address range from creation to drop; nobody else unmaps or remaps it. Changing the protection
//! is safe in Rust's sense only if no reference lives that the new protection would cut off: the callers in `segment`
//! and `gate` never hand out references into write views that outlive a window.
#![allow(unsafe_code, reason = "mmap and its relatives")]

use std::ffi::CString;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::ptr;

/// What a view allows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Protection {
    Read,
    ReadWrite,
    ReadExecute,
}

impl Protection {
    fn flags(self) -> i32 {
        match self {
            Self::Read => libc::PROT_READ,
            Self::ReadWrite => libc::PROT_READ | libc::PROT_WRITE,
            Self::ReadExecute => libc::PROT_READ | libc::PROT_EXEC,
        }
    }
}

/// The size of a page in bytes.
pub(crate) fn page_size() -> usize {
    // SAFETY: sysconf has no preconditions.
    let size = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    usize::try_from(size).unwrap_or(4096)
}

/// Creates an anonymous file of `len` zero bytes in memory, which lives as long as something maps it.
pub(crate) fn memory_file(name: &std::ffi::CStr, len: usize) -> io::Result<OwnedFd> {
    // SAFETY: the name is a C string that outlives the call.
    let fd = unsafe { libc::memfd_create(name.as_ptr(), libc::MFD_CLOEXEC | libc::MFD_ALLOW_SEALING) };
    super::check(fd.into())?;
    // SAFETY: memfd_create has just returned this descriptor, and nobody else has it.
    let fd = unsafe { OwnedFd::from_raw_fd(fd) };
    let size = libc::off_t::try_from(len).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
    // SAFETY: the descriptor is open.
    super::check(unsafe { libc::ftruncate(fd.as_raw_fd(), size) }.into())?;
    // A file that shrinks under its mappings turns reads into SIGBUS: nobody may resize it from now on.
    seal(&fd, libc::F_SEAL_SHRINK | libc::F_SEAL_GROW)?;
    Ok(fd)
}

fn seal(file: &OwnedFd, seals: i32) -> io::Result<()> {
    // SAFETY: the descriptor is open.
    super::check(unsafe { libc::fcntl(file.as_raw_fd(), libc::F_ADD_SEALS, seals) }.into())?;
    Ok(())
}

/// A descriptor through which other processes find and read a file whose views are all mapped. The file cannot be written
/// through it, nor be mapped for that any more; views that are there stay as they are. None where `/proc` is not mounted:
/// nobody could look there either.
pub(crate) fn for_watchers(file: &OwnedFd) -> Option<OwnedFd> {
    // Kernels before 5.1 lack the first of these seals, files on disk both. Permissions are what is left then.
    let _ = seal(file, libc::F_SEAL_FUTURE_WRITE);
    let _ = seal(file, libc::F_SEAL_SEAL);
    // SAFETY: the descriptor is open.
    super::check(unsafe { libc::fchmod(file.as_raw_fd(), 0o400) }.into()).ok()?;
    let path = format!("/proc/self/fd/{}", file.as_raw_fd());
    std::fs::File::open(path).ok().map(OwnedFd::from)
}

/// Creates a file of `len` zero bytes without a name, in the first of some folders that has room for it. `usable` says
/// whether it can be used, since a folder may be mounted so that nothing in it can be executed.
///
/// All of its blocks are allocated, because writing to a mapping of a file on a full disk ends in SIGBUS.
pub(crate) fn disk_file<T>(len: usize, usable: impl Fn(&OwnedFd) -> io::Result<T>) -> io::Result<T> {
    let mut result = Err(io::ErrorKind::NotFound.into());
    for folder in [PathBuf::from("/dev/shm"), std::env::temp_dir()] {
        result = nameless_file(&folder, len).and_then(|file| usable(&file));
        if result.is_ok() {
            break;
        }
    }
    result
}

fn nameless_file(folder: &Path, len: usize) -> io::Result<OwnedFd> {
    let folder = CString::new(folder.as_os_str().as_bytes())?;
    let flags = libc::O_TMPFILE | libc::O_RDWR | libc::O_EXCL | libc::O_CLOEXEC;
    // SAFETY: the folder is a C string that outlives the call.
    let fd = unsafe { libc::open(folder.as_ptr(), flags, 0o600) };
    super::check(fd.into())?;
    // SAFETY: open has just returned this descriptor, and nobody else has it.
    let fd = unsafe { OwnedFd::from_raw_fd(fd) };
    let size = libc::off_t::try_from(len).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
    // SAFETY: the descriptor is open.
    super::check(unsafe { libc::fallocate(fd.as_raw_fd(), 0, 0, size) }.into())?;
    Ok(fd)
}

/// An address range that this value owns.
#[derive(Debug)]
pub(crate) struct Mapping {
    address: usize,
    len: usize,
}

impl Mapping {
    /// Maps the whole of `file`, shared, at `at` if that is given (and free), else where the kernel likes.
    pub(crate) fn file(
        file: &OwnedFd,
        len: usize,
        protection: Protection,
        at: Option<usize>,
    ) -> io::Result<Self> {
        Self::map(len, protection, libc::MAP_SHARED, file.as_raw_fd(), at)
    }

    /// Maps `len` zero bytes of anonymous memory that children share.
    pub(crate) fn anonymous(len: usize, protection: Protection, at: Option<usize>) -> io::Result<Self> {
        Self::map(len, protection, libc::MAP_SHARED | libc::MAP_ANONYMOUS, -1, at)
    }

    fn map(len: usize, protection: Protection, flags: i32, fd: i32, at: Option<usize>) -> io::Result<Self> {
        let hint = at.map_or(ptr::null_mut(), ptr::without_provenance_mut);
        let fixed = if at.is_some() { libc::MAP_FIXED_NOREPLACE } else { 0 };
        // SAFETY: a new mapping replaces nothing: without MAP_FIXED the kernel picks a free range, and
        // MAP_FIXED_NOREPLACE fails when the range is taken.
        let address = unsafe { libc::mmap(hint, len, protection.flags(), flags | fixed, fd, 0) };
        if address == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        Ok(Self { address: address.expose_provenance(), len })
    }

    /// Maps the same memory a second time. Works for shared mappings only.
    pub(crate) fn duplicate(&self) -> io::Result<Self> {
        let old = ptr::with_exposed_provenance_mut(self.address);
        // SAFETY: an old size of zero leaves the old mapping alone and makes another one of the same shared pages at a
        // free address.
        let address = unsafe { libc::mremap(old, 0, self.len, libc::MREMAP_MAYMOVE) };
        if address == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        Ok(Self { address: address.expose_provenance(), len: self.len })
    }

    /// A mapping of no bytes at the same address.
    pub(crate) fn empty_alias(&self) -> Self {
        Self { address: self.address, len: 0 }
    }

    /// Changes the protection of the whole mapping, for the whole process.
    pub(crate) fn protect(&self, protection: Protection) -> io::Result<()> {
        let address = ptr::with_exposed_provenance_mut(self.address);
        // SAFETY: the range is ours, see the module's contract for what may point into it.
        super::check(unsafe { libc::mprotect(address, self.len, protection.flags()) }.into())?;
        Ok(())
    }

    /// Puts a protection key on the whole mapping, which stays readable and writable as far as the key allows.
    pub(crate) fn protect_with_key(&self, protection: Protection, key: u32) -> io::Result<()> {
        let flags = protection.flags();
        // SAFETY: the range is ours, see the module's contract for what may point into it.
        let done = unsafe { libc::syscall(libc::SYS_pkey_mprotect, self.address, self.len, flags, key) };
        super::check(done)?;
        Ok(())
    }

    /// Drops this view's page table entries. The pages live on in the file and in other views.
    pub(crate) fn forget_pages(&self) -> io::Result<()> {
        let address = ptr::with_exposed_provenance_mut(self.address);
        // SAFETY: the range is ours and shared, so the contents stay and are found again at the next access.
        super::check(unsafe { libc::madvise(address, self.len, libc::MADV_DONTNEED) }.into())?;
        Ok(())
    }

    pub(crate) fn address(&self) -> usize {
        self.address
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: the range is ours, and whoever holds pointers into it has promised not to outlive this value.
        unsafe { libc::munmap(ptr::with_exposed_provenance_mut(self.address), self.len) };
    }
}
