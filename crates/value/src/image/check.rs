//! Checks an image whose origin is not trusted: that every structure in it is what [`ImageBuilder`](super::ImageBuilder)
//! would have written.
//!
//! The rules are those of the builder, which makes them simple:
//!
//! - Each structure begins at a multiple of 8 and has its words for itself: a word that two structures claim is a flaw. So
//!   nothing can be reached twice, no structure can contain itself, and a check takes time in proportion to the image. Only
//!   strings are shared; they are checked once.
//! - Strings fill their part at the end without a gap, and nothing else lies there.
//! - The words that hold pointers are exactly the words that the list of relocations names. So what was checked is what
//!   will be there when the image has been moved.
//!
//! Whoever knows the structures around strings and arrays walks through them: it claims each, and asks for its pointers. A
//! flaw is an error with a place, never a panic, whatever the bytes are.

use super::BLOCK_INFO;
use crate::array::raw::{ARRAY_CLASS_SHIFT, ARRAY_HASH, CHAIN_END, NO_INDEX, index_bytes, mask_for};
use crate::header::{CLASS_NONE, INFO_INTERNED};
use crate::layout;
use crate::string::{STRING_HEADER, VmString, hash_bytes};
use crate::value::{IMMUTABLE, Tag};
use std::fmt;

/// What is wrong with an image, and where.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Flaw {
    /// Offset of the structure.
    pub at: usize,
    /// What is wrong with it.
    pub what: &'static str,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at offset {:#x}", self.what, self.at)
    }
}

/// A value of the image, as far as others must know it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// No value.
    Undef,
    /// An int.
    Int(i64),
    /// A string, at this offset.
    Str(usize),
    /// An array, at this offset.
    Array(usize),
    /// null, a bool or a float.
    Other,
}

/// A string or an array that a check has come across.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Found {
    /// Where it begins.
    pub at: usize,
    /// Its bytes, up to a multiple of 8.
    pub len: usize,
    /// Whether it is an array, with its elements, and no string.
    pub array: bool,
}

/// One bit for each word of the image.
struct Words(Vec<u64>);

impl Words {
    fn new(words: usize) -> Words {
        Words(vec![0; words.div_ceil(64)])
    }

    fn has(&self, word: usize) -> bool {
        self.0[word / 64] >> (word % 64) & 1 != 0
    }

    fn set(&mut self, word: usize) {
        self.0[word / 64] |= 1 << (word % 64);
    }

    /// Sets the bits of some words in a row; false if one was set.
    fn set_all(&mut self, first: usize, count: usize) -> bool {
        let (mut at, end) = (first, first + count);
        while at < end {
            let bits = (end - at).min(64 - at % 64);
            let mask = (!0 >> (64 - bits)) << (at % 64);
            if self.0[at / 64] & mask != 0 {
                return false;
            }
            self.0[at / 64] |= mask;
            at += bits;
        }
        true
    }
}

/// A check under way.
pub struct Checker<'a> {
    bytes: &'a [u8],
    /// Words that belong to a structure.
    claimed: Words,
    /// Words that hold pointers.
    pointers: Words,
    pointer_count: usize,
    /// Words at which a checked string begins.
    strings: Words,
    /// Where strings lie and nothing else does: from here on.
    strings_at: usize,
    /// Bytes of the checked strings.
    strings_len: usize,
    /// The end of the last one.
    strings_end: usize,
    /// Arrays that were found and are still to be checked.
    arrays: Vec<usize>,
    /// Heads of the chains of the array that is being checked.
    index: Vec<u32>,
    /// Strings and arrays so far, for who wants to know them.
    found: Option<Vec<Found>>,
}

impl<'a> Checker<'a> {
    /// Begins to check `bytes`, whose length must be a multiple of 8.
    ///
    /// # Errors
    /// The length.
    pub fn new(bytes: &'a [u8]) -> Result<Checker<'a>, Flaw> {
        if !bytes.len().is_multiple_of(8) || bytes.len() > i32::MAX as usize {
            return Err(Flaw { at: 0, what: "impossible length" });
        }
        let words = bytes.len() / 8;
        Ok(Checker {
            bytes,
            claimed: Words::new(words),
            pointers: Words::new(words),
            pointer_count: 0,
            strings: Words::new(words),
            strings_at: bytes.len(),
            strings_len: 0,
            strings_end: bytes.len(),
            arrays: Vec::new(),
            index: Vec::new(),
            found: None,
        })
    }

    /// From now on, keeps in mind where strings and arrays lie.
    pub fn record(&mut self) {
        self.found = Some(Vec::new());
    }

    /// The strings and arrays that were recorded, in the order in which they were come across.
    pub fn take_found(&mut self) -> Vec<Found> {
        self.found.take().unwrap_or_default()
    }

    fn note(&mut self, at: usize, end: usize, array: bool) {
        if let Some(found) = &mut self.found {
            found.push(Found { at, len: end.next_multiple_of(8) - at, array });
        }
    }

    /// The bytes.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Says from where on strings lie. Before that, none is accepted.
    ///
    /// # Errors
    /// It is no place for a string, or something else lies behind it.
    pub fn strings_from(&mut self, at: usize) -> Result<(), Flaw> {
        let free = |words: &Words| (at / 8..self.bytes.len() / 8).all(|word| !words.has(word));
        if !at.is_multiple_of(8) || at > self.bytes.len() || !free(&self.claimed) {
            return Err(Flaw { at, what: "strings in an impossible place" });
        }
        self.strings_at = at;
        self.strings_end = at;
        Ok(())
    }

    /// Notes that a structure lies there, and nothing else does.
    ///
    /// # Errors
    /// It does not lie inside of the image, it lies among the strings, or something else lies there.
    pub fn claim(&mut self, at: usize, len: usize) -> Result<(), Flaw> {
        self.claim_before(at, len, self.strings_at)
    }

    fn claim_before(&mut self, at: usize, len: usize, end: usize) -> Result<(), Flaw> {
        let len = len.next_multiple_of(8);
        if !at.is_multiple_of(8) || at > end || len > end - at {
            return Err(Flaw { at, what: "a structure outside of its part of the image" });
        }
        if !self.claimed.set_all(at / 8, len / 8) {
            return Err(Flaw { at, what: "two structures in one place" });
        }
        Ok(())
    }

    /// The 32-bit word in a claimed structure.
    pub fn u32(&self, at: usize) -> u32 {
        let mut word = [0; 4];
        word.copy_from_slice(&self.bytes[at..at + 4]);
        u32::from_ne_bytes(word)
    }

    /// The 64-bit word in a claimed structure.
    pub fn u64(&self, at: usize) -> u64 {
        let mut word = [0; 8];
        word.copy_from_slice(&self.bytes[at..at + 8]);
        u64::from_ne_bytes(word)
    }

    /// The offset that the pointer in a claimed structure holds.
    ///
    /// # Errors
    /// It points out of the image.
    pub fn pointer(&mut self, at: usize) -> Result<usize, Flaw> {
        self.pointers.set(at / 8);
        self.pointer_count += 1;
        match self.u64(at) {
            to if to <= self.bytes.len() as u64 => Ok(to as usize),
            _ => Err(Flaw { at, what: "a pointer out of the image" }),
        }
    }

    /// The same where a null pointer may be.
    ///
    /// # Errors
    /// It points out of the image.
    pub fn optional_pointer(&mut self, at: usize) -> Result<Option<usize>, Flaw> {
        if self.u64(at) == 0 { Ok(None) } else { self.pointer(at).map(Some) }
    }

    /// The string that the pointer at `at` leads to.
    ///
    /// # Errors
    /// There is no string as it should be.
    pub fn string(&mut self, at: usize) -> Result<&'a [u8], Flaw> {
        let to = self.pointer(at)?;
        self.string_at(to)
    }

    /// The same where a null pointer may be.
    ///
    /// # Errors
    /// There is no string as it should be.
    pub fn optional_string(&mut self, at: usize) -> Result<Option<&'a [u8]>, Flaw> {
        match self.optional_pointer(at)? {
            Some(to) => self.string_at(to).map(Some),
            None => Ok(None),
        }
    }

    fn string_at(&mut self, at: usize) -> Result<&'a [u8], Flaw> {
        let flaw = |what| Err(Flaw { at, what });
        if !at.is_multiple_of(8) || at < self.strings_at || at + STRING_HEADER > self.bytes.len() {
            return flaw("a string outside of its part of the image");
        }
        let len = self.u64(at + layout::STRING_LEN);
        if len >= (self.bytes.len() - at - STRING_HEADER) as u64 {
            return flaw("a string that is too long");
        }
        let start = at + STRING_HEADER;
        let end = start + len as usize;
        let bytes = &self.bytes[start..end];
        if self.strings.has(at / 8) {
            return Ok(bytes);
        }
        self.claim_before(at, STRING_HEADER + len as usize + 1, self.bytes.len())?;
        let padding = &self.bytes[end..(end + 1).next_multiple_of(8)];
        if self.u32(at) != 2
            || self.u32(at + layout::COUNTED_INFO) != VmString::INFO | BLOCK_INFO | INFO_INTERNED
            || padding.iter().any(|&byte| byte != 0)
        {
            return flaw("a string that is not immutable");
        }
        if self.u64(at + layout::STRING_HASH) != hash_bytes(bytes) {
            return flaw("a string with a wrong hash");
        }
        self.strings.set(at / 8);
        let end = (end + 1).next_multiple_of(8);
        self.strings_len += end - at;
        self.strings_end = self.strings_end.max(end);
        self.note(at, end, false);
        Ok(bytes)
    }

    /// The value in a claimed structure, and its spare word. Where `spare` is false that must be 0.
    ///
    /// # Errors
    /// It is no value that an image can have, or points to something that is not.
    pub fn value(&mut self, at: usize, spare: bool) -> Result<Shape, Flaw> {
        let shape = self.flat_value(at, spare)?;
        while let Some(array) = self.arrays.pop() {
            self.array_at(array)?;
        }
        Ok(shape)
    }

    /// The spare word of a value.
    pub fn spare(&self, at: usize) -> u32 {
        self.u32(at + layout::VALUE_SPARE)
    }

    /// A value without the insides of an array that it is, which are left for later.
    fn flat_value(&mut self, at: usize, spare: bool) -> Result<Shape, Flaw> {
        let flaw = |what| Err(Flaw { at, what });
        let payload = self.u64(at);
        let (tag, flags) = (self.bytes[at + layout::VALUE_TAG], self.bytes[at + layout::VALUE_FLAGS]);
        let is = |wanted: Tag| tag == wanted as u8;
        let counted = is(Tag::String) || is(Tag::Array);
        if flags != if counted { IMMUTABLE } else { 0 }
            || self.bytes[at + layout::VALUE_FLAGS + 1] != 0
            || self.bytes[at + layout::VALUE_FLAGS + 2] != 0
            || !spare && self.spare(at) != 0
        {
            return flaw("a value with wrong flags");
        }
        let empty = |shape| if payload == 0 { Ok(shape) } else { flaw("a value of more than its type") };
        if is(Tag::Undef) {
            empty(Shape::Undef)
        } else if is(Tag::Null) || is(Tag::False) || is(Tag::True) {
            empty(Shape::Other)
        } else if is(Tag::Int) {
            Ok(Shape::Int(payload as i64))
        } else if is(Tag::Float) {
            Ok(Shape::Other)
        } else if is(Tag::String) {
            let to = self.pointer(at)?;
            self.string_at(to)?;
            Ok(Shape::Str(to))
        } else if is(Tag::Array) {
            let to = self.pointer(at)?;
            self.arrays.push(to);
            Ok(Shape::Array(to))
        } else {
            flaw("a value of a type that is not constant")
        }
    }

    fn array_at(&mut self, at: usize) -> Result<(), Flaw> {
        let flaw = |what| Err(Flaw { at, what });
        self.claim(at, layout::ARRAY_SIZE)?;
        let used = self.u32(at + layout::ARRAY_USED);
        let hash = self.u32(at + layout::ARRAY_FLAGS) & ARRAY_HASH != 0;
        let flags = u32::from(CLASS_NONE) << ARRAY_CLASS_SHIFT | if hash { ARRAY_HASH } else { 0 };
        // Before anything is computed from it: each position takes at least a value.
        if used as usize > self.bytes.len() / layout::VALUE_SIZE {
            return flaw("an array that is too long");
        }
        let mask = if hash { mask_for(used) } else { NO_INDEX };
        if self.u32(at) != 2
            || self.u32(at + layout::COUNTED_INFO) != Tag::Array as u32 | BLOCK_INFO
            || self.u32(at + 8) != 0
            || self.u32(at + layout::ARRAY_FLAGS) != flags
            || self.u32(at + layout::ARRAY_CAPACITY) != used
            || self.u32(at + layout::ARRAY_MASK) != mask
            || self.u32(at + layout::ARRAY_POS) != 0
            || self.u32(at + layout::ARRAY_ITERATORS) != 0
            || hash && used == 0
        {
            return flaw("an array with a wrong header");
        }
        let data = at + layout::ARRAY_SIZE + if hash { index_bytes(mask) } else { 0 };
        // An empty one may have them at the end of the structures, but not where the first string begins.
        if self.pointer(at + layout::ARRAY_DATA)? != data || data >= self.strings_at {
            return flaw("an array whose elements are elsewhere");
        }
        if hash { self.hash(at, data, used, mask) } else { self.packed(at, data, used) }
    }

    fn packed(&mut self, at: usize, data: usize, used: u32) -> Result<(), Flaw> {
        let len = used as usize * layout::VALUE_SIZE;
        self.claim(data, len)?;
        self.note(at, data + len, true);
        let mut live = 0;
        for position in 0..used as usize {
            let shape = self.flat_value(data + position * layout::VALUE_SIZE, false)?;
            live += u32::from(shape != Shape::Undef);
        }
        let next_free = self.u64(at + layout::ARRAY_NEXT_FREE) as i64;
        if live != self.u32(at + layout::ARRAY_LEN)
            || next_free != if used == 0 { i64::MIN } else { i64::from(used) }
        {
            return Err(Flaw { at, what: "an array that counts wrongly" });
        }
        Ok(())
    }

    fn hash(&mut self, at: usize, data: usize, used: u32, mask: u32) -> Result<(), Flaw> {
        let flaw = |what| Err(Flaw { at, what });
        let entries = mask.wrapping_neg() as usize;
        let start = data - index_bytes(mask);
        let len = index_bytes(mask) + used as usize * layout::BUCKET_SIZE;
        self.claim(start, len)?;
        self.note(at, start + len, true);
        let mut index = std::mem::take(&mut self.index);
        index.clear();
        index.resize(entries, CHAIN_END);
        let mut greatest = None;
        for number in 0..used {
            let bucket = data + number as usize * layout::BUCKET_SIZE;
            if self.flat_value(bucket, false)? == Shape::Undef {
                return flaw("an array with a hole");
            }
            let upper = self.u32(bucket + layout::BUCKET_HASH);
            let chain = if upper == 0 {
                let int = self.u64(bucket + layout::BUCKET_KEY) as i64;
                greatest = greatest.max(Some(int));
                int as u32
            } else {
                let key = self.pointer(bucket + layout::BUCKET_KEY)?;
                self.string_at(key)?;
                if self.u32(key + layout::STRING_HASH_HIGH) != upper {
                    return flaw("an array whose key has another hash");
                }
                upper
            };
            // Numbered from the end, as the index is used: -1 is the entry right before the elements.
            let entry = entries - (chain | mask).wrapping_neg() as usize;
            if self.u32(bucket + layout::BUCKET_NEXT) != index[entry] {
                return flaw("an array with a wrong chain");
            }
            index[entry] = number;
        }
        let written = |entry: usize| self.u32(start + 4 * entry);
        if (0..entries).any(|entry| written(entry) != index[entry]) {
            return flaw("an array with a wrong index");
        }
        self.index = index;
        let next_free = self.u64(at + layout::ARRAY_NEXT_FREE) as i64;
        let follows = match greatest {
            Some(greatest) => next_free > greatest || next_free == i64::MAX,
            None => true,
        };
        if self.u32(at + layout::ARRAY_LEN) != used || !follows {
            return flaw("an array that counts wrongly");
        }
        Ok(())
    }

    /// What stands at the positions of a checked array, whose offset a [`Shape::Array`] gave. Of all but ints and holes it is
    /// not said what they are.
    pub fn elements(&self, array: usize) -> impl Iterator<Item = Shape> + use<'a> {
        let hash = self.u32(array + layout::ARRAY_FLAGS) & ARRAY_HASH != 0;
        let stride = if hash { layout::BUCKET_SIZE } else { layout::VALUE_SIZE };
        let data = self.u64(array + layout::ARRAY_DATA) as usize;
        let used = self.u32(array + layout::ARRAY_USED) as usize;
        let bytes = self.bytes;
        (0..used).map(move |number| {
            let at = data + number * stride;
            if bytes[at + layout::VALUE_TAG] == Tag::Undef as u8 {
                Shape::Undef
            } else if bytes[at + layout::VALUE_TAG] == Tag::Int as u8 {
                let mut word = [0; 8];
                word.copy_from_slice(&bytes[at..at + 8]);
                Shape::Int(i64::from_ne_bytes(word))
            } else {
                Shape::Other
            }
        })
    }

    /// Ends the check: the pointers that were seen must be those that the list of relocations at `at` names, which follows the
    /// last string.
    ///
    /// # Errors
    /// They are not.
    pub fn finish(&mut self, at: usize, count: usize) -> Result<(), Flaw> {
        let flaw = |at, what| Err(Flaw { at, what });
        if count != self.pointer_count {
            return flaw(at, "too many or too few relocations");
        }
        // They lie apart, so as many bytes as there are up to `at`, and none of them behind it, leave no gap.
        if at != self.strings_end || at != self.strings_at + self.strings_len {
            return flaw(at, "something between the strings");
        }
        self.claim_before(at, count.saturating_mul(4), self.bytes.len())?;
        for number in 0..count {
            let place = at + number * 4;
            let word = self.u32(place) as usize;
            if !word.is_multiple_of(8) || word >= self.bytes.len() || !self.pointers.has(word / 8) {
                return flaw(place, "a relocation of something that is no pointer");
            }
            // As many relocations as pointers, and none twice: so all.
            self.pointers.0[word / 512] &= !(1 << (word / 8 % 64));
        }
        Ok(())
    }
}
