//! Members of a class by name.

use crate::kept::{self, List};
use phalanx_value::PhpString;
use phalanx_value::string::hash_bytes;

/// Insertion-ordered table of members by name. A part of a class: names in it are not counted.
pub struct Members<T> {
    list: List<(PhpString, T)>,
    /// Places in the list plus one by hash, 0 where nothing is; half of them at least. Empty as long as there are [`FEW`].
    index: List<u32>,
}

/// So many are looked through sooner than a hash table is made.
const FEW: usize = 8;

impl<T> Default for Members<T> {
    fn default() -> Self {
        Members { list: List::default(), index: List::default() }
    }
}

impl<T> Members<T> {
    /// The member called `name`.
    #[inline]
    pub fn get(&self, name: &[u8]) -> Option<&T> {
        self.place(name).map(|place| &self.list[place].1)
    }

    #[inline]
    fn place(&self, name: &[u8]) -> Option<usize> {
        if self.index.is_empty() {
            return self.list.iter().position(|(known, _)| **known == *name);
        }
        let mut slot = self.slot(hash_bytes(name));
        loop {
            let place = (self.index[slot] as usize).checked_sub(1)?;
            if *self.list[place].0 == *name {
                return Some(place);
            }
            slot = self.slot(slot as u64 + 1);
        }
    }

    fn slot(&self, hash: u64) -> usize {
        hash as usize & (self.index.len() - 1)
    }

    /// Adds or replaces (in its old place).
    pub fn insert(&mut self, name: PhpString, member: T) {
        if let Some(place) = self.place(&name) {
            self.list[place].1 = member;
            return;
        }
        self.list.push((kept::name(name), member));
        if self.list.len() * 2 <= self.index.len() {
            self.note(self.list.len() - 1);
        } else if self.list.len() > FEW {
            self.make_index();
        }
    }

    #[cold]
    fn make_index(&mut self) {
        let slots = (self.list.room() * 2).next_power_of_two();
        self.index = std::iter::repeat_n(0, slots).collect();
        (0..self.list.len()).for_each(|place| self.note(place));
    }

    /// Adds what is at a place of the list to the index.
    fn note(&mut self, place: usize) {
        let mut slot = self.slot(self.list[place].0.hash());
        while self.index[slot] != 0 {
            slot = self.slot(slot as u64 + 1);
        }
        self.index[slot] = place as u32 + 1;
    }

    /// Makes room for so many more.
    pub(crate) fn reserve(&mut self, more: usize) {
        self.list.reserve(more);
    }

    /// All in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.list.iter().map(|entry| &entry.1)
    }

    /// All in order with the names they are found by.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = (&PhpString, &T)> {
        self.list.iter().map(|entry| (&entry.0, &entry.1))
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}
