//! What happens when a count goes down.
//!
//! A block whose count reaches zero is freed at once, children included, down to a fixed depth; deeper blocks wait in a
//! worklist, so that a list of a million nodes needs no native stack. An object with a destructor is not freed but
//! queued: PHP code never runs in here. A collectable block that keeps owners becomes a possible root of a cycle.
//!
//! # Safety
//! `release` takes over one count from its caller; blocks are live as long as their count is not zero.
#![allow(unsafe_code, reason = "freeing blocks")]

use crate::array::VmArray;
use crate::gc;
use crate::header::{INFO_ROOT_MASK, VmCounted};
use crate::heap::heap;
use crate::object::{self, VmObject};
use crate::reference::{self, VmRef};
use crate::resource::{self, VmResource};
use crate::value::Tag;

/// Native recursion allowed when freeing nested blocks.
const MAX_DEPTH: u32 = 48;

/// Gives up one count of a block.
///
/// # Safety
/// The block is counted and live, and the caller owned the count.
#[inline(always)]
pub unsafe fn release(block: *mut VmCounted) {
    // SAFETY: the block is live.
    unsafe {
        let count = (*block).refcount.get().wrapping_sub(1);
        (*block).refcount.set(count);
        if count == 0 {
            free(block);
        } else if !(*block).has(INFO_ROOT_MASK) {
            gc::possible_root(block);
        }
    }
}

/// Frees a block whose count has reached zero.
///
/// It cannot unwind (drops of native states are caught), so releasing a value needs no landing pad anywhere.
///
/// # Safety
/// The block is live, counted, and nobody owns it any more.
#[inline(never)]
pub unsafe extern "C" fn free(block: *mut VmCounted) {
    let h = heap();
    // SAFETY: the block is live; each arm uses it as its type says.
    unsafe {
        if (*block).type_byte() == Tag::String as u8 {
            h.dealloc(block.cast(), (*block).class());
            return;
        }
        let depth = h.destroy_depth.get();
        if depth >= MAX_DEPTH {
            (*h.worklist.get()).push(block);
            return;
        }
        h.destroy_depth.set(depth + 1);
        free_now(block);
        if depth == 0 {
            while let Some(next) = (*h.worklist.get()).pop() {
                free_now(next);
            }
        }
        h.destroy_depth.set(depth);
    }
}

/// Frees a container.
///
/// # Safety
/// As [`free`].
unsafe fn free_now(block: *mut VmCounted) {
    // SAFETY: the caller's promise; the type byte says what the block is.
    unsafe {
        match (*block).type_byte() {
            t if t == Tag::Array as u8 => VmArray::destroy(block.cast::<VmArray>()),
            t if t == Tag::Object as u8 => object::destroy(block.cast::<VmObject>()),
            t if t == Tag::Reference as u8 => reference::destroy(block.cast::<VmRef>()),
            t if t == Tag::Resource as u8 => resource::destroy(block.cast::<VmResource>()),
            other => debug_assert!(false, "block of type {other} cannot be freed"),
        }
    }
}
