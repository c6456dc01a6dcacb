//! Removal.
//!
//! # Safety
//! As in [`raw`](super::raw): the array has one owner and is not immutable. Values are handed back instead of dropped,
//! so that whatever their release does finds the array in order.
#![allow(unsafe_code, reason = "arrays are blocks with two layouts")]

use super::iterators;
use super::raw::{CHAIN_END, VmArray, release_key};
use crate::value::Value;

#[allow(
    clippy::missing_safety_doc,
    reason = "the module says what all of these functions ask of their caller"
)]
impl VmArray {
    /// Takes out the live element at a position.
    pub(crate) unsafe fn remove_at(this: *mut VmArray, pos: u32) -> Value {
        // SAFETY: the position holds a live element.
        unsafe {
            let a = &mut *this;
            if a.is_hash() {
                let bucket = a.buckets().add(pos as usize);
                let head = a.index((*bucket).chain_hash());
                if *head == pos {
                    *head = (*bucket).next;
                } else {
                    let mut before = *head;
                    while before != CHAIN_END {
                        let previous = a.buckets().add(before as usize);
                        if (*previous).next == pos {
                            (*previous).next = (*bucket).next;
                            break;
                        }
                        before = (*previous).next;
                    }
                }
                if (*bucket).hash != 0 {
                    release_key((*bucket).key.string);
                    (*bucket).hash = 0;
                }
                (*bucket).key.int = 0;
            }
            let value = (*a.value_at(pos)).replace(Value::UNDEF);
            a.len -= 1;
            if a.pos == pos || a.iterators != 0 {
                let next = VmArray::next_live(this, pos + 1);
                if a.pos == pos {
                    a.pos = next;
                }
                if a.iterators != 0 {
                    iterators::moved(this, pos, next);
                }
            }
            if pos + 1 == a.used {
                VmArray::cut_end(this);
            }
            value
        }
    }

    /// Cuts off holes at the end.
    unsafe fn cut_end(this: *mut VmArray) {
        // SAFETY: the caller's promise.
        unsafe {
            let a = &mut *this;
            let mut used = a.used;
            while used > 0 && VmArray::is_hole(this, used - 1) {
                used -= 1;
            }
            a.used = used;
            a.pos = a.pos.min(used);
            if a.iterators != 0 {
                iterators::cut(this, used);
            }
        }
    }

    /// Whether nothing is at a position below `used`.
    #[inline(always)]
    pub(crate) unsafe fn is_hole(this: *const VmArray, pos: u32) -> bool {
        // SAFETY: the position is initialised.
        unsafe {
            let a = &*this;
            (*a.value_at(pos)).is_undef() && (!a.is_hash() || (*a.buckets().add(pos as usize)).hash == 0)
        }
    }

    /// The first live position at or behind `pos`; `used` when there is none.
    #[inline(always)]
    pub(crate) unsafe fn next_live(this: *const VmArray, mut pos: u32) -> u32 {
        // SAFETY: positions below `used` are initialised.
        unsafe {
            let a = &*this;
            while pos < a.used && (*a.value_at(pos)).is_undef() {
                pos += 1;
            }
            pos.min(a.used)
        }
    }

    /// The last live position before `pos`; `used` when there is none.
    pub(crate) unsafe fn previous_live(this: *const VmArray, pos: u32) -> u32 {
        // SAFETY: positions below `used` are initialised.
        unsafe {
            let a = &*this;
            let mut pos = pos.min(a.used);
            while pos > 0 {
                pos -= 1;
                if !(*a.value_at(pos)).is_undef() {
                    return pos;
                }
            }
            a.used
        }
    }
}
