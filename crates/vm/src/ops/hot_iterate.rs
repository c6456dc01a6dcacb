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

/// Whether a destination (role `dst`) can be overwritten as it is.
#[inline(always)]
unsafe fn is_free(kind: Kind, slot: *mut Value) -> bool {
    // SAFETY: a destination that is no temporary is a variable, which is initialised.
    kind != Kind::Cv || unsafe { !(*slot).is_counted() }
}

/// `FE_FETCH_R` of an array, to variables that hold nothing counted.
pub(super) unsafe fn fetch(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let iterator = Frame::slot(fp, (*pc).a);
        let data = pc.add(1);
        let value_to = Frame::slot(fp, (*pc).b);
        let key_to = Frame::slot(fp, (*data).a);
        let wants_key = (*data).kind_a() != Kind::None;
        if (*iterator).tag() == Tag::Array
            && is_free((*pc).kind_b(), value_to)
            && (!wants_key || is_free((*data).kind_a(), key_to))
        {
            let array = (*iterator).array_ptr();
            let mut pos = (*iterator).spare();
            let used = (*array).used;
            let hash = (*array).is_hash();
            while pos < used {
                let element = if hash {
                    &raw mut (*(*array).buckets().add(pos as usize)).value
                } else {
                    (*array).values().add(pos as usize)
                };
                if (*element).tag() != Tag::Undef {
                    (*iterator).set_spare(pos + 1);
                    value_to.write((*element).deref_clone());
                    if wants_key {
                        key_to.write(key_at(array, pos, hash));
                    }
                    return go(pc.add(2), fp, cx, table);
                }
                pos += 1;
            }
            return go(pc.byte_offset((*pc).c as i32 as isize), fp, cx, table);
        }
        let handler = const { branch(iterate::fetch_r) };
        handler(pc, fp, cx, table)
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
