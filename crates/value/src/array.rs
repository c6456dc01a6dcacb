//! PHP arrays: ordered maps from integers and strings to values, copied on write.
//!
//! `PhpArray` is a [`Value`] that is known to be an array, so that `&mut PhpArray` can be had from `&mut Value` for free
//! and the value's flags stay right whatever happens to the array. Cloning is a count (or nothing, for an immutable
//! array); every method that takes `&mut self` separates first when the array has other owners.
//!
//! The parts: [`raw`] has the block's two layouts, `find`, `insert` and `remove` work on them, [`iter`] and [`pos`] walk,
//! [`iterators`] keeps the positions of `foreach` by reference, [`sort`] and [`edit`] are what the standard library needs.
//!
//! # Safety
//! The value inside always has the tag `Array` and a payload that points to a live [`VmArray`].
#![allow(unsafe_code, reason = "arrays are blocks with two layouts")]

mod copy;
mod edit;
mod find;
mod insert;
pub mod iter;
pub mod iterators;
mod key;
mod pos;
pub mod raw;
mod remove;
mod sort;
mod sort_plain;

use std::ptr;

use crate::header::INFO_PROTECTED;
use crate::string::PhpString;
use crate::value::{COUNTED, IMMUTABLE, Tag, Value};

pub use iter::{IntoIter, Iter, IterMut};
pub use key::{ArrayKey, Key};
pub use raw::{Bucket, BucketKey, VmArray};
pub use sort::sort;
pub use sort_plain::{SortBy, SortStrings};

/// A position that no array has: "not begun", or "no such element".
pub const MAX_POS: u32 = u32::MAX;

/// A handle of an array: 16 bytes, see the module.
#[repr(transparent)]
pub struct PhpArray(Value);

/// The next key of the array would be beyond the largest integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextKeyOccupied;

impl PhpArray {
    /// The empty array. Takes no memory.
    #[inline(always)]
    pub const fn new() -> PhpArray {
        // SAFETY: the static is immutable and lives forever.
        PhpArray(unsafe { Value::from_block(raw::EMPTY.ptr().cast(), Tag::Array, IMMUTABLE) })
    }

    /// An empty array with room for `capacity` elements with keys 0, 1, 2, ...
    pub fn with_capacity(capacity: usize) -> PhpArray {
        if capacity == 0 {
            return PhpArray::new();
        }
        // SAFETY: the array is new and has one owner, this handle.
        unsafe { PhpArray::from_raw(VmArray::new_packed(room(capacity))) }
    }

    /// An empty array with room for `capacity` elements with string keys, or integers in no order.
    pub fn with_hash_capacity(capacity: usize) -> PhpArray {
        if capacity == 0 {
            return PhpArray::new();
        }
        // SAFETY: the array is new and has one owner, this handle.
        unsafe { PhpArray::from_raw(VmArray::new_hash(room(capacity))) }
    }

    /// An array with keys 0, 1, 2, ...
    pub fn from_list(values: impl IntoIterator<Item = Value>) -> PhpArray {
        values.into_iter().collect()
    }

    /// The array in a value; the value back when it is something else.
    #[inline(always)]
    pub fn from_value(value: Value) -> Result<PhpArray, Value> {
        if value.is_array() { Ok(PhpArray(value)) } else { Err(value) }
    }

    /// The array as a value.
    #[inline(always)]
    pub fn into_value(self) -> Value {
        self.0
    }

    /// The array seen as a value.
    #[inline(always)]
    pub const fn as_value(&self) -> &Value {
        &self.0
    }

    /// A handle that takes over one count of the block.
    ///
    /// # Safety
    /// The block is a live counted array, and the caller gives up one count of it.
    #[inline(always)]
    pub const unsafe fn from_raw(block: *mut VmArray) -> PhpArray {
        // SAFETY: the caller's promise.
        PhpArray(unsafe { Value::from_block(block.cast(), Tag::Array, COUNTED) })
    }

    /// A handle of an immutable block.
    ///
    /// # Safety
    /// The block is an array marked immutable that lives as long as any handle of it.
    #[inline(always)]
    pub const unsafe fn from_immutable(block: *mut VmArray) -> PhpArray {
        // SAFETY: the caller's promise.
        PhpArray(unsafe { Value::from_block(block.cast(), Tag::Array, IMMUTABLE) })
    }

    /// The block.
    #[inline(always)]
    pub fn raw(&self) -> *mut VmArray {
        self.0.payload_ptr().cast()
    }

    #[inline(always)]
    fn block(&self) -> &VmArray {
        // SAFETY: the block is live, and changes only through `&mut` of its only owner.
        unsafe { &*self.raw() }
    }

    /// The block, after making sure that this is its only owner.
    #[inline(always)]
    pub fn separate(&mut self) -> *mut VmArray {
        let block = self.raw();
        // SAFETY: the block is live.
        if self.0.is_counted() && unsafe { (*block).head.count() } == 1 {
            return block;
        }
        self.separate_slow()
    }

    #[cold]
    #[inline(never)]
    extern "C" fn separate_slow(&mut self) -> *mut VmArray {
        // SAFETY: the source is live; the copy has one owner, this handle.
        unsafe {
            let copy = VmArray::duplicate(self.raw());
            *self = PhpArray::from_raw(copy);
            copy
        }
    }

    /// Number of elements.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.block().len as usize
    }

    /// Whether there are no elements.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether both handles have one block.
    #[inline(always)]
    pub fn ptr_eq(&self, other: &PhpArray) -> bool {
        ptr::eq(self.raw(), other.raw())
    }

    /// How many owners the block has.
    pub fn ref_count(&self) -> u32 {
        self.block().head.count()
    }

    /// Whether the block is never counted, changed or freed.
    #[inline(always)]
    pub fn is_immutable(&self) -> bool {
        !self.0.is_counted()
    }

    /// Whether the array has the hash form (string keys, or integers out of order).
    #[inline(always)]
    pub fn is_hash(&self) -> bool {
        self.block().is_hash()
    }

    /// Whether the keys are 0, 1, 2, ... in this order.
    pub fn is_list(&self) -> bool {
        if !self.is_hash() {
            return self.block().used == self.block().len;
        }
        self.keys().enumerate().all(|(index, key)| key == Key::Int(index as i64))
    }

    /// The element with this key.
    #[inline]
    pub fn get<'k>(&self, key: impl Into<Key<'k>>) -> Option<&Value> {
        match key.into() {
            Key::Int(int) => self.get_int(int),
            Key::Str(string) => self.get_str(string),
        }
    }

    /// The element with this integer key.
    #[inline(always)]
    pub fn get_int(&self, key: i64) -> Option<&Value> {
        // SAFETY: the array is live and borrowed, so the element stays.
        unsafe { VmArray::find_int(self.raw(), key).as_ref() }
    }

    /// The element with this string key, which is not looked at as a number.
    #[inline(always)]
    pub fn get_str(&self, key: &PhpString) -> Option<&Value> {
        // SAFETY: the array is live and borrowed, so the element stays.
        unsafe { VmArray::find_str(self.raw(), key.raw()).as_ref() }
    }

    /// The element with these bytes as its string key, which is not looked at as a number.
    pub fn get_bytes(&self, key: impl AsRef<[u8]>) -> Option<&Value> {
        // SAFETY: the array is live and borrowed, so the element stays.
        unsafe { VmArray::find_bytes(self.raw(), key.as_ref()).as_ref() }
    }

    /// A copy of the element with this key, references followed.
    #[inline]
    pub fn get_value<'k>(&self, key: impl Into<Key<'k>>) -> Option<Value> {
        self.get(key).map(Value::deref_clone)
    }

    /// Whether there is an element with this key, `null` included.
    #[inline]
    pub fn contains<'k>(&self, key: impl Into<Key<'k>>) -> bool {
        self.get(key).is_some()
    }

    /// The element with this key, to be changed.
    #[inline]
    pub fn get_mut<'k>(&mut self, key: impl Into<Key<'k>>) -> Option<&mut Value> {
        let block = self.separate();
        // SAFETY: the array has one owner and is borrowed mutably, so the element stays.
        unsafe {
            match key.into() {
                Key::Int(int) => VmArray::find_int(block, int),
                Key::Str(string) => VmArray::find_str(block, string.raw()),
            }
            .as_mut()
        }
    }

    /// The element with this key, made `null` when it is not there.
    #[inline]
    pub fn get_or_insert<'k>(&mut self, key: impl Into<Key<'k>>) -> &mut Value {
        let block = self.separate();
        // SAFETY: the array has one owner and is borrowed mutably, so the element stays; a new one is given a value.
        unsafe {
            let (slot, existed) = match key.into() {
                Key::Int(int) => VmArray::entry_int(block, int),
                Key::Str(string) => VmArray::entry_str(block, string.raw()),
            };
            if !existed {
                slot.write(Value::NULL);
            }
            &mut *slot
        }
    }

    /// Sets the element with this key; the old one is handed back. References are replaced, not written through.
    #[inline]
    pub fn insert<'k>(&mut self, key: impl Into<Key<'k>>, value: impl Into<Value>) -> Option<Value> {
        let block = self.separate();
        let value = value.into();
        // SAFETY: the array has one owner and is borrowed mutably; a new element is given its value at once.
        unsafe {
            let (slot, existed) = match key.into() {
                Key::Int(int) => VmArray::entry_int(block, int),
                Key::Str(string) => VmArray::entry_str(block, string.raw()),
            };
            if existed {
                Some((*slot).replace(value))
            } else {
                slot.write(value);
                None
            }
        }
    }

    /// Sets the element whose string key has these bytes (not looked at as a number).
    pub fn insert_bytes(&mut self, key: impl AsRef<[u8]>, value: impl Into<Value>) -> Option<Value> {
        self.insert(Key::Str(&PhpString::from_bytes(key.as_ref())), value)
    }

    /// Appends an element. Fails, with the value dropped, when the largest integer is a key already.
    #[inline]
    pub fn push(&mut self, value: impl Into<Value>) -> Result<(), NextKeyOccupied> {
        let block = self.separate();
        // SAFETY: the array has one owner and is borrowed mutably; a new element is given its value at once.
        unsafe {
            let slot = VmArray::push_slot(block);
            if slot.is_null() {
                return Err(NextKeyOccupied);
            }
            slot.write(value.into());
        }
        Ok(())
    }

    /// Appends values as long as there is room for them in a list.
    fn fill(&mut self, values: &mut impl Iterator<Item = Value>) {
        let block = self.separate();
        // SAFETY: the array has one owner and is borrowed mutably; of the packed form, places from `used` on belong to no
        // element. They are counted when they are filled: if the iterator panics they are only lost.
        unsafe {
            let array = &mut *block;
            let next = if array.next_free == i64::MIN { 0 } else { array.next_free };
            if array.is_hash() || next != i64::from(array.used) {
                return;
            }
            let first = array.values().add(array.used as usize);
            let room = (array.capacity - array.used) as usize;
            let mut count = 0;
            while count < room
                && let Some(value) = values.next()
            {
                first.add(count).write(value);
                count += 1;
            }
            if count > 0 {
                array.used += count as u32;
                array.len += count as u32;
                array.next_free = array.used.into();
            }
        }
    }

    /// Takes out the element with this key.
    pub fn remove<'k>(&mut self, key: impl Into<Key<'k>>) -> Option<Value> {
        let key = key.into();
        // An array that does not have the key is not worth a copy.
        self.get(key)?;
        let block = self.separate();
        // SAFETY: the array has one owner; the position is that of a live element.
        unsafe {
            let slot = match key {
                Key::Int(int) => VmArray::find_int(block, int),
                Key::Str(string) => VmArray::find_str(block, string.raw()),
            };
            if slot.is_null() {
                return None;
            }
            Some(VmArray::remove_at(block, VmArray::position_of(block, slot)))
        }
    }

    /// Drops all elements and forgets the next key.
    pub fn clear(&mut self) {
        *self = PhpArray::new();
    }

    /// Makes room for `extra` more elements.
    pub fn reserve(&mut self, extra: usize) {
        if extra == 0 {
            return;
        }
        let block = self.separate();
        // SAFETY: the array has one owner.
        unsafe {
            let want = room((*block).used as usize + extra);
            if want > (*block).capacity {
                if (*block).is_hash() {
                    VmArray::grow_hash(block, want);
                } else {
                    VmArray::grow_packed(block, want);
                }
            }
        }
    }

    /// The key of the next [`push`](PhpArray::push); `None` when there is none left.
    pub fn next_free(&self) -> Option<i64> {
        match self.block().next_free {
            i64::MIN => Some(0),
            i64::MAX if self.contains(i64::MAX) => None,
            next => Some(next),
        }
    }

    /// Sets the key of the next `push`, as `array_pop` and `array_shift` do.
    pub fn set_next_free(&mut self, key: i64) {
        let block = self.separate();
        // SAFETY: the array has one owner.
        unsafe { (*block).next_free = key };
    }

    /// Marks that a walk is inside of the array; false when one is already (the array contains itself).
    /// Immutable arrays cannot contain themselves.
    pub fn enter(&self) -> bool {
        if self.is_immutable() {
            return true;
        }
        if self.block().head.has(INFO_PROTECTED) {
            return false;
        }
        self.block().head.set_bits(INFO_PROTECTED);
        true
    }

    /// Ends what [`enter`](PhpArray::enter) began.
    pub fn leave(&self) {
        if !self.is_immutable() {
            self.block().head.clear_bits(INFO_PROTECTED);
        }
    }
}

fn room(capacity: usize) -> u32 {
    u32::try_from(capacity).unwrap_or(u32::MAX)
}

impl Clone for PhpArray {
    #[inline(always)]
    fn clone(&self) -> PhpArray {
        PhpArray(self.0.clone())
    }
}

impl Default for PhpArray {
    fn default() -> PhpArray {
        PhpArray::new()
    }
}

impl std::fmt::Debug for PhpArray {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.enter() {
            return f.write_str("*RECURSION*");
        }
        let result = f.debug_map().entries(self.iter()).finish();
        self.leave();
        result
    }
}

impl FromIterator<Value> for PhpArray {
    fn from_iter<I: IntoIterator<Item = Value>>(values: I) -> PhpArray {
        let values = values.into_iter();
        let mut array = PhpArray::with_capacity(values.size_hint().0);
        array.extend(values);
        array
    }
}

impl FromIterator<(ArrayKey, Value)> for PhpArray {
    fn from_iter<I: IntoIterator<Item = (ArrayKey, Value)>>(entries: I) -> PhpArray {
        let mut array = PhpArray::new();
        for (key, value) in entries {
            array.insert(&key, value);
        }
        array
    }
}

impl Extend<Value> for PhpArray {
    fn extend<I: IntoIterator<Item = Value>>(&mut self, values: I) {
        let mut values = values.into_iter();
        while let Some(value) = values.next() {
            // An array whose largest key is taken stays as it is, like `[] =` after its warning.
            let _ = self.push(value);
            self.fill(&mut values);
        }
    }
}
