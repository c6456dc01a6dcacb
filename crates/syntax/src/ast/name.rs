//! Names and the string pool that holds their bytes.
//!
//! Every identifier, variable name and string literal of a file is interned in one [`StringPool`]: two [`Sym`]s of one
//! `Ast` are equal exactly when their bytes are equal. Case is kept; folding it is the compiler's business.

use phalanx_base::Id;
use std::ops::Range;

phalanx_base::define_id!(
    /// An interned byte string of one [`Ast`](super::Ast).
    pub struct Sym;
);

impl Sym {
    /// The empty string, present in every pool.
    pub fn empty() -> Self {
        Self::from_index(0)
    }

    /// `this`, present in every pool: the variable `$this` is recognised by one comparison.
    pub fn this() -> Self {
        Self::from_index(1)
    }
}

/// How a name was written; decides how it is resolved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NameKind {
    /// `foo`: also `self`, `parent` and `static` where a class is named.
    Unqualified,
    /// `foo\bar`.
    Qualified,
    /// `\foo` or `\foo\bar`; the symbol has no leading backslash.
    FullyQualified,
    /// `namespace\foo`; the symbol is what follows `namespace\`.
    Relative,
}

/// A possibly namespaced name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Name {
    /// The name without leading backslash and without `namespace\`.
    pub sym: Sym,
    /// How it was written.
    pub kind: NameKind,
}

/// The interned byte strings of one file.
///
/// Open addressing; a slot holds the raw symbol and its hash, so that a probe rarely touches an entry or bytes that do not
/// match.
#[derive(Clone)]
pub struct StringPool {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    slots: Vec<Slot>,
}

#[derive(Clone, Copy)]
struct Entry {
    start: u32,
    len: u32,
}

/// Empty when the symbol is 0.
#[derive(Clone, Copy, Default)]
struct Slot {
    raw: u32,
    hash: u32,
}

const FIRST_SLOTS: usize = 256;

impl Default for StringPool {
    fn default() -> Self {
        Self::new()
    }
}

impl StringPool {
    /// A pool that holds the well-known symbols only.
    pub fn new() -> Self {
        let mut pool = Self {
            bytes: Vec::with_capacity(1024),
            entries: Vec::with_capacity(64),
            slots: vec![Slot::default(); FIRST_SLOTS],
        };
        let empty = pool.intern(b"");
        let this = pool.intern(b"this");
        debug_assert!(empty == Sym::empty() && this == Sym::this());
        pool
    }

    /// The bytes of a symbol.
    #[inline]
    pub fn get(&self, sym: Sym) -> &[u8] {
        let entry = self.entries[sym.index()];
        &self.bytes[entry.start as usize..][..entry.len as usize]
    }

    /// All strings, one behind the other.
    pub fn text(&self) -> &[u8] {
        &self.bytes
    }

    /// Where the bytes of a symbol lie in [`StringPool::text`].
    pub fn place(&self, sym: Sym) -> Range<u32> {
        let entry = self.entries[sym.index()];
        entry.start..entry.start + entry.len
    }

    /// The number of different strings.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Never true: the well-known symbols are always there.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The symbol of `text`, added when it is new.
    #[inline]
    pub fn intern(&mut self, text: &[u8]) -> Sym {
        let hash = hash_bytes(text);
        match self.find(text, hash) {
            Ok(sym) => sym,
            Err(place) => self.add(text, hash, place),
        }
    }

    /// The symbol of `text` when it is already there.
    pub fn lookup(&self, text: &[u8]) -> Option<Sym> {
        self.find(text, hash_bytes(text)).ok()
    }

    /// The symbol of `text`, or the slot where it belongs.
    #[inline]
    fn find(&self, text: &[u8], hash: u32) -> Result<Sym, usize> {
        let mask = self.slots.len() - 1;
        let mut place = hash as usize & mask;
        loop {
            let slot = self.slots[place];
            let Some(sym) = Sym::from_raw(slot.raw) else { return Err(place) };
            if slot.hash == hash && same_bytes(self.get(sym), text) {
                return Ok(sym);
            }
            place = (place + 1) & mask;
        }
    }

    /// Bytes of memory that the pool's contents take.
    pub fn memory(&self) -> usize {
        self.bytes.len() + self.entries.len() * size_of::<Entry>() + self.slots.len() * size_of::<Slot>()
    }

    #[cold]
    #[inline(never)]
    fn add(&mut self, text: &[u8], hash: u32, place: usize) -> Sym {
        let start = u32::try_from(self.bytes.len()).expect("string pool below 4 GiB, as sources are");
        self.bytes.extend_from_slice(text);
        let sym = Sym::from_index(self.entries.len());
        self.entries.push(Entry { start, len: text.len() as u32 });
        self.slots[place] = Slot { raw: sym.to_raw(), hash };
        // At most half full keeps probe runs short.
        if self.entries.len() * 2 > self.slots.len() {
            self.grow();
        }
        sym
    }

    fn grow(&mut self) {
        let size = self.slots.len() * 4;
        let mask = size - 1;
        let mut slots = vec![Slot::default(); size];
        for slot in self.slots.iter().filter(|slot| slot.raw != 0) {
            let mut place = slot.hash as usize & mask;
            while slots[place].raw != 0 {
                place = (place + 1) & mask;
            }
            slots[place] = *slot;
        }
        self.slots = slots;
    }
}

/// Equality without a call: most names have a few bytes.
#[inline]
fn same_bytes(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let (mut a, mut b) = (a, b);
    while let (Some((left, a_rest)), Some((right, b_rest))) =
        (a.split_first_chunk::<8>(), b.split_first_chunk::<8>())
    {
        if left != right {
            return false;
        }
        (a, b) = (a_rest, b_rest);
    }
    a.iter().zip(b).all(|(left, right)| left == right)
}

/// A multiplicative hash over 8-byte words. Sources are trusted to the extent that they are executed, so resistance
/// against chosen collisions is not asked for.
#[inline]
fn hash_bytes(text: &[u8]) -> u32 {
    const K: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut hash = text.len() as u64;
    let mut rest = text;
    while let Some((word, tail)) = rest.split_first_chunk::<8>() {
        hash = (hash.rotate_left(5) ^ u64::from_le_bytes(*word)).wrapping_mul(K);
        rest = tail;
    }
    let mut last = 0u64;
    if let Some((word, tail)) = rest.split_first_chunk::<4>() {
        last = u64::from(u32::from_le_bytes(*word));
        rest = tail;
    }
    for &byte in rest {
        last = last << 8 | u64::from(byte);
    }
    hash = (hash.rotate_left(5) ^ last).wrapping_mul(K);
    (hash >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interning_is_injective() {
        let mut pool = StringPool::new();
        let texts: Vec<Vec<u8>> = (0..5000).map(|i| format!("name{i}").into_bytes()).collect();
        let syms: Vec<Sym> = texts.iter().map(|text| pool.intern(text)).collect();
        for (text, &sym) in texts.iter().zip(&syms) {
            assert_eq!(pool.intern(text), sym);
            assert_eq!(pool.get(sym), &text[..]);
            assert_eq!(pool.lookup(text), Some(sym));
        }
        assert_eq!(pool.lookup(b"absent"), None);
        assert_eq!(pool.intern(b"this"), Sym::this());
        assert_eq!(pool.intern(b""), Sym::empty());
    }
}
