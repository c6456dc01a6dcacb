//! PHP strings: bytes, counted, with a cached hash.
//!
//! ```text
//!  0       4      8        16      24
//!  +-------+------+--------+-------+------------ - - -+---+
//!  | count | info | hash   | length| bytes            |NUL|
//!  +-------+------+--------+-------+------------ - - -+---+
//! ```
//!
//! There is no capacity field: the size class in the info word tells how long the block is, so appending to a string
//! with one owner uses the slack of its block and grows by half when that is used up.
//!
//! Invariant: the bytes of a string change only through `&mut PhpString` whose block has one owner; the hash is 0 or
//! right. An immutable string has its hash computed, so that nothing ever writes to it.
//!
//! # Safety
//! A `PhpString` points to a live block, of which it owns one count unless the block is immutable.
#![allow(unsafe_code, reason = "strings are blocks with inline bytes")]

mod builder;
pub(crate) mod hash;
pub(crate) mod interned;
pub mod key;
mod ops;
mod traits;

use std::cell::Cell;
use std::mem::{self, ManuallyDrop};
use std::ptr::{self, NonNull};
use std::slice;

use crate::destroy;
use crate::header::{INFO_INTERNED, INFO_NOT_COLLECTABLE, VmCounted};
use crate::heap::{heap, out_of_memory};
use crate::value::Tag;

pub use builder::StringBuilder;
pub use hash::{hash_bytes, hash_bytes_const};
pub use interned::{SINGLE_BYTE_STRIDE, StaticString, single_byte_table};

/// The block of a string.
#[repr(C)]
pub struct VmString {
    /// Count and info.
    pub head: VmCounted,
    /// 0, or the hash of the bytes, which has its top bit set.
    pub hash: Cell<u64>,
    /// Number of bytes.
    pub len: Cell<usize>,
    /// The bytes begin here; a NUL that is not counted follows them.
    pub bytes: [u8; 0],
}

/// Bytes before the first byte of a string.
pub const STRING_HEADER: usize = mem::offset_of!(VmString, bytes);

const SAME_PIECES: &str = "pieces are the same both times";

const STRING_INFO: u32 = Tag::String as u32 | INFO_NOT_COLLECTABLE;

/// A handle of a string: 8 bytes.
#[repr(transparent)]
pub struct PhpString(NonNull<VmString>);

impl VmString {
    /// The info word of strings outside of any heap, without the immutable flag.
    pub(crate) const INFO: u32 = STRING_INFO;

    /// Takes a block for `len` bytes. The bytes are not written, the NUL is.
    #[inline]
    pub(crate) fn alloc(len: usize) -> NonNull<VmString> {
        let Some(size) = len.checked_add(STRING_HEADER + 1).filter(|&s| s <= isize::MAX as usize) else {
            out_of_memory(len)
        };
        let (block, class) = heap().alloc(size);
        let block: *mut VmString = block.cast();
        // SAFETY: the block is fresh and has room for header, bytes and NUL.
        unsafe {
            (&raw mut (*block).head).write(VmCounted::new(STRING_INFO, class));
            (&raw mut (*block).hash).write(Cell::new(0));
            (&raw mut (*block).len).write(Cell::new(len));
            VmString::bytes_ptr(block).add(len).write(0);
            NonNull::new_unchecked(block)
        }
    }

    /// Address of the first byte.
    ///
    /// # Safety
    /// `this` is a live string block.
    #[inline(always)]
    pub unsafe fn bytes_ptr(this: *mut VmString) -> *mut u8 {
        // SAFETY: the bytes follow the header in the same block.
        unsafe { this.cast::<u8>().add(STRING_HEADER) }
    }

    /// The bytes.
    ///
    /// # Safety
    /// `this` is live and its bytes do not change while the slice is in use.
    #[inline(always)]
    pub unsafe fn slice<'a>(this: *const VmString) -> &'a [u8] {
        // SAFETY: the caller's promise.
        unsafe { slice::from_raw_parts(this.cast::<u8>().add(STRING_HEADER), (*this).len.get()) }
    }

    /// The hash, computed when it is not known yet.
    ///
    /// # Safety
    /// `this` is live and of this thread, or immutable.
    #[inline(always)]
    pub unsafe fn hash_of(this: *const VmString) -> u64 {
        // SAFETY: the caller's promise.
        unsafe {
            let hash = (*this).hash.get();
            if hash != 0 { hash } else { VmString::compute_hash(this) }
        }
    }

    #[inline(never)]
    unsafe extern "C" fn compute_hash(this: *const VmString) -> u64 {
        // SAFETY: the caller of `hash_of` promised that the string is live; one without a hash is not immutable.
        unsafe {
            let hash = hash_bytes(VmString::slice(this));
            (*this).hash.set(hash);
            hash
        }
    }

    /// Whether two strings have the same bytes.
    ///
    /// # Safety
    /// Both are live.
    #[inline(always)]
    pub unsafe fn equal(a: *const VmString, b: *const VmString) -> bool {
        // SAFETY: the caller's promise.
        ptr::eq(a, b)
            || unsafe {
                let len = (*a).len.get();
                len == (*b).len.get()
                    && same_bytes(VmString::slice(a).as_ptr(), VmString::slice(b).as_ptr(), len)
            }
    }
}

/// Whether `len` bytes are the same. Keys are mostly short: two words, which may overlap, tell.
///
/// # Safety
/// Both have `len` bytes.
#[inline(always)]
unsafe fn same_bytes(a: *const u8, b: *const u8, len: usize) -> bool {
    // SAFETY: no read goes beyond `len`.
    unsafe {
        let word =
            |at: usize| a.add(at).cast::<u64>().read_unaligned() == b.add(at).cast::<u64>().read_unaligned();
        let half =
            |at: usize| a.add(at).cast::<u32>().read_unaligned() == b.add(at).cast::<u32>().read_unaligned();
        match len {
            0 => true,
            1..4 => *a == *b && *a.add(len / 2) == *b.add(len / 2) && *a.add(len - 1) == *b.add(len - 1),
            4..8 => half(0) && half(len - 4),
            8..=16 => word(0) && word(len - 8),
            _ => slice::from_raw_parts(a, len) == slice::from_raw_parts(b, len),
        }
    }
}

impl PhpString {
    /// The empty string.
    #[inline(always)]
    pub const fn new() -> PhpString {
        interned::empty()
    }

    /// A string of one byte, from a static table.
    #[inline(always)]
    pub fn byte(byte: u8) -> PhpString {
        interned::single(byte)
    }

    /// A copy of the bytes. Empty strings and single bytes take no memory.
    #[inline]
    pub fn from_bytes(bytes: &[u8]) -> PhpString {
        match *bytes {
            [] => PhpString::new(),
            [byte] => PhpString::byte(byte),
            _ => PhpString::copy_of(bytes),
        }
    }

    /// A copy of the bytes in a block of its own, whatever their number.
    #[inline]
    pub fn copy_of(bytes: &[u8]) -> PhpString {
        // SAFETY: the new block has room for the bytes, and all of them are written.
        unsafe {
            let block = VmString::alloc(bytes.len());
            copy_bytes(bytes, VmString::bytes_ptr(block.as_ptr()));
            PhpString(block)
        }
    }

    /// Both pieces in a row, with one allocation.
    #[inline]
    pub fn concat(a: &[u8], b: &[u8]) -> PhpString {
        let Some(len) = a.len().checked_add(b.len()) else { out_of_memory(usize::MAX) };
        if len < 2 {
            return PhpString::from_bytes(if a.is_empty() { b } else { a });
        }
        let block = VmString::alloc(len);
        // SAFETY: the block has room for the sum of both lengths, and each byte is written.
        unsafe {
            let to = VmString::bytes_ptr(block.as_ptr());
            copy_bytes(a, to);
            copy_bytes(b, to.add(a.len()));
        }
        PhpString(block)
    }

    /// All pieces in a row, with one allocation.
    pub fn concat_all(pieces: &[&[u8]]) -> PhpString {
        PhpString::concat_each(pieces.iter().copied())
    }

    /// The same for pieces that are gone through twice.
    #[inline]
    pub fn concat_each<'p>(pieces: impl Iterator<Item = &'p [u8]> + Clone) -> PhpString {
        let len = pieces.clone().fold(0_usize, |sum, piece| sum.saturating_add(piece.len()));
        if len < 2 {
            let mut pieces = pieces;
            return pieces.find(|p| !p.is_empty()).map_or(PhpString::new(), PhpString::from_bytes);
        }
        let block = VmString::alloc(len);
        let mut room = len;
        // SAFETY: the block has room for `len` bytes; each byte is written, and no more.
        unsafe {
            let mut to = VmString::bytes_ptr(block.as_ptr());
            for piece in pieces {
                room = room.checked_sub(piece.len()).expect(SAME_PIECES);
                copy_bytes(piece, to);
                to = to.add(piece.len());
            }
        }
        assert!(room == 0, "{SAME_PIECES}");
        PhpString(block)
    }

    /// A string of `len` bytes that `fill` writes. The bytes are zero when `fill` begins.
    pub fn build(len: usize, fill: impl FnOnce(&mut [u8])) -> PhpString {
        if len == 0 {
            return PhpString::new();
        }
        let mut string = PhpString(VmString::alloc(len));
        // SAFETY: the block is fresh, has one owner and room for `len` bytes, which are initialised first.
        unsafe {
            ptr::write_bytes(VmString::bytes_ptr(string.0.as_ptr()), 0, len);
            fill(string.bytes_mut());
        }
        string
    }

    /// The bytes.
    #[inline(always)]
    pub fn as_bytes(&self) -> &[u8] {
        // SAFETY: the block is live, and its bytes change only through `&mut` of a single owner.
        unsafe { VmString::slice(self.0.as_ptr()) }
    }

    /// The text, when the bytes are UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(self.as_bytes()).ok()
    }

    /// The text, with what is not UTF-8 replaced.
    pub fn to_str_lossy(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(self.as_bytes())
    }

    /// Number of bytes.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.block().len.get()
    }

    /// Whether there are no bytes.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The hash of the bytes, with its top bit set. Cached.
    #[inline(always)]
    pub fn hash(&self) -> u64 {
        // SAFETY: the block is live and of this thread, or immutable.
        unsafe { VmString::hash_of(self.0.as_ptr()) }
    }

    /// Whether the block is never counted, changed or freed.
    #[inline(always)]
    pub fn is_immutable(&self) -> bool {
        self.block().head.is_immutable()
    }

    /// Whether the block is the only one with its bytes in its table.
    #[inline(always)]
    pub fn is_interned(&self) -> bool {
        self.block().head.has(INFO_INTERNED)
    }

    /// Whether both handles have one block.
    #[inline(always)]
    pub fn ptr_eq(&self, other: &PhpString) -> bool {
        self.0 == other.0
    }

    /// How many owners the block has.
    pub fn ref_count(&self) -> u32 {
        self.block().head.count()
    }

    /// Bytes the block has room for.
    pub fn capacity(&self) -> usize {
        let block = self.block();
        if block.head.is_immutable() {
            return self.len();
        }
        // SAFETY: a counted block was taken from this thread's heap with the class in its header.
        unsafe { heap().block_size(self.0.as_ptr().cast(), block.head.class()) - STRING_HEADER - 1 }
    }

    /// Whether the bytes may be changed in place.
    #[inline(always)]
    pub fn is_unique(&self) -> bool {
        self.block().head.count() == 1 && !self.is_immutable()
    }

    /// Makes sure that this is the only owner; copies the bytes when it is not. Forgets the hash.
    #[inline]
    pub fn make_unique(&mut self) {
        if !self.is_unique() {
            *self = PhpString::copy_of(self.as_bytes());
        }
        self.block().hash.set(0);
    }

    /// The bytes to change in place; copies them first when they are shared.
    pub fn make_mut(&mut self) -> &mut [u8] {
        self.make_unique();
        // SAFETY: the block has one owner, which is borrowed mutably.
        unsafe { self.bytes_mut() }
    }

    /// Cuts the string to `len` bytes; longer than it is, nothing happens.
    pub fn truncate(&mut self, len: usize) {
        if len >= self.len() {
            return;
        }
        if !self.is_unique() {
            *self = PhpString::from_bytes(&self.as_bytes()[..len]);
            return;
        }
        // SAFETY: the block has one owner and is longer than `len`.
        unsafe { self.set_len(len) };
    }

    /// Appends bytes. With one owner that is amortised O(1) a byte.
    #[inline]
    pub fn push_bytes(&mut self, bytes: &[u8]) {
        let len = self.len();
        let Some(new_len) = len.checked_add(bytes.len()) else { out_of_memory(usize::MAX) };
        if !self.is_unique() || new_len > self.capacity() {
            if bytes.is_empty() {
                return;
            }
            self.grow(new_len);
        }
        // SAFETY: the block has one owner and room; `bytes` cannot lie in it, since it would be borrowed.
        unsafe {
            let to = VmString::bytes_ptr(self.0.as_ptr()).add(len);
            copy_bytes(bytes, to);
            self.set_len(new_len);
        }
    }

    /// Appends one byte.
    #[inline]
    pub fn push(&mut self, byte: u8) {
        self.push_bytes(&[byte]);
    }

    /// Makes this the only owner of a block with room for `len` bytes, with slack when it had to grow.
    #[cold]
    #[inline(never)]
    fn grow(&mut self, len: usize) {
        let old = self.len();
        if !self.is_unique() {
            // The first append after a copy takes what it needs; only strings that go on growing get slack.
            let block = VmString::alloc(len);
            // SAFETY: the new block has room for the old bytes.
            unsafe {
                ptr::copy_nonoverlapping(self.as_ptr(), VmString::bytes_ptr(block.as_ptr()), old);
                block.as_ref().len.set(old);
                VmString::bytes_ptr(block.as_ptr()).add(old).write(0);
            }
            *self = PhpString(block);
            return;
        }
        let slack = if len < 1 << 21 { len / 2 } else { len / 4 };
        let Some(size) = len.checked_add(slack + STRING_HEADER + 1) else { out_of_memory(len) };
        let block = self.0.as_ptr();
        // SAFETY: the block has one owner, who is told the new address; the header and the bytes are kept.
        unsafe {
            let class = (*block).head.class();
            let (new, class) = heap().realloc(block.cast(), class, STRING_HEADER + old + 1, size);
            let new: *mut VmString = new.cast();
            (&raw mut (*new).head).write(VmCounted::new(STRING_INFO, class));
            self.0 = NonNull::new_unchecked(new);
        }
    }

    /// Makes room for `extra` more bytes.
    pub fn reserve(&mut self, extra: usize) {
        let Some(len) = self.len().checked_add(extra) else { out_of_memory(usize::MAX) };
        if !self.is_unique() || len > self.capacity() {
            self.grow(len);
        }
    }

    /// Address of the first byte.
    #[inline(always)]
    pub fn as_ptr(&self) -> *const u8 {
        // SAFETY: the block is live.
        unsafe { VmString::bytes_ptr(self.0.as_ptr()) }
    }

    /// The block.
    #[inline(always)]
    pub const fn raw(&self) -> *mut VmString {
        self.0.as_ptr()
    }

    /// The handle as a block whose count the caller owns now.
    #[inline(always)]
    pub const fn into_raw(self) -> *mut VmString {
        let block = self.0.as_ptr();
        mem::forget(self);
        block
    }

    /// A handle that takes over one count of the block.
    ///
    /// # Safety
    /// The block is a live string, and the caller gives up one count, unless it is immutable.
    #[inline(always)]
    pub const unsafe fn from_raw(block: *mut VmString) -> PhpString {
        // SAFETY: the caller's promise.
        PhpString(unsafe { NonNull::new_unchecked(block) })
    }

    /// A further handle of the block.
    ///
    /// # Safety
    /// The block is a live string.
    #[inline(always)]
    pub unsafe fn from_raw_add_ref(block: *mut VmString) -> PhpString {
        // SAFETY: the caller's promise; the borrowed handle is not dropped.
        unsafe { (*ManuallyDrop::new(PhpString::from_raw(block))).clone() }
    }

    /// The place `slot`, which holds a block, seen as a handle.
    ///
    /// # Safety
    /// The slot holds a live string for as long as the result is used.
    #[inline(always)]
    pub(crate) unsafe fn from_slot(slot: &*mut VmString) -> &PhpString {
        // SAFETY: the handle is a transparent non-null pointer.
        unsafe { &*ptr::from_ref(slot).cast::<PhpString>() }
    }

    #[inline(always)]
    fn block(&self) -> &VmString {
        // SAFETY: the block is live; its fields are cells.
        unsafe { self.0.as_ref() }
    }

    /// Sets the length, the NUL behind it, and forgets the hash.
    ///
    /// # Safety
    /// The block has one owner, room for `len` bytes, and all of them are initialised.
    #[inline(always)]
    pub(crate) unsafe fn set_len(&mut self, len: usize) {
        // SAFETY: the caller's promise.
        unsafe { VmString::bytes_ptr(self.0.as_ptr()).add(len).write(0) };
        self.block().len.set(len);
        self.block().hash.set(0);
    }

    /// The bytes to change.
    ///
    /// # Safety
    /// The block has one owner.
    unsafe fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: the caller's promise, and this handle is borrowed mutably.
        unsafe { slice::from_raw_parts_mut(VmString::bytes_ptr(self.0.as_ptr()), self.len()) }
    }
}

/// Copies bytes to a place with room for them. Short ones, which most are, without a call.
///
/// # Safety
/// `to` has room for as many bytes, and is not in `bytes`.
#[inline(always)]
pub(crate) unsafe fn copy_bytes(bytes: &[u8], to: *mut u8) {
    let (from, len) = (bytes.as_ptr(), bytes.len());
    // SAFETY: each pair of words lies within the bytes and covers all of them.
    unsafe {
        if len > 16 {
            ptr::copy_nonoverlapping(from, to, len);
        } else if len >= 8 {
            let first = from.cast::<u64>().read_unaligned();
            let last = from.add(len - 8).cast::<u64>().read_unaligned();
            to.cast::<u64>().write_unaligned(first);
            to.add(len - 8).cast::<u64>().write_unaligned(last);
        } else if len >= 4 {
            let first = from.cast::<u32>().read_unaligned();
            let last = from.add(len - 4).cast::<u32>().read_unaligned();
            to.cast::<u32>().write_unaligned(first);
            to.add(len - 4).cast::<u32>().write_unaligned(last);
        } else if len > 0 {
            let (first, middle, last) = (*from, *from.add(len / 2), *from.add(len - 1));
            *to = first;
            *to.add(len / 2) = middle;
            *to.add(len - 1) = last;
        }
    }
}

impl Clone for PhpString {
    #[inline(always)]
    fn clone(&self) -> PhpString {
        if !self.is_immutable() {
            self.block().head.increment();
        }
        PhpString(self.0)
    }
}

impl Drop for PhpString {
    #[inline(always)]
    fn drop(&mut self) {
        if !self.is_immutable() {
            // SAFETY: the handle owns one count and gives it up.
            unsafe { destroy::release(self.0.as_ptr().cast()) };
        }
    }
}
