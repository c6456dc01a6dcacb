//! Protection keys for user space: a tag of four bits on each page, and a register in each thread (PKRU) with two bits
//! for each tag: access disabled and write disabled.
//!
//! # Safety
//! `rdpkru` and `wrpkru` are illegal instructions until the kernel has switched the feature on, so both need a [`Key`],
//! which exists only after `pkey_alloc` has worked.
#![allow(unsafe_code, reason = "instructions and system calls without a wrapper")]

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};

/// The PKRU bits of every key that is allocated now, for [`forbid_all`].
static LIVE_KEYS: AtomicU32 = AtomicU32::new(0);

/// A protection key that this value owns.
#[derive(Debug)]
pub(crate) struct Key {
    number: u32,
}

impl Key {
    /// Allocates a key to which the calling thread has no rights. Other threads have none by the kernel's default.
    ///
    /// Fails where the CPU or the kernel lacks the feature, where a seccomp filter forbids it, and when all keys
    /// (15 on x86-64) are taken.
    pub(crate) fn allocate() -> io::Result<Self> {
        if !cfg!(target_arch = "x86_64") {
            return Err(io::ErrorKind::Unsupported.into());
        }
        const NO_RIGHTS: libc::c_ulong = 3;
        // SAFETY: pkey_alloc touches no memory.
        let number = super::check(unsafe { libc::syscall(libc::SYS_pkey_alloc, 0, NO_RIGHTS) })?;
        let key = Self { number: number as u32 };
        LIVE_KEYS.fetch_or(key.bits(), Ordering::AcqRel);
        Ok(key)
    }

    pub(crate) fn number(&self) -> u32 {
        self.number
    }

    /// The two bits of this key in PKRU.
    fn bits(&self) -> u32 {
        3 << (2 * self.number)
    }

    /// Gives the calling thread every right to the key's pages.
    pub(crate) fn permit(&self) {
        let rights = read_rights();
        if rights & self.bits() != 0 {
            write_rights(rights & !self.bits());
        }
    }

    /// Takes every right to the key's pages from the calling thread.
    pub(crate) fn forbid(&self) {
        let rights = read_rights();
        if rights & self.bits() != self.bits() {
            write_rights(rights | self.bits());
        }
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        self.forbid();
        LIVE_KEYS.fetch_and(!self.bits(), Ordering::AcqRel);
        // SAFETY: the views that carried the key are unmapped before it is freed (field order in `Segment`).
        unsafe { libc::syscall(libc::SYS_pkey_free, self.number) };
    }
}

/// Takes the rights to every key of this crate from the calling thread.
pub(crate) fn forbid_all() {
    let bits = LIVE_KEYS.load(Ordering::Acquire);
    if bits != 0 {
        let rights = read_rights();
        if rights & bits != bits {
            write_rights(rights | bits);
        }
    }
}

/// Called only while a key is allocated, which is what makes the instruction legal.
fn read_rights() -> u32 {
    #[cfg(target_arch = "x86_64")]
    {
        let rights: u32;
        // SAFETY: a key exists, so the kernel has enabled the instruction. It reads PKRU and zeroes EDX.
        unsafe {
            std::arch::asm!("rdpkru", in("ecx") 0, out("eax") rights, out("edx") _,
                options(nomem, nostack, preserves_flags));
        }
        rights
    }
    #[cfg(not(target_arch = "x86_64"))]
    unreachable!("protection keys are x86-64 only")
}

/// Called only while a key is allocated, which is what makes the instruction legal.
fn write_rights(rights: u32) {
    #[cfg(target_arch = "x86_64")]
    {
        // SAFETY: a key exists, so the kernel has enabled the instruction. Without `nomem` the compiler moves no memory
        // access across it: a write that belongs into a window stays there.
        unsafe {
            std::arch::asm!("wrpkru", in("eax") rights, in("ecx") 0, in("edx") 0,
                options(nostack, preserves_flags));
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        let _ = rights;
        unreachable!("protection keys are x86-64 only")
    }
}
