//! Immutable strings and arrays as bytes, for blocks that are read-only and shared (Units, the opcode cache).
//!
//! An image is what the structures would be in memory at address 0. All words are in the machine's byte order; every
//! structure begins at a multiple of 8. Words that hold addresses inside of the image are listed, so that the image can be
//! moved by adding the same number to each of them.
//!
//! Strings lie behind everything else, one right behind the other. So an image without its strings is the start of it, for
//! whoever has them elsewhere already; and an address of a string is one that is not less than that of the first string.
//! Before that lies a word of zeros, so that the end of an empty array is not taken for a string.
//!
//! ```text
//!  string   +0 u32 count 2    +4 u32 info = STRING_INFO | IMMUTABLE | INTERNED | 0xff << 16
//!           +8 u64 hash (computed!)   +16 u64 length   +24 bytes, NUL, zeros up to a multiple of 8
//!
//!  array    +0 u32 count 2    +4 u32 info = 7 | IMMUTABLE | 0xff << 16    +8 u32 0    +12 u32 flags
//!           +16 u64 address of the elements    +24 u32 used    +28 u32 length    +32 u32 capacity = used
//!           +36 u32 mask    +40 i64 next free key    +48 u32 0    +52 u32 0
//!           then for the hash form the index (u32 each), then the elements: values or buckets
//!           flags = 0xff << 8, plus 1 for the hash form
//!
//!  value    +0 u64 payload    +8 u8 tag    +9 u8 flags = IMMUTABLE for strings and arrays    +10 zeros
//!  bucket   value    +16 u64 integer or address of the string    +24 u32 next    +28 u32 upper half of the hash or 0
//! ```
//!
//! The handles for such blocks are made with [`PhpString::from_raw`](crate::PhpString::from_raw) and
//! [`PhpArray::from_immutable`](crate::PhpArray::from_immutable).

pub mod check;
mod pool;

use crate::array::raw::{ARRAY_CLASS_SHIFT, ARRAY_HASH, CHAIN_END, NO_INDEX, index_bytes, mask_for};
use crate::array::{Key, PhpArray};
use crate::header::{CLASS_NONE, INFO_CLASS_SHIFT, INFO_IMMUTABLE, INFO_INTERNED};
use crate::layout;
use crate::string::{STRING_HEADER, VmString};
use crate::value::{IMMUTABLE, Tag, Value, View};
use pool::StringPool;

/// The value cannot be part of an image: it is, or contains, an object, a reference or a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotConstant;

/// Puts an image together.
#[derive(Default)]
pub struct ImageBuilder {
    bytes: Vec<u8>,
    /// The strings, to be appended at the end.
    strings: StringPool,
    /// Words that hold addresses of structures.
    to_structures: Vec<u32>,
    /// Words that hold addresses of strings; as long as there is no end, counted from the first string.
    to_strings: Vec<u32>,
}

/// A finished image.
pub struct Image {
    /// The bytes, to be put at a multiple of 8.
    pub bytes: Vec<u8>,
    /// Offsets of the 8-byte words that hold addresses inside of the image.
    pub relocations: Vec<u32>,
    /// Where the strings begin, which go to the end.
    pub strings: usize,
}

const BLOCK_INFO: u32 = INFO_IMMUTABLE | (CLASS_NONE as u32) << INFO_CLASS_SHIFT;

impl ImageBuilder {
    /// An empty image.
    pub fn new() -> ImageBuilder {
        ImageBuilder::default()
    }

    /// An empty image that most likely need not grow when it gets so many bytes of structures. What goes with them is guessed
    /// from what scripts have: half as many bytes of strings, and a pointer for 50 bytes.
    pub fn with_capacity(structures: usize) -> ImageBuilder {
        ImageBuilder {
            // In the end, strings are there as well, and whatever the caller appends.
            bytes: Vec::with_capacity(structures * 2),
            strings: StringPool::with_capacity(structures / 2),
            to_structures: Vec::with_capacity(structures / 128),
            to_strings: Vec::with_capacity(structures / 64),
        }
    }

    /// Adds an array and all that it contains. Returns its offset.
    pub fn array(&mut self, array: &PhpArray) -> Result<usize, NotConstant> {
        let hash = array.is_hash() && !array.is_empty();
        let used = if hash { array.len() } else { array.end_pos() as usize };
        let next_free = if array.keys().all(|k| matches!(k, Key::Str(_))) && array.next_free() == Some(0) {
            i64::MIN
        } else {
            array.next_free().unwrap_or(i64::MAX)
        };
        let (at, data) = self.reserve_array(hash, used, array.len(), next_free);
        let stride = if hash { layout::BUCKET_SIZE } else { layout::VALUE_SIZE };
        let mask = if hash { mask_for(used as u32) } else { NO_INDEX };
        for (number, (key, value)) in array.iter().enumerate() {
            if !hash {
                let Key::Int(pos) = key else { return Err(NotConstant) };
                self.value(data + pos as usize * stride, value)?;
                continue;
            }
            let bucket = data + number * stride;
            self.value(bucket, value)?;
            let (chain, upper) = match key {
                Key::Int(int) => {
                    self.put_u64(bucket + layout::BUCKET_KEY, int as u64);
                    (int as u32, 0)
                }
                Key::Str(string) => {
                    self.set_string(bucket + layout::BUCKET_KEY, string.as_bytes());
                    let upper = (string.hash() >> 32) as u32;
                    (upper, upper)
                }
            };
            self.put_u32(bucket + layout::BUCKET_HASH, upper);
            let head = data - 4 * (chain | mask).wrapping_neg() as usize;
            let next = self.get_u32(head);
            self.put_u32(bucket + layout::BUCKET_NEXT, next);
            self.put_u32(head, number as u32);
        }
        debug_assert!(!hash || self.get_u32(data + layout::BUCKET_NEXT) == CHAIN_END);
        Ok(at)
    }

    /// Writes, at a reserved place, the value that an array with the keys from 0 to `len - 1` is. Returns the offset of its
    /// elements, which follow one another: the caller is to set each of them, or else it is a hole that counts as an element.
    pub fn set_list_value(&mut self, at: usize, len: usize) -> usize {
        let next_free = if len == 0 { i64::MIN } else { len as i64 };
        let (array, data) = self.reserve_array(false, len, len, next_free);
        self.to_structures.push(at as u32);
        self.put_value(at, array as u64, Tag::Array, 0);
        data
    }

    /// Appends an array without its elements. Returns its offset and theirs.
    fn reserve_array(&mut self, hash: bool, used: usize, len: usize, next_free: i64) -> (usize, usize) {
        let mask = if hash { mask_for(used as u32) } else { NO_INDEX };
        let at = self.bytes.len();
        let index = at + layout::ARRAY_SIZE;
        let data = index + if hash { index_bytes(mask) } else { 0 };
        let stride = if hash { layout::BUCKET_SIZE } else { layout::VALUE_SIZE };
        self.bytes.resize(data + used * stride, 0);
        self.put_u32(at, 2);
        self.put_u32(at + layout::COUNTED_INFO, Tag::Array as u32 | BLOCK_INFO);
        let flags = u32::from(CLASS_NONE) << ARRAY_CLASS_SHIFT | if hash { ARRAY_HASH } else { 0 };
        self.put_u32(at + layout::ARRAY_FLAGS, flags);
        self.set_pointer(at + layout::ARRAY_DATA, data);
        self.put_u32(at + layout::ARRAY_USED, used as u32);
        self.put_u32(at + layout::ARRAY_LEN, len as u32);
        self.put_u32(at + layout::ARRAY_CAPACITY, used as u32);
        self.put_u32(at + layout::ARRAY_MASK, mask);
        self.put_u64(at + layout::ARRAY_NEXT_FREE, next_free as u64);
        self.bytes[index..data].fill(0xff);
        (at, data)
    }

    fn value(&mut self, at: usize, value: &Value) -> Result<(), NotConstant> {
        let payload = match value.view() {
            View::Undef | View::Null | View::Bool(_) => 0,
            View::Int(int) => int as u64,
            View::Float(float) => float.to_bits(),
            View::Str(string) => {
                self.set_string_value(at, string.as_bytes(), 0);
                return Ok(());
            }
            View::Array(array) => {
                let to = self.array(array)?;
                self.to_structures.push(at as u32);
                to as u64
            }
            View::Object(_) | View::Ref(_) | View::Resource(_) | View::Internal => return Err(NotConstant),
        };
        self.put_value(at, payload, value.tag(), 0);
        Ok(())
    }

    /// Appends `size` zero bytes at a multiple of `align` for structures of the caller's. Returns their offset.
    pub fn reserve(&mut self, size: usize, align: usize) -> usize {
        let at = self.bytes.len().next_multiple_of(align.max(8));
        self.bytes.resize((at + size).next_multiple_of(8), 0);
        at
    }

    /// The bytes of a reserved place, for what is no address.
    #[inline]
    pub fn place(&mut self, at: usize, size: usize) -> &mut [u8] {
        &mut self.bytes[at..][..size]
    }

    /// Writes a word at a reserved place.
    #[inline]
    pub fn set_u32(&mut self, at: usize, word: u32) {
        self.put_u32(at, word);
    }

    /// Writes a long word at a reserved place.
    #[inline]
    pub fn set_u64(&mut self, at: usize, word: u64) {
        self.put_u64(at, word);
    }

    /// Writes the address of offset `to` of this image at a reserved place.
    #[inline]
    pub fn set_pointer(&mut self, at: usize, to: usize) {
        self.to_structures.push(at as u32);
        self.put_u64(at, to as u64);
    }

    /// Writes the address of a string with these bytes at a reserved place.
    pub fn set_string(&mut self, at: usize, bytes: &[u8]) {
        let to = self.strings.intern(bytes);
        self.to_strings.push(at as u32);
        self.put_u64(at, to.into());
    }

    /// Writes a value, and all that it points to, at a reserved place; `spare` goes into its spare word.
    pub fn set_value(&mut self, at: usize, value: &Value, spare: u32) -> Result<(), NotConstant> {
        self.value(at, value)?;
        self.put_u32(at + layout::VALUE_SPARE, spare);
        Ok(())
    }

    /// Writes the value that a string with these bytes is.
    pub fn set_string_value(&mut self, at: usize, bytes: &[u8], spare: u32) {
        let to = self.strings.intern(bytes);
        self.to_strings.push(at as u32);
        self.put_value(at, to.into(), Tag::String, spare);
    }

    /// The finished image.
    pub fn finish(mut self) -> Image {
        let start = (self.bytes.len() + 8).next_multiple_of(8);
        let strings = self.strings.into_bytes();
        self.bytes.reserve(start + strings.len() - self.bytes.len());
        self.bytes.resize(start, 0);
        for &at in &self.to_strings {
            let word = &mut self.bytes[at as usize..][..8];
            let to = word.first_chunk().copied().map_or(0, u64::from_ne_bytes);
            word.copy_from_slice(&(to + start as u64).to_ne_bytes());
        }
        self.bytes.extend_from_slice(&strings);
        let mut relocations = self.to_structures;
        relocations.append(&mut self.to_strings);
        Image { bytes: self.bytes, relocations, strings: start }
    }

    /// Writes a value at once, for its parts share a word.
    #[inline]
    fn put_value(&mut self, at: usize, payload: u64, tag: Tag, spare: u32) {
        let mut bytes = [0; layout::VALUE_SIZE];
        bytes[..8].copy_from_slice(&payload.to_ne_bytes());
        bytes[layout::VALUE_TAG] = tag as u8;
        if matches!(tag, Tag::String | Tag::Array) {
            bytes[layout::VALUE_FLAGS] = IMMUTABLE;
        }
        bytes[layout::VALUE_SPARE..][..4].copy_from_slice(&spare.to_ne_bytes());
        self.bytes[at..][..layout::VALUE_SIZE].copy_from_slice(&bytes);
    }

    #[inline]
    fn put_u32(&mut self, at: usize, word: u32) {
        self.bytes[at..at + 4].copy_from_slice(&word.to_ne_bytes());
    }

    #[inline]
    fn put_u64(&mut self, at: usize, word: u64) {
        self.bytes[at..at + 8].copy_from_slice(&word.to_ne_bytes());
    }

    fn get_u32(&self, at: usize) -> u32 {
        let mut word = [0; 4];
        word.copy_from_slice(&self.bytes[at..at + 4]);
        u32::from_ne_bytes(word)
    }
}

impl Image {
    /// Moves the image: adds `delta` to every address inside of it.
    pub fn relocate(&mut self, delta: u64) {
        for &at in &self.relocations {
            let at = at as usize;
            let mut word = [0; 8];
            word.copy_from_slice(&self.bytes[at..at + 8]);
            let moved = u64::from_ne_bytes(word).wrapping_add(delta);
            self.bytes[at..at + 8].copy_from_slice(&moved.to_ne_bytes());
        }
    }
}

/// Strings of an image that lie one right behind the other, each with its header, up to the next multiple of 8.
#[derive(Clone, Debug, Default)]
pub struct Strings<'b> {
    bytes: &'b [u8],
}

impl<'b> Strings<'b> {
    /// The strings in these bytes, up to the first thing that is none.
    pub fn of(bytes: &'b [u8]) -> Strings<'b> {
        Strings { bytes }
    }
}

impl<'b> Iterator for Strings<'b> {
    type Item = &'b [u8];

    fn next(&mut self) -> Option<&'b [u8]> {
        let (string, rest) = self.bytes.split_at(string_len(self.bytes)?);
        self.bytes = rest;
        Some(string)
    }
}

/// The size of the string that begins at the start of `bytes`; none if there is none.
fn string_len(bytes: &[u8]) -> Option<usize> {
    let (header, rest) = bytes.split_first_chunk::<STRING_HEADER>()?;
    let info = u32::from_ne_bytes(*header[layout::COUNTED_INFO..].first_chunk()?);
    let len = u64::from_ne_bytes(*header[layout::STRING_LEN..].first_chunk()?);
    if info != VmString::INFO | BLOCK_INFO | INFO_INTERNED || len >= rest.len() as u64 {
        return None;
    }
    // No overflow: this is hardly more than what there is.
    let end = STRING_HEADER + (len as usize + 1).next_multiple_of(8);
    (end <= bytes.len()).then_some(end)
}
