//! What a block owns.
//!
//! # Safety
//! Blocks are live; nothing changes while their children are visited.
#![allow(unsafe_code, reason = "the collector works on blocks and their counts")]

use std::cell::Cell;

use super::is_collectable;
use crate::array::VmArray;
use crate::header::VmCounted;
use crate::object::VmObject;
use crate::reference::VmRef;
use crate::value::{Tag, Value};

/// Where a block notes its index in the root buffer. Arrays and objects have it at one offset.
///
/// # Safety
/// The block is a live array or object.
pub(super) unsafe fn root_index<'a>(block: *mut VmCounted) -> &'a Cell<u32> {
    const {
        assert!(std::mem::offset_of!(VmArray, gc_root) == std::mem::offset_of!(VmObject, gc_root));
    }
    // SAFETY: the caller's promise, and the offsets agree.
    unsafe { &(*block.cast::<VmArray>()).gc_root }
}

/// Calls `visit` for each block that can be part of a cycle and of which this one owns a count, once for each count.
///
/// # Safety
/// The block is a live array, object or reference.
#[inline]
pub(super) unsafe fn for_each(block: *mut VmCounted, visit: &mut impl FnMut(*mut VmCounted)) {
    // SAFETY: the caller's promise; each arm uses the block as its type says.
    unsafe {
        match (*block).type_byte() {
            t if t == Tag::Array as u8 => {
                let array = &*block.cast::<VmArray>();
                for pos in 0..array.used {
                    visit_value(&*array.value_at(pos), visit);
                }
            }
            t if t == Tag::Object as u8 => {
                let object: *mut VmObject = block.cast();
                for slot in 0..(*(*object).class).slot_count {
                    visit_value(&*VmObject::slot_ptr(object, slot), visit);
                }
                let dynamic = (*object).dynamic.get();
                if !dynamic.is_null() {
                    visit(dynamic.cast());
                }
                if let Some(state) = (*object).native.as_dyn() {
                    state.trace(&mut |value| visit_value(value, visit));
                }
            }
            t if t == Tag::Reference as u8 => visit_value(&*(*block.cast::<VmRef>()).value_ptr(), visit),
            _ => {}
        }
    }
}

#[inline(always)]
unsafe fn visit_value(value: &Value, visit: &mut impl FnMut(*mut VmCounted)) {
    if value.is_counted() && matches!(value.tag(), Tag::Array | Tag::Object | Tag::Reference) {
        let block = value.payload_ptr();
        // SAFETY: a counted payload points to a live block.
        if unsafe { is_collectable(block) } {
            visit(block);
        }
    }
}
