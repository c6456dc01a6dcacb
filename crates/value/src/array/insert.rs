//! Insertion.
//!
//! # Safety
//! As in [`raw`](super::raw): the array has one owner and is not immutable. The result points to an element, which stays
//! where it is until the array changes. New elements are counted at once. Those of `entry_*` are
//! `Undef`; those of `add_*` and `push_slot` are **not written at all**: the caller writes a value there, without dropping
//! what was there, before anything else looks at the array.
#![allow(unsafe_code, reason = "arrays are blocks with two layouts")]

use std::ptr;

use super::raw::{ARRAY_COUNTED_KEYS, BucketKey, VmArray, int_hash, string_hash};
use crate::string::VmString;
use crate::value::Value;

#[allow(
    clippy::missing_safety_doc,
    reason = "the module says what all of these functions ask of their caller"
)]
impl VmArray {
    /// The element with an integer key, made when it is not there; tells whether it was.
    #[inline]
    pub unsafe fn entry_int(this: *mut VmArray, key: i64) -> (*mut Value, bool) {
        // SAFETY: the caller's promise.
        unsafe {
            let found = VmArray::find_int(this, key);
            if !found.is_null() {
                return (found, true);
            }
            let slot = VmArray::add_int(this, key);
            slot.write(Value::UNDEF);
            (slot, false)
        }
    }

    /// The element with a string key, made when it is not there; tells whether it was.
    #[inline]
    pub unsafe fn entry_str(this: *mut VmArray, key: *mut VmString) -> (*mut Value, bool) {
        // SAFETY: the caller's promise.
        unsafe {
            let found = VmArray::find_str(this, key);
            if !found.is_null() {
                return (found, true);
            }
            let slot = VmArray::add_str(this, key);
            slot.write(Value::UNDEF);
            (slot, false)
        }
    }

    /// A new element with an integer key that is not there yet.
    #[inline]
    pub unsafe fn add_int(this: *mut VmArray, key: i64) -> *mut Value {
        // SAFETY: the caller's promise; the position is below the capacity when it is written.
        unsafe {
            let a = &mut *this;
            if !a.is_hash() {
                if key == i64::from(a.used) {
                    if a.used == a.capacity {
                        VmArray::grow_packed_by_one(this);
                    }
                    let value = a.values().add(key as usize);
                    a.used += 1;
                    a.len += 1;
                    if key >= a.next_free {
                        a.next_free = key + 1;
                    }
                    return value;
                }
                return VmArray::add_int_unordered(this, key);
            }
            let value = VmArray::add_bucket(this, int_hash(key), 0, BucketKey { int: key });
            VmArray::note_key(this, key);
            value
        }
    }

    /// A packed array gets a key that is not the next one: it stays packed when the gap is small.
    #[cold]
    #[inline(never)]
    unsafe extern "C" fn add_int_unordered(this: *mut VmArray, key: i64) -> *mut Value {
        // SAFETY: the caller's promise; holes are written before they count as used.
        unsafe {
            let a = &mut *this;
            let room = i64::from(a.capacity.max(8));
            let dense =
                key > i64::from(a.used) && (key < room || (key < room * 2 && i64::from(a.len) > room / 2));
            if !dense {
                VmArray::packed_to_hash(this, a.used + 1);
                let value = VmArray::add_bucket(this, int_hash(key), 0, BucketKey { int: key });
                VmArray::note_key(this, key);
                return value;
            }
            if key >= i64::from(a.capacity) {
                VmArray::grow_packed(this, (key as u32 + 1).max(a.capacity.saturating_mul(2)));
            }
            for hole in a.used as usize..key as usize {
                a.values().add(hole).write(Value::UNDEF);
            }
            // The internal pointer at the end means "past the last", wherever that is.
            a.used = key as u32 + 1;
            a.len += 1;
            VmArray::note_key(this, key);
            a.values().add(key as usize)
        }
    }

    /// A new element with a string key that is not there yet. The key gets an owner more.
    #[inline]
    pub unsafe fn add_str(this: *mut VmArray, key: *mut VmString) -> *mut Value {
        // SAFETY: the caller's promise.
        unsafe {
            if !(*this).is_hash() {
                VmArray::become_hash(this);
            }
            if !(*key).head.is_immutable() {
                (*key).head.increment();
                (*this).flags |= ARRAY_COUNTED_KEYS;
            }
            let hash = string_hash(key);
            VmArray::add_bucket(this, hash, hash, BucketKey { string: key })
        }
    }

    /// Gives a packed array the hash form.
    #[cold]
    #[inline(never)]
    pub(crate) unsafe extern "C" fn become_hash(this: *mut VmArray) {
        // SAFETY: the caller's promise.
        unsafe {
            if (*this).used == 0 {
                VmArray::init_hash(this, 0);
            } else {
                VmArray::packed_to_hash(this, (*this).used + 1);
            }
        }
    }

    /// A new element behind the last one. Null when the next key would be beyond the largest integer.
    #[inline]
    pub unsafe fn push_slot(this: *mut VmArray) -> *mut Value {
        // SAFETY: the caller's promise.
        unsafe {
            let a = &mut *this;
            let key = if a.next_free == i64::MIN { 0 } else { a.next_free };
            if key == i64::MAX && !VmArray::find_int(this, key).is_null() {
                return ptr::null_mut();
            }
            VmArray::add_int(this, key)
        }
    }

    #[inline(always)]
    unsafe fn add_bucket(this: *mut VmArray, chain: u32, hash: u32, key: BucketKey) -> *mut Value {
        // SAFETY: the array has the hash form, and room after growing.
        unsafe {
            let a = &mut *this;
            if a.used == a.capacity {
                VmArray::grow_hash_by_one(this);
            }
            let pos = a.used;
            let bucket = a.buckets().add(pos as usize);
            let head = a.index(chain);
            (*bucket).key = key;
            (*bucket).next = *head;
            (*bucket).hash = hash;
            *head = pos;
            a.used = pos + 1;
            a.len += 1;
            bucket.cast()
        }
    }

    #[inline(always)]
    unsafe fn note_key(this: *mut VmArray, key: i64) {
        // SAFETY: the caller's promise.
        unsafe {
            if key >= (*this).next_free {
                (*this).next_free = key.saturating_add(1);
            }
        }
    }
}
