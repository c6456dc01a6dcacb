//! foreach over arrays by value, the fast way.
//!
//! # Safety
//!
//! Handlers: see [`crate::dispatch`]. The loop's temporary owns a count of the array, so that nothing the body does
//! changes it.
#![allow(unsafe_code, reason = "hand-written handlers")]

use super::{branch, iterate};
use crate::Context;
use crate::dispatch::{Next, Table, go};
use crate::frame::Frame;
use phalanx_bytecode::{Kind, Op};
use phalanx_value::{PhpString, Tag, Value, VmArray};

/// Whether a destination (role `dst`) can be overwritten once [`release`] was called: it holds nothing counted, or a
/// string that somebody else owns as well, such as the key that the loop went past.
#[inline(always)]
unsafe fn is_free(kind: Kind, slot: *mut Value) -> bool {
    // SAFETY: a destination that is no temporary is a variable, which is initialised.
    unsafe {
        kind != Kind::Cv
            || !(*slot).is_counted()
            || (*slot).tag() == Tag::String && (*(*slot).string_ptr()).head.count() > 1
    }
}

/// Gives up the count of a destination that is free.
#[inline(always)]
unsafe fn release(kind: Kind, slot: *mut Value) {
    if kind == Kind::Cv {
        // SAFETY: as above; the caller overwrites the slot.
        unsafe { (*slot).release_shared() };
    }
}

/// The first element at or behind a position, and the position behind it; null at the end.
#[inline(always)]
unsafe fn next(array: *mut VmArray, mut pos: u32) -> (*mut Value, u32) {
    // SAFETY: positions below `used` are initialised.
    unsafe {
        let used = (*array).used;
        let hash = (*array).is_hash();
        while pos < used {
            let element = if hash {
                &raw mut (*(*array).buckets().add(pos as usize)).value
            } else {
                (*array).values().add(pos as usize)
            };
            pos += 1;
            if (*element).tag() != Tag::Undef {
                return (element, pos);
            }
        }
        (std::ptr::null_mut(), pos)
    }
}

/// The element at a position, if there is one that is no reference.
#[inline(always)]
unsafe fn plain_at(array: *mut VmArray, pos: u32) -> Option<*mut Value> {
    // SAFETY: positions below `used` are initialised.
    unsafe {
        if pos >= (*array).used {
            return None;
        }
        let element = if (*array).is_hash() {
            &raw mut (*(*array).buckets().add(pos as usize)).value
        } else {
            (*array).values().add(pos as usize)
        };
        ((*element).tag() != Tag::Undef && (*element).tag() != Tag::Reference).then_some(element)
    }
}

/// `FE_FETCH_R` of an array, values alone, to a variable that holds nothing counted.
pub(super) unsafe fn fetch(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let iterator = Frame::slot(fp, (*pc).a);
        let to = Frame::slot(fp, (*pc).b);
        if (*iterator).tag() == Tag::Array
            && (*pc.add(1)).kind_a() == Kind::None
            && is_free((*pc).kind_b(), to)
        {
            let pos = (*iterator).spare();
            if let Some(element) = plain_at((*iterator).array_ptr(), pos) {
                (*iterator).set_spare(pos + 1);
                release((*pc).kind_b(), to);
                to.write((*element).clone());
                return go(pc.add(2), fp, cx, table);
            }
        }
        fetch_pair(pc, fp, cx, table)
    }
}

/// The same with keys.
#[inline(never)]
unsafe fn fetch_pair(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let iterator = Frame::slot(fp, (*pc).a);
        let data = pc.add(1);
        let value_to = Frame::slot(fp, (*pc).b);
        let key_to = Frame::slot(fp, (*data).a);
        if (*iterator).tag() == Tag::Array
            && (*data).kind_a() == Kind::Cv
            && is_free((*pc).kind_b(), value_to)
            && is_free(Kind::Cv, key_to)
            && !((*value_to).is_counted() && (*value_to).payload_bits() == (*key_to).payload_bits())
        {
            let array = (*iterator).array_ptr();
            let pos = (*iterator).spare();
            if let Some(element) = plain_at(array, pos) {
                (*iterator).set_spare(pos + 1);
                release((*pc).kind_b(), value_to);
                value_to.write((*element).clone());
                release(Kind::Cv, key_to);
                key_to.write(key_at(array, pos, (*array).is_hash()));
                return go(pc.add(2), fp, cx, table);
            }
        }
        fetch_counted(pc, fp, cx, table)
    }
}

/// The same to variables whose values have to be released, past holes, and at the end.
#[inline(never)]
unsafe fn fetch_counted(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: as above.
    unsafe {
        match deliver(pc, fp) {
            Delivered::Yes if phalanx_value::heap::attention() == 0 => go(pc.add(2), fp, cx, table),
            Delivered::Yes => {
                let handler = const { super::with_data(super::variable::nop) };
                handler(pc, fp, cx, table)
            }
            Delivered::End => go(pc.byte_offset((*pc).c as i32 as isize), fp, cx, table),
            Delivered::No => {
                let handler = const { branch(iterate::fetch_r) };
                handler(pc, fp, cx, table)
            }
        }
    }
}

/// What became of an element.
enum Delivered {
    Yes,
    /// There was none any more.
    End,
    /// The general way has to do it.
    No,
}

#[inline(never)]
unsafe fn deliver(pc: *const Op, fp: *mut Frame) -> Delivered {
    // SAFETY: as above. Old values are dropped when the new ones are in place.
    unsafe {
        let iterator = Frame::slot(fp, (*pc).a);
        let data = pc.add(1);
        let value_to = Frame::slot(fp, (*pc).b);
        let key_to = Frame::slot(fp, (*data).a);
        let wants_key = (*data).kind_a() != Kind::None;
        if (*iterator).tag() != Tag::Array
            || (*pc).kind_b() == Kind::Cv && (*value_to).is_ref()
            || (*data).kind_a() == Kind::Cv && (*key_to).is_ref()
        {
            return Delivered::No;
        }
        let array = (*iterator).array_ptr();
        let (element, pos) = next(array, (*iterator).spare());
        if element.is_null() {
            return Delivered::End;
        }
        (*iterator).set_spare(pos);
        let value = (*element).deref_clone();
        let key = if wants_key { key_at(array, pos - 1, (*array).is_hash()) } else { Value::NULL };
        put((*pc).kind_b(), value_to, value);
        if wants_key {
            put((*data).kind_a(), key_to, key);
        }
        Delivered::Yes
    }
}

/// Gives a destination that is no reference its value.
#[inline(always)]
unsafe fn put(kind: Kind, to: *mut Value, value: Value) {
    // SAFETY: temporaries hold nothing, variables are initialised.
    unsafe {
        if kind == Kind::Cv {
            drop(to.replace(value));
        } else {
            to.write(value);
        }
    }
}

/// The key at a position that has an element.
#[inline(always)]
unsafe fn key_at(array: *mut VmArray, pos: u32, hash: bool) -> Value {
    // SAFETY: the caller's position is below `used`.
    unsafe {
        if !hash {
            return Value::int(pos.into());
        }
        let bucket = (*array).buckets().add(pos as usize);
        if (*bucket).hash == 0 {
            Value::int((*bucket).key.int)
        } else {
            Value::string(PhpString::from_raw_add_ref((*bucket).key.string))
        }
    }
}
