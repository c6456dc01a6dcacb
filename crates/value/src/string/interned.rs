//! Strings that belong to no heap: those in statics (the empty string, single bytes, names written in the source), and those
//! laid out where a caller wants them.
//!
//! # Safety
//! Statics are immutable strings: nothing writes to their cells, so sharing them between threads is sound. The same holds for
//! strings that are laid out in memory of the caller's.
#![allow(unsafe_code, reason = "statics hold string blocks")]

use std::cell::Cell;

use super::{PhpString, STRING_HEADER, VmString, hash_bytes, hash_bytes_const};
use crate::header::{INFO_INTERNED, VmCounted};

/// A string with its header, for statics. See [`static_str!`](crate::static_str).
#[repr(C)]
pub struct StaticString<const N: usize> {
    head: VmString,
    bytes: [u8; N],
    nul: u8,
}

// SAFETY: the block is marked immutable and its hash is computed, so nothing writes to the cells of its header.
unsafe impl<const N: usize> Sync for StaticString<N> {}

impl<const N: usize> StaticString<N> {
    /// The string with these bytes.
    pub const fn new(text: &[u8]) -> StaticString<N> {
        let mut bytes = [0; N];
        let mut at = 0;
        while at < N {
            bytes[at] = text[at];
            at += 1;
        }
        StaticString {
            head: VmString {
                head: VmCounted::immutable(VmString::INFO | INFO_INTERNED),
                hash: Cell::new(hash_bytes_const(&bytes)),
                len: Cell::new(N),
                bytes: [],
            },
            bytes,
            nul: 0,
        }
    }

    /// A handle, which costs nothing to make, clone or drop.
    #[inline(always)]
    pub const fn get(&'static self) -> PhpString {
        // SAFETY: the block is immutable and lives forever.
        unsafe { PhpString::from_raw((&raw const *self).cast::<VmString>().cast_mut()) }
    }
}

impl PhpString {
    /// Bytes that [`PhpString::lay_out`] writes for a string of `len` bytes.
    pub const fn size_laid_out(len: usize) -> usize {
        STRING_HEADER + len + 1
    }

    /// Writes an immutable string to memory of the caller's, and gives a handle for it.
    ///
    /// # Safety
    /// `to` must be valid for writes of so many bytes as [`PhpString::size_laid_out`] says, aligned to 8; they must not change as long
    /// as any handle of the string is used.
    pub unsafe fn lay_out(to: *mut u8, bytes: &[u8]) -> PhpString {
        let block = to.cast::<VmString>();
        let head = VmString {
            head: VmCounted::immutable(VmString::INFO | INFO_INTERNED),
            hash: Cell::new(hash_bytes(bytes)),
            len: Cell::new(bytes.len()),
            bytes: [],
        };
        // SAFETY: there is room for header, bytes and NUL; what is returned points to a whole block.
        unsafe {
            block.write(head);
            let start = to.add(STRING_HEADER);
            start.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
            start.add(bytes.len()).write(0);
            PhpString::from_raw(block)
        }
    }
}

/// A [`PhpString`](crate::PhpString) of a literal, in a static: it takes no memory of the heap.
#[macro_export]
macro_rules! static_str {
    ($text:expr) => {{
        const TEXT: &str = $text;
        static STRING: $crate::StaticString<{ TEXT.len() }> = $crate::StaticString::new(TEXT.as_bytes());
        STRING.get()
    }};
}

static EMPTY: StaticString<0> = StaticString::new(b"");

static BYTES: [StaticString<1>; 256] = {
    let mut table = [const { StaticString::new(b"\0") }; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = StaticString::new(&[byte as u8]);
        byte += 1;
    }
    table
};

/// The empty string.
#[inline(always)]
pub(crate) const fn empty() -> PhpString {
    EMPTY.get()
}

/// A string of one byte.
#[inline(always)]
pub(crate) fn single(byte: u8) -> PhpString {
    BYTES[usize::from(byte)].get()
}

/// The table of single bytes, for compiled code: entries are [`SINGLE_BYTE_STRIDE`] apart.
pub fn single_byte_table() -> *const VmString {
    BYTES.as_ptr().cast()
}

/// Bytes from one entry of [`single_byte_table`] to the next.
pub const SINGLE_BYTE_STRIDE: usize = size_of::<StaticString<1>>();
