//! Walks over arrays.
//!
//! # Safety
//! A walk borrows the handle, so the block neither changes nor goes while it lasts.
#![allow(unsafe_code, reason = "walks read blocks with two layouts")]

use std::marker::PhantomData;

use super::raw::{Bucket, VmArray};
use super::{ArrayKey, Key, PhpArray};
use crate::string::PhpString;
use crate::value::Value;

/// Elements in order, holes skipped.
#[derive(Clone)]
pub struct Iter<'a> {
    block: *const VmArray,
    pos: u32,
    end: u32,
    array: PhantomData<&'a PhpArray>,
}

/// Elements in order, to be changed.
pub struct IterMut<'a> {
    block: *mut VmArray,
    pos: u32,
    end: u32,
    array: PhantomData<&'a mut PhpArray>,
}

/// Elements in order, moved out when the array has no other owner.
pub struct IntoIter {
    array: PhpArray,
    pos: u32,
}

/// The key of a bucket.
///
/// # Safety
/// The bucket is initialised and stays for `'a`.
#[inline(always)]
pub(super) unsafe fn bucket_key<'a>(bucket: *const Bucket) -> Key<'a> {
    // SAFETY: the hash tells which member of the key is meant.
    unsafe {
        if (*bucket).hash == 0 {
            Key::Int((*bucket).key.int)
        } else {
            Key::Str(PhpString::from_slot(&(*bucket).key.string))
        }
    }
}

/// Key and value at a position below `used`; `None` for a hole.
///
/// # Safety
/// The block is live, and stays as it is for `'a`.
#[inline(always)]
pub(super) unsafe fn entry_at<'a>(block: *const VmArray, pos: u32) -> Option<(Key<'a>, *mut Value)> {
    // SAFETY: the caller's promise.
    unsafe {
        let value = (*block).value_at(pos);
        if (*value).is_undef() {
            return None;
        }
        let key = if (*block).is_hash() { bucket_key(value.cast()) } else { Key::Int(i64::from(pos)) };
        Some((key, value))
    }
}

impl<'a> Iterator for Iter<'a> {
    type Item = (Key<'a>, &'a Value);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        while self.pos < self.end {
            let pos = self.pos;
            self.pos += 1;
            // SAFETY: the array is borrowed for `'a`.
            if let Some((key, value)) = unsafe { entry_at(self.block, pos) } {
                // SAFETY: as above.
                return Some((key, unsafe { &*value }));
            }
        }
        None
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some((self.end - self.pos) as usize))
    }
}

impl DoubleEndedIterator for Iter<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        while self.pos < self.end {
            self.end -= 1;
            // SAFETY: the array is borrowed for the lifetime of the walk.
            if let Some((key, value)) = unsafe { entry_at(self.block, self.end) } {
                // SAFETY: as above.
                return Some((key, unsafe { &*value }));
            }
        }
        None
    }
}

impl<'a> Iterator for IterMut<'a> {
    type Item = (Key<'a>, &'a mut Value);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        while self.pos < self.end {
            let pos = self.pos;
            self.pos += 1;
            // SAFETY: the array has one owner and is borrowed mutably for `'a`; each position is visited once.
            if let Some((key, value)) = unsafe { entry_at(self.block, pos) } {
                // SAFETY: as above.
                return Some((key, unsafe { &mut *value }));
            }
        }
        None
    }
}

impl Iterator for IntoIter {
    type Item = (ArrayKey, Value);

    fn next(&mut self) -> Option<Self::Item> {
        let block = self.array.raw();
        // SAFETY: the array is owned by the walk; with one owner nobody else sees that its elements are moved out.
        unsafe {
            while self.pos < (*block).used {
                let pos = self.pos;
                self.pos += 1;
                let Some((key, value)) = entry_at(block, pos) else { continue };
                let value = if self.array.0.is_counted() && (*block).head.count() == 1 {
                    (*value).replace(Value::UNDEF)
                } else {
                    (*value).clone()
                };
                return Some((key.to_owned(), value));
            }
        }
        None
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.array.block().used.saturating_sub(self.pos) as usize))
    }
}

impl PhpArray {
    /// Elements in order.
    #[inline]
    pub fn iter(&self) -> Iter<'_> {
        Iter { block: self.raw(), pos: 0, end: self.block().used, array: PhantomData }
    }

    /// Elements in order, to be changed.
    pub fn iter_mut(&mut self) -> IterMut<'_> {
        let block = self.separate();
        // SAFETY: the block is live.
        let end = unsafe { (*block).used };
        IterMut { block, pos: 0, end, array: PhantomData }
    }

    /// Keys in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = Key<'_>> + Clone {
        self.iter().map(|(key, _)| key)
    }

    /// Values in order.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &Value> + Clone {
        self.iter().map(|(_, value)| value)
    }

    /// Values in order, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Value> {
        self.iter_mut().map(|(_, value)| value)
    }

    /// The elements as a slice, when the array is packed. Holes are `Undef`.
    #[inline(always)]
    pub fn as_packed(&self) -> Option<&[Value]> {
        let block = self.block();
        if block.is_hash() {
            return None;
        }
        // SAFETY: the first `used` values of a packed array are initialised, and the array is borrowed. The address of
        // an array without room is aligned and not null.
        Some(unsafe { std::slice::from_raw_parts(block.values(), block.used as usize) })
    }
}

impl<'a> IntoIterator for &'a PhpArray {
    type Item = (Key<'a>, &'a Value);
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

impl IntoIterator for PhpArray {
    type Item = (ArrayKey, Value);
    type IntoIter = IntoIter;

    fn into_iter(self) -> IntoIter {
        IntoIter { array: self, pos: 0 }
    }
}
