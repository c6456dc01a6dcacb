//! Look-ups.
//!
//! # Safety
//! As in [`raw`](super::raw): functions take a pointer to a live array. The result is null or points to an element,
//! which stays where it is until the array changes.
#![allow(unsafe_code, reason = "arrays are blocks with two layouts")]

use super::raw::{Bucket, CHAIN_END, VmArray, int_hash, string_hash};
use crate::string::{VmString, hash_bytes};
use crate::value::Value;
use std::ptr;

#[allow(
    clippy::missing_safety_doc,
    reason = "the module says what all of these functions ask of their caller"
)]
impl VmArray {
    /// The element with an integer key, or null.
    #[inline(always)]
    pub unsafe fn find_int(this: *const VmArray, key: i64) -> *mut Value {
        // SAFETY: the array is live; positions below `used` are initialised.
        unsafe {
            let a = &*this;
            if !a.is_hash() {
                if (key as u64) < u64::from(a.used) {
                    let value = a.values().add(key as usize);
                    if !(*value).is_undef() {
                        return value;
                    }
                }
                return ptr::null_mut();
            }
            VmArray::find_int_hash(this, key)
        }
    }

    /// The element with an integer key of the hash form, or null.
    #[inline]
    pub unsafe fn find_int_hash(this: *const VmArray, key: i64) -> *mut Value {
        // SAFETY: the array is live, and chains hold positions below `used`.
        unsafe {
            let a = &*this;
            let mut pos = *a.index(int_hash(key));
            while pos != CHAIN_END {
                let bucket = a.buckets().add(pos as usize);
                if (*bucket).hash == 0 && (*bucket).key.int == key {
                    return bucket.cast();
                }
                pos = (*bucket).next;
            }
            ptr::null_mut()
        }
    }

    /// The element with a string key, or null. The key is not looked at as a number.
    #[inline(always)]
    pub unsafe fn find_str(this: *const VmArray, key: *const VmString) -> *mut Value {
        // SAFETY: the array and the key are live. A packed array has no string keys.
        unsafe {
            let a = &*this;
            if !a.is_hash() {
                return ptr::null_mut();
            }
            let hash = string_hash(key);
            let pos = *a.index(hash);
            if pos == CHAIN_END {
                return ptr::null_mut();
            }
            let bucket = a.buckets().add(pos as usize);
            // Keys of code and keys of arrays made by code are mostly one interned string.
            if (*bucket).hash == hash && ptr::eq((*bucket).key.string, key) {
                return bucket.cast();
            }
            VmArray::find_str_chain(this, pos, key, hash)
        }
    }

    /// The element whose key is this very string and which comes first in its chain, or null: the element may be there
    /// all the same. Most names in code and keys of arrays made by code are found so.
    #[inline(always)]
    pub unsafe fn find_interned(this: *const VmArray, key: *const VmString) -> *mut Value {
        // SAFETY: the array and the key are live; chains hold positions below `used`.
        unsafe {
            let a = &*this;
            let hash = (*key).hash.get();
            if !a.is_hash() || hash == 0 {
                return ptr::null_mut();
            }
            let pos = *a.index((hash >> 32) as u32);
            if pos == CHAIN_END {
                return ptr::null_mut();
            }
            let bucket = a.buckets().add(pos as usize);
            if (*bucket).hash != 0 && ptr::eq((*bucket).key.string, key) {
                return bucket.cast();
            }
            ptr::null_mut()
        }
    }

    /// Goes on in a chain.
    #[inline(never)]
    unsafe extern "C" fn find_str_chain(
        this: *const VmArray,
        mut pos: u32,
        key: *const VmString,
        hash: u32,
    ) -> *mut Value {
        // SAFETY: as in `find_str`.
        unsafe {
            let a = &*this;
            while pos != CHAIN_END {
                let bucket = a.buckets().add(pos as usize);
                if (*bucket).hash == hash && VmString::equal((*bucket).key.string, key) {
                    return bucket.cast();
                }
                pos = (*bucket).next;
            }
            ptr::null_mut()
        }
    }

    /// The element whose string key has these bytes, or null.
    pub unsafe fn find_bytes(this: *const VmArray, key: &[u8]) -> *mut Value {
        // SAFETY: as in `find_str`.
        unsafe {
            let a = &*this;
            if !a.is_hash() {
                return ptr::null_mut();
            }
            let hash = (hash_bytes(key) >> 32) as u32;
            let mut pos = *a.index(hash);
            while pos != CHAIN_END {
                let bucket: *mut Bucket = a.buckets().add(pos as usize);
                if (*bucket).hash == hash && VmString::slice((*bucket).key.string) == key {
                    return bucket.cast();
                }
                pos = (*bucket).next;
            }
            ptr::null_mut()
        }
    }

    /// Position of an element that a look-up found.
    #[inline(always)]
    pub unsafe fn position_of(this: *const VmArray, value: *const Value) -> u32 {
        // SAFETY: the element lies in the array's data.
        unsafe {
            let a = &*this;
            let offset = value.byte_offset_from(a.data) as usize;
            (offset >> (4 + (a.flags & super::raw::ARRAY_HASH))) as u32
        }
    }
}
