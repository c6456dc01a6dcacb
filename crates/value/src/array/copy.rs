//! Copying an array for separation.
//!
//! Elements are copied as bytes, then those that own something get their count raised. Arrays of plain values with
//! immutable keys, which most literals and option arrays are, cost hardly more than the copy of the bytes.
//!
//! # Safety
//! As in [`raw`](super::raw): the source is live; the copy is new and has one owner.
#![allow(unsafe_code, reason = "arrays are blocks with two layouts")]

use std::ptr;

use super::iterators;
use super::raw::{ARRAY_COUNTED_KEYS, Bucket, VmArray, index_bytes, new_hash_block};
use crate::value::Value;

impl VmArray {
    /// A copy with one owner. Elements that are references with one owner lose the reference.
    ///
    /// # Safety
    /// The source is live.
    #[inline(never)]
    pub(crate) unsafe fn duplicate(source: *const VmArray) -> *mut VmArray {
        // SAFETY: the source is live, the copy is new.
        unsafe {
            let s = &*source;
            let this = if s.is_hash() { VmArray::alloc() } else { VmArray::new_packed(s.used + 1) };
            (*this).next_free = s.next_free;
            // A copy of an array whose internal pointer is at the end begins at the first element again.
            (*this).pos = if s.pos < s.used { s.pos } else { 0 };
            if s.iterators != 0 {
                iterators::copied(source, this);
            }
            if s.used == 0 {
                return this;
            }
            if !s.is_hash() {
                copy_packed(s, this);
            } else {
                let (data, class, capacity, mask) = new_hash_block(s.len.max(1));
                (*this).set_data(data, class, true);
                (*this).flags |= s.flags & ARRAY_COUNTED_KEYS;
                (*this).capacity = capacity;
                (*this).mask = mask;
                if s.used == s.len && s.mask == mask {
                    copy_whole_hash(s, this);
                } else {
                    copy_hash(s, this);
                }
            }
            this
        }
    }
}

unsafe fn copy_packed(s: &VmArray, this: *mut VmArray) {
    // SAFETY: the copy has room for all positions of the source, and each of its values is made an owner.
    unsafe {
        ptr::copy_nonoverlapping(s.values(), (*this).values(), s.used as usize);
        for pos in 0..s.used as usize {
            own((*this).values().add(pos), s);
        }
        (*this).used = s.used;
        (*this).len = s.len;
    }
}

/// Copies a hash without holes to one with an index of the same size: positions and chains stay.
unsafe fn copy_whole_hash(s: &VmArray, this: *mut VmArray) {
    // SAFETY: both indexes have the same size, and the copy has room for all buckets.
    unsafe {
        let index = index_bytes(s.mask);
        let bytes = index + s.used as usize * size_of::<Bucket>();
        ptr::copy_nonoverlapping(s.data.sub(index), (*this).data.sub(index), bytes);
        let buckets = (*this).buckets();
        for pos in 0..s.used as usize {
            own(&raw mut (*buckets.add(pos)).value, s);
        }
        if s.flags & ARRAY_COUNTED_KEYS != 0 {
            for pos in 0..s.used as usize {
                own_key(buckets.add(pos));
            }
        }
        (*this).used = s.used;
        (*this).len = s.len;
    }
}

/// Copies a hash and closes its holes. The internal pointer and foreach iterators move along.
unsafe fn copy_hash(s: &VmArray, this: *mut VmArray) {
    // SAFETY: the copy has room for all live elements and an empty index; each copied element is made an owner.
    unsafe {
        let a = &mut *this;
        let mut used = 0;
        for pos in 0..s.used {
            let from = s.buckets().add(pos as usize);
            if pos == s.pos {
                a.pos = used;
            }
            if a.iterators != 0 && pos != used {
                iterators::moved(this, pos, used);
            }
            if (*from).value.is_undef() {
                continue;
            }
            let to = a.buckets().add(used as usize);
            ptr::copy_nonoverlapping(from, to, 1);
            own(&raw mut (*to).value, s);
            own_key(to);
            let head = a.index((*to).chain_hash());
            (*to).next = *head;
            *head = used;
            used += 1;
        }
        if a.iterators != 0 {
            iterators::moved(this, s.used, used);
        }
        a.used = used;
        a.len = used;
    }
}

/// Makes a value that was copied as bytes an owner of what it points to.
#[inline(always)]
unsafe fn own(value: *mut Value, source: &VmArray) {
    // SAFETY: the value is a copy of a live one.
    unsafe {
        if (*value).is_counted() {
            if (*value).is_ref() && (*(*value).payload_ptr()).count() == 1 {
                own_reference(value, source);
            } else {
                (*value).add_ref();
            }
        }
    }
}

/// A reference that nobody shares becomes a plain value, unless it refers to the array itself.
#[cold]
unsafe fn own_reference(value: *mut Value, source: &VmArray) {
    // SAFETY: the value is a copy of a live reference; what it is replaced by is an owner of its own.
    unsafe {
        let inner = (*value).deref_clone();
        if inner.is_array() && ptr::eq(inner.array_ptr(), source) {
            (*value).add_ref();
        } else {
            value.write(inner);
        }
    }
}

#[inline(always)]
unsafe fn own_key(bucket: *mut Bucket) {
    // SAFETY: a bucket with a hash has a live string as its key.
    unsafe {
        if (*bucket).hash != 0 && !(*(*bucket).key.string).head.is_immutable() {
            (*(*bucket).key.string).head.increment();
        }
    }
}
