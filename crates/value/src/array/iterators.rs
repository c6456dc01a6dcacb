//! Positions of `foreach` by reference, which survive everything that happens to the array.
//!
//! A position is registered with the thread's table. Removing its element moves it to the next one, closing holes moves
//! it along. When the array is separated, the copy gets copies of the positions, and at the next step the loop finds out
//! which of the two arrays its variable has now. When the variable was given another array altogether, the loop goes on
//! at that array's internal pointer, as PHP's does.
//!
//! # Safety
//! An entry's array pointer is only compared, or used while the array counts the entry (`VmArray::iterators`).
#![allow(unsafe_code, reason = "entries hold pointers to arrays")]

use std::cell::UnsafeCell;
use std::ops::{Deref, DerefMut};
use std::ptr;

use super::raw::VmArray;
use super::{MAX_POS, PhpArray};
use crate::heap::heap;

/// A registered position. It must be given back with [`end`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct IteratorId(pub u32);

#[derive(Clone, Copy)]
struct Entry {
    /// Null when the array is gone; the entry itself when it is free.
    array: *mut VmArray,
    pos: u32,
    /// The ring of copies that separations made of this entry.
    next_copy: u32,
    used: bool,
}

/// All entries of a thread, and how many of them are free, so that none is looked for in vain.
struct Entries {
    list: Vec<Entry>,
    free: usize,
}

impl Deref for Entries {
    type Target = Vec<Entry>;

    fn deref(&self) -> &Vec<Entry> {
        &self.list
    }
}

impl DerefMut for Entries {
    fn deref_mut(&mut self) -> &mut Vec<Entry> {
        &mut self.list
    }
}

/// The positions of a thread.
pub(crate) struct IteratorTable {
    entries: UnsafeCell<Entries>,
}

impl IteratorTable {
    pub(crate) const fn new() -> IteratorTable {
        IteratorTable { entries: UnsafeCell::new(Entries { list: Vec::new(), free: 0 }) }
    }

    pub(crate) fn clear(&self) {
        // SAFETY: nothing in this statement runs foreign code.
        unsafe {
            let entries = &mut *self.entries.get();
            entries.list.clear();
            entries.free = 0;
        }
    }

    pub(crate) fn release(&self) {
        // SAFETY: nothing in this statement runs foreign code.
        unsafe { *self.entries.get() = Entries { list: Vec::new(), free: 0 } };
    }

    fn with<T>(&self, f: impl FnOnce(&mut Entries) -> T) -> T {
        // SAFETY: the closures of this module touch nothing but entries and counters of arrays.
        f(unsafe { &mut *self.entries.get() })
    }
}

fn add(entries: &mut Entries, array: *mut VmArray, pos: u32) -> u32 {
    // SAFETY: the callers hand in live arrays with one owner.
    unsafe { (*array).iterators += 1 };
    let reused = if entries.free == 0 { None } else { entries.iter().position(|e| !e.used) };
    let index = reused.unwrap_or(entries.len());
    let entry = Entry { array, pos, next_copy: index as u32, used: true };
    if index == entries.len() {
        entries.push(entry);
    } else {
        entries[index] = entry;
        entries.free -= 1;
    }
    index as u32
}

fn leave(entry: &mut Entry) {
    if !entry.array.is_null() {
        // SAFETY: an array takes itself out of its entries before it goes.
        unsafe { (*entry.array).iterators -= 1 };
        entry.array = ptr::null_mut();
    }
}

fn drop_copies(entries: &mut Entries, index: u32) {
    let mut next = entries[index as usize].next_copy;
    while next != index {
        let entry = &mut entries[next as usize];
        next = entry.next_copy;
        leave(entry);
        entry.used = false;
        entries.free += 1;
    }
    entries[index as usize].next_copy = index;
}

/// Registers a position of the array, which is separated first.
pub fn begin(array: &mut PhpArray, pos: u32) -> IteratorId {
    let raw = array.separate();
    IteratorId(heap().iterators.with(|entries| add(entries, raw, pos)))
}

/// The position in the array that the loop's variable has now. Separates the array when it is not the one from before.
pub fn position(id: IteratorId, array: &mut PhpArray) -> u32 {
    let raw = array.raw();
    let table = &heap().iterators;
    let known = table.with(|entries| {
        let entry = entries[id.0 as usize];
        if ptr::eq(entry.array, raw) {
            return Some(entry.pos);
        }
        let mut next = entry.next_copy;
        while next != id.0 {
            let copy = entries[next as usize];
            if ptr::eq(copy.array, raw) {
                // The copy is counted by the array; the entry takes its place.
                leave(&mut entries[id.0 as usize]);
                // SAFETY: the array of the loop's variable is live.
                unsafe { (*raw).iterators += 1 };
                entries[id.0 as usize].array = raw;
                entries[id.0 as usize].pos = copy.pos;
                drop_copies(entries, id.0);
                return Some(copy.pos);
            }
            next = copy.next_copy;
        }
        drop_copies(entries, id.0);
        leave(&mut entries[id.0 as usize]);
        None
    });
    if let Some(pos) = known {
        return pos;
    }
    let raw = array.separate();
    let pos = array.internal_pos();
    table.with(|entries| {
        // SAFETY: the array was separated just now.
        unsafe { (*raw).iterators += 1 };
        entries[id.0 as usize].array = raw;
        entries[id.0 as usize].pos = pos;
    });
    pos
}

/// Moves the position, after [`position`] told where it was.
pub fn set_position(id: IteratorId, pos: u32) {
    heap().iterators.with(|entries| entries[id.0 as usize].pos = pos);
}

/// Gives the position back.
pub fn end(id: IteratorId) {
    heap().iterators.with(|entries| {
        let index = id.0 as usize;
        if index >= entries.len() || !entries[index].used {
            return;
        }
        drop_copies(entries, id.0);
        leave(&mut entries[index]);
        entries[index].used = false;
        entries.free += 1;
        while entries.last().is_some_and(|e| !e.used) {
            entries.pop();
            entries.free -= 1;
        }
    });
}

/// Positions at `from` go to `to`.
#[cold]
pub(super) fn moved(array: *mut VmArray, from: u32, to: u32) {
    each(array, |entry| {
        if entry.pos == from {
            entry.pos = to;
        }
    });
}

/// Positions behind `used` go there.
#[cold]
pub(super) fn cut(array: *mut VmArray, used: u32) {
    each(array, |entry| {
        if entry.pos != MAX_POS {
            entry.pos = entry.pos.min(used);
        }
    });
}

/// The array was separated: the copy gets copies of the positions.
#[cold]
pub(super) fn copied(source: *const VmArray, copy: *mut VmArray) {
    heap().iterators.with(|entries| {
        for index in 0..entries.len() {
            let entry = entries[index];
            if entry.used && ptr::eq(entry.array, source) {
                let new = add(entries, copy, entry.pos);
                entries[new as usize].next_copy = entry.next_copy;
                entries[index].next_copy = new;
            }
        }
    });
}

/// The array is being freed.
#[cold]
pub(super) fn array_gone(array: *mut VmArray) {
    each(array, |entry| entry.array = ptr::null_mut());
}

fn each(array: *mut VmArray, mut f: impl FnMut(&mut Entry)) {
    heap().iterators.with(|entries| {
        entries.iter_mut().filter(|e| e.used && ptr::eq(e.array, array)).for_each(&mut f);
    });
}
