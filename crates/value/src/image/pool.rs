//! The strings of an image that is being put together: equal ones lie there once.
//!
//! They are found by the hash that their headers hold anyhow. Open addressing; a slot holds the upper half of the hash,
//! which is all that growing needs, and sends nearly everything away that is another string.

use super::BLOCK_INFO;
use crate::header::INFO_INTERNED;
use crate::layout;
use crate::string::{STRING_HEADER, VmString, hash_bytes};

/// Strings as they are to lie in the image, and a table of them.
#[derive(Default)]
pub(super) struct StringPool {
    bytes: Vec<u8>,
    /// As many as a power of two says, or none; at least half of them are empty.
    slots: Vec<Slot>,
    count: usize,
}

/// Empty when the hash is 0, which no string has.
#[derive(Clone, Copy, Default)]
struct Slot {
    hash: u32,
    at: u32,
}

const FIRST_SLOTS: usize = 64;

impl StringPool {
    /// A pool that most likely need not grow when the strings take so many bytes.
    pub(super) fn with_capacity(bytes: usize) -> StringPool {
        // Headers and all, a string of a script takes 70 bytes on the average.
        let slots = (bytes / 32).next_power_of_two().max(FIRST_SLOTS);
        StringPool { bytes: Vec::with_capacity(bytes), slots: vec![Slot::default(); slots], count: 0 }
    }

    /// Adds a string, if there is none with these bytes. Says where among the strings it is.
    pub(super) fn intern(&mut self, string: &[u8]) -> u32 {
        if self.count * 2 >= self.slots.len() {
            self.grow();
        }
        let hash = hash_bytes(string);
        let upper = (hash >> 32) as u32;
        let mask = self.slots.len() - 1;
        let mut index = upper as usize & mask;
        loop {
            let slot = self.slots[index];
            if slot.hash == 0 {
                break;
            }
            if slot.hash == upper && self.get(slot.at) == string {
                return slot.at;
            }
            index = (index + 1) & mask;
        }
        let at = self.bytes.len() as u32;
        self.slots[index] = Slot { hash: upper, at };
        self.count += 1;
        self.append(string, hash);
        at
    }

    /// The strings, one right behind the other.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The bytes of the string at this place.
    fn get(&self, at: u32) -> &[u8] {
        let string = &self.bytes[at as usize..];
        let len = string[layout::STRING_LEN..].first_chunk().copied().map_or(0, u64::from_ne_bytes);
        &string[STRING_HEADER..][..len as usize]
    }

    fn append(&mut self, string: &[u8], hash: u64) {
        let mut header = [0; STRING_HEADER];
        header[..4].copy_from_slice(&2_u32.to_ne_bytes());
        let info = VmString::INFO | BLOCK_INFO | INFO_INTERNED;
        header[layout::COUNTED_INFO..][..4].copy_from_slice(&info.to_ne_bytes());
        header[layout::STRING_HASH..][..8].copy_from_slice(&hash.to_ne_bytes());
        header[layout::STRING_LEN..][..8].copy_from_slice(&(string.len() as u64).to_ne_bytes());
        let padding = &[0; 8][string.len() % 8..];
        self.bytes.reserve(STRING_HEADER + string.len() + padding.len());
        self.bytes.extend_from_slice(&header);
        self.bytes.extend_from_slice(string);
        self.bytes.extend_from_slice(padding);
    }

    #[cold]
    fn grow(&mut self) {
        let len = (self.slots.len() * 2).max(FIRST_SLOTS);
        let old = std::mem::replace(&mut self.slots, vec![Slot::default(); len]);
        for slot in old.into_iter().filter(|slot| slot.hash != 0) {
            let mut index = slot.hash as usize & (len - 1);
            while self.slots[index].hash != 0 {
                index = (index + 1) & (len - 1);
            }
            self.slots[index] = slot;
        }
    }
}
