//! `StringBuilder`: a string that is being put together.
//!
//! # Safety
//! The block under construction has one owner, the builder; its length field is set when it is finished.
#![allow(unsafe_code, reason = "bytes are written behind the length of an unfinished block")]

use std::fmt;
use std::ptr;

use super::{PhpString, STRING_HEADER, VmString, copy_bytes};
use crate::convert::{float, int};
use crate::header::VmCounted;
use crate::heap::{heap, out_of_memory};

/// Puts a string together piece by piece, without looking at counts and hashes for each piece.
pub struct StringBuilder {
    block: *mut VmString,
    len: usize,
    capacity: usize,
}

impl StringBuilder {
    /// An empty builder, without memory.
    pub const fn new() -> StringBuilder {
        StringBuilder { block: ptr::null_mut(), len: 0, capacity: 0 }
    }

    /// An empty builder with room for `capacity` bytes.
    pub fn with_capacity(capacity: usize) -> StringBuilder {
        let mut builder = StringBuilder::new();
        if capacity != 0 {
            builder.start(capacity);
        }
        builder
    }

    /// A builder that goes on behind the string; its block is used when nobody else owns it.
    pub fn from_string(mut string: PhpString) -> StringBuilder {
        if string.is_empty() {
            return StringBuilder::new();
        }
        string.make_unique();
        let (len, capacity) = (string.len(), string.capacity());
        StringBuilder { block: string.into_raw(), len, capacity }
    }

    /// Number of bytes so far.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no bytes yet.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The bytes so far.
    pub fn as_bytes(&self) -> &[u8] {
        if self.block.is_null() {
            return &[];
        }
        // SAFETY: the block is live and its first `len` bytes are written.
        unsafe { std::slice::from_raw_parts(VmString::bytes_ptr(self.block), self.len) }
    }

    /// Appends bytes.
    #[inline]
    pub fn push_bytes(&mut self, bytes: &[u8]) {
        if bytes.len() > self.capacity - self.len {
            self.grow(bytes.len());
        }
        if bytes.is_empty() {
            return;
        }
        // SAFETY: there is room now, and the bytes cannot lie in a block that only the builder knows.
        unsafe {
            copy_bytes(bytes, VmString::bytes_ptr(self.block).add(self.len));
        }
        self.len += bytes.len();
    }

    /// Appends text.
    #[inline]
    pub fn push_str(&mut self, text: &str) {
        self.push_bytes(text.as_bytes());
    }

    /// Appends one byte.
    #[inline]
    pub fn push(&mut self, byte: u8) {
        if self.len == self.capacity {
            self.grow(1);
        }
        // SAFETY: there is room now.
        unsafe { VmString::bytes_ptr(self.block).add(self.len).write(byte) };
        self.len += 1;
    }

    /// Appends `count` times the same byte.
    pub fn push_repeat(&mut self, byte: u8, count: usize) {
        if count > self.capacity - self.len {
            self.grow(count);
        }
        if count != 0 {
            // SAFETY: there is room now.
            unsafe { ptr::write_bytes(VmString::bytes_ptr(self.block).add(self.len), byte, count) };
            self.len += count;
        }
    }

    /// Appends an integer in decimal.
    pub fn push_int(&mut self, number: i64) {
        self.push_bytes(int::IntBuffer::new().format(number));
    }

    /// Appends a float as `echo` shows it with this `precision` (-1, 14, 17, ...).
    pub fn push_float(&mut self, number: f64, precision: i32) {
        self.push_bytes(float::format_float(number, precision).as_bytes());
    }

    /// Cuts to `len` bytes; longer than it is, nothing happens.
    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// Makes room for `extra` more bytes.
    pub fn reserve(&mut self, extra: usize) {
        if extra > self.capacity - self.len {
            self.grow(extra);
        }
    }

    /// The finished string.
    pub fn finish(mut self) -> PhpString {
        if self.len <= 1 {
            return PhpString::from_bytes(self.as_bytes());
        }
        let block = std::mem::replace(&mut self.block, ptr::null_mut());
        // SAFETY: the block has one owner, and `len` bytes of it are written; the builder forgets it.
        unsafe {
            let mut string = PhpString::from_raw(block);
            string.set_len(self.len);
            string
        }
    }

    fn start(&mut self, capacity: usize) {
        self.block = VmString::alloc(capacity).as_ptr();
        // SAFETY: the block was taken just now with the class in its header.
        self.capacity =
            unsafe { heap().block_size(self.block.cast(), (*self.block).head.class()) - STRING_HEADER - 1 };
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, extra: usize) {
        let Some(need) = self.len.checked_add(extra).filter(|&n| n < isize::MAX as usize / 2) else {
            out_of_memory(usize::MAX)
        };
        if self.block.is_null() {
            return self.start(need.max(64));
        }
        let size = need + need / 2 + STRING_HEADER + 1;
        // SAFETY: the block has one owner, the builder, which is told the new address and class.
        unsafe {
            let class = (*self.block).head.class();
            let (block, class) = heap().realloc(self.block.cast(), class, STRING_HEADER + self.len, size);
            self.block = block.cast();
            (&raw mut (*self.block).head).write(VmCounted::new(VmString::INFO, class));
            self.capacity = heap().block_size(block, class) - STRING_HEADER - 1;
        }
    }
}

impl Drop for StringBuilder {
    fn drop(&mut self) {
        if !self.block.is_null() {
            // SAFETY: the block has one owner, the builder, which gives it up.
            unsafe { heap().dealloc(self.block.cast(), (*self.block).head.class()) };
        }
    }
}

impl Default for StringBuilder {
    fn default() -> StringBuilder {
        StringBuilder::new()
    }
}

impl From<StringBuilder> for PhpString {
    fn from(builder: StringBuilder) -> PhpString {
        builder.finish()
    }
}

impl fmt::Write for StringBuilder {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push_str(text);
        Ok(())
    }
}

impl std::io::Write for StringBuilder {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.push_bytes(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Extend<u8> for StringBuilder {
    fn extend<I: IntoIterator<Item = u8>>(&mut self, bytes: I) {
        for byte in bytes {
            self.push(byte);
        }
    }
}
