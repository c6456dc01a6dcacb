//! Tables from names to what a request or the registry has by them.
//!
//! Names are looked up all the time, and most are strings of scripts, which know their hash. So the tables go by that hash, and
//! a name that is looked up in several of them is hashed once at most.
//!
//! ```text
//!  index    │ hash 17, entry 1 │ empty │ hash 42, entry 0 │ …      open addressing, as a power of two
//!  entries  │ name, value │ name, value │ …                       in the order of insertion
//! ```

use crate::spare::Reuse;
use phalanx_value::PhpString;
use phalanx_value::string::hash_bytes;
use std::borrow::Cow;

/// The bytes of a name with their hash.
#[derive(Clone, Copy)]
pub struct Hashed<'n> {
    /// As [`hash_bytes`] computes it.
    pub hash: u64,
    /// The name.
    pub bytes: &'n [u8],
}

/// What can be looked up in a table of names.
pub trait Name {
    /// The name with its hash.
    fn hashed(&self) -> Hashed<'_>;

    /// The name.
    #[inline]
    fn bytes(&self) -> &[u8] {
        self.hashed().bytes
    }
}

impl Name for PhpString {
    #[inline]
    fn hashed(&self) -> Hashed<'_> {
        Hashed { hash: self.hash(), bytes: self.as_bytes() }
    }

    #[inline]
    fn bytes(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl Name for Hashed<'_> {
    #[inline]
    fn hashed(&self) -> Hashed<'_> {
        *self
    }
}

impl Name for [u8] {
    #[inline]
    fn hashed(&self) -> Hashed<'_> {
        Hashed { hash: hash_bytes(self), bytes: self }
    }
}

impl<const N: usize> Name for [u8; N] {
    #[inline]
    fn hashed(&self) -> Hashed<'_> {
        self[..].hashed()
    }
}

macro_rules! bytes {
    ($($ty:ty),*) => {$(
        impl Name for $ty {
            #[inline]
            fn hashed(&self) -> Hashed<'_> {
                self[..].hashed()
            }
        }
    )*};
}

bytes!(&[u8], Box<[u8]>, Vec<u8>, Cow<'_, [u8]>);

/// An ordered table of names.
#[derive(Clone, Debug)]
pub struct NameTable<K, V> {
    entries: Vec<(K, V)>,
    index: Vec<Slot>,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    hash: u32,
    entry: u32,
}

impl Slot {
    const EMPTY: Slot = Slot { hash: 0, entry: u32::MAX };

    fn is_empty(self) -> bool {
        self.entry == u32::MAX
    }
}

/// The part of a hash by which a table goes. The top bit says nothing, see [`hash_bytes`].
#[inline]
fn part(hash: u64) -> u32 {
    (hash >> 16) as u32
}

impl<K, V> Default for NameTable<K, V> {
    fn default() -> NameTable<K, V> {
        NameTable { entries: Vec::new(), index: Vec::new() }
    }
}

impl<K: Name, V> NameTable<K, V> {
    /// An empty table with room for so many names.
    pub fn with_capacity(names: usize) -> NameTable<K, V> {
        NameTable { entries: Vec::with_capacity(names), index: vec![Slot::EMPTY; slots(names)] }
    }

    /// The value of a name.
    #[inline]
    pub fn get(&self, name: &(impl Name + ?Sized)) -> Option<&V> {
        let place = self.find(name.hashed()).ok()?;
        Some(&self.entries[self.index[place].entry as usize].1)
    }

    /// Whether the name is there.
    #[inline]
    pub fn contains(&self, name: &(impl Name + ?Sized)) -> bool {
        self.find(name.hashed()).is_ok()
    }

    /// Sets the value of a name and gives the one it had.
    pub fn insert(&mut self, name: K, value: V) -> Option<V> {
        match self.find_or_grow(name.hashed()) {
            Ok(place) => {
                let entry = &mut self.entries[self.index[place].entry as usize];
                Some(std::mem::replace(&mut entry.1, value))
            }
            Err(place) => {
                self.put(place, name, value);
                None
            }
        }
    }

    /// Adds a name, unless it is there.
    pub fn add(&mut self, name: K, value: V) -> bool {
        let place = self.find_or_grow(name.hashed());
        if let Err(place) = place {
            self.put(place, name, value);
        }
        place.is_err()
    }

    /// Takes a name out. As this is rare, it takes time in proportion to the table.
    pub fn remove(&mut self, name: &(impl Name + ?Sized)) -> Option<V> {
        let place = self.find(name.hashed()).ok()?;
        let (_, value) = self.entries.remove(self.index[place].entry as usize);
        self.index.fill(Slot::EMPTY);
        for entry in 0..self.entries.len() {
            let hash = part(self.entries[entry].0.hashed().hash);
            let free = free_place(&self.index, hash);
            self.index[free] = Slot { hash, entry: entry as u32 };
        }
        Some(value)
    }

    /// Names in the order of their insertion.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &K> {
        self.entries.iter().map(|entry| &entry.0)
    }

    /// The place in the index of a name, or the one where it would be; of nothing in an index without room.
    #[inline]
    fn find(&self, name: Hashed<'_>) -> Result<usize, usize> {
        let hash = part(name.hash);
        let mask = self.index.len().wrapping_sub(1);
        let mut place = hash as usize & mask;
        // There is always an empty slot, save in an index of none.
        while let Some(slot) = self.index.get(place).filter(|slot| !slot.is_empty()) {
            if slot.hash == hash && same(self.entries[slot.entry as usize].0.bytes(), name.bytes) {
                return Ok(place);
            }
            place = (place + 1) & mask;
        }
        Err(place)
    }

    /// The same with room for one more name.
    #[inline]
    fn find_or_grow(&mut self, name: Hashed<'_>) -> Result<usize, usize> {
        if slots(self.entries.len() + 1) > self.index.len() {
            self.grow();
        }
        self.find(name)
    }

    #[cold]
    fn grow(&mut self) {
        let mut index = vec![Slot::EMPTY; slots(self.entries.len() + 1)];
        for slot in self.index.iter().filter(|slot| !slot.is_empty()) {
            let free = free_place(&index, slot.hash);
            index[free] = *slot;
        }
        self.index = index;
    }

    #[inline]
    fn put(&mut self, place: usize, name: K, value: V) {
        self.index[place] = Slot { hash: part(name.hashed().hash), entry: self.entries.len() as u32 };
        self.entries.push((name, value));
    }
}

/// How many slots there are for so many names. Half of them stay empty at least, since a search ends at an empty one, and most
/// are for names that are not there.
#[inline]
fn slots(names: usize) -> usize {
    (names * 2).next_power_of_two().max(8)
}

/// Where in an index that has an empty slot something of a hash goes.
fn free_place(index: &[Slot], hash: u32) -> usize {
    let mask = index.len() - 1;
    let mut place = hash as usize & mask;
    while !index[place].is_empty() {
        place = (place + 1) & mask;
    }
    place
}

/// Whether two names are the same: mostly the very same bytes.
#[inline]
fn same(a: &[u8], b: &[u8]) -> bool {
    std::ptr::eq(a, b) || a == b
}

impl<K, V> Reuse for NameTable<K, V> {
    fn empty(&mut self) {
        if self.entries.is_empty() {
            return;
        }
        let few = slots(self.entries.len() * 4);
        self.entries.empty();
        if self.index.len() > few {
            self.index = Vec::new();
        }
        self.index.fill(Slot::EMPTY);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(number: u32) -> Vec<u8> {
        format!("name {number}").into_bytes()
    }

    /// A table of the names `0..count`, and that it has them and no others.
    fn check(table: &NameTable<Vec<u8>, u32>, count: u32, without: Option<u32>) {
        for number in 0..count + 10 {
            let wanted = Some(number).filter(|&number| number < count && Some(number) != without);
            assert_eq!(table.get(&name(number)).copied(), wanted);
            assert_eq!(table.contains(&name(number)), wanted.is_some());
        }
        let names: Vec<Vec<u8>> = (0..count).filter(|&number| Some(number) != without).map(name).collect();
        assert!(table.names().eq(&names), "in the order of insertion");
    }

    #[test]
    fn names_are_found() {
        let mut table = NameTable::default();
        check(&table, 0, None);
        for number in 0..1000 {
            assert!(table.add(name(number), number));
            assert!(!table.add(name(number), 7));
            assert_eq!(table.insert(name(number), number), Some(number));
        }
        check(&table, 1000, None);
        assert_eq!(table.remove(&name(500)), Some(500));
        assert_eq!(table.remove(&name(500)), None);
        check(&table, 1000, Some(500));
    }

    #[test]
    fn memory_is_used_again_if_it_is_not_too_much() {
        let mut table = NameTable::with_capacity(3);
        let mut fill = |count: u32| {
            (0..count).for_each(|number| assert!(table.add(name(number), number)));
            check(&table, count, None);
            table.empty();
            check(&table, 0, None);
            table.index.len()
        };
        let large = fill(1000);
        assert_eq!(large, slots(1000));
        assert_eq!(fill(800), large);
        assert_eq!(fill(10), 0);
        assert_eq!(fill(10), slots(10));
    }

    #[test]
    fn strings_and_bytes_have_one_hash() {
        let mut table = NameTable::default();
        table.insert(PhpString::from_bytes(b"strlen"), ());
        assert!(table.contains(b"strlen") && table.contains(&b"strlen"[..]));
        assert!(table.contains(&PhpString::from_bytes(b"strlen")));
    }
}
