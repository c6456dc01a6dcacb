//! Reads and writes of array elements by int and string keys, the fast way.
//!
//! # Safety
//!
//! Handlers: see [`crate::dispatch`]. Operand kinds are those of the specialisation a handler serves.
#![allow(unsafe_code, reason = "hand-written handlers")]

use super::hot_arith::Place;
use crate::Context;
use crate::dispatch::{Next, Table, go};
use crate::frame::Frame;
use phalanx_bytecode::{Kind, Op};
use phalanx_value::{Key, Tag, Value, VmArray};

/// `FETCH_DIM_R` of a variable that holds an array.
pub(super) unsafe fn fetch<B: Place>(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation. No user code runs between finding the element and copying it.
    unsafe {
        let container = Value::deref_ptr(Frame::slot(fp, (*pc).a));
        let key = B::at(pc, fp, (*pc).b);
        if (*container).tag() == Tag::Array {
            let array = (*container).array_ptr();
            let found = match (*key).tag() {
                Tag::Int => VmArray::find_int(array, (*key).int_unchecked()),
                Tag::String => match Key::from_string((*key).as_string().unwrap_unchecked()) {
                    Key::Int(int) => VmArray::find_int(array, int),
                    Key::Str(string) => VmArray::find_str(array, string.raw()),
                },
                _ => std::ptr::null_mut(),
            };
            if !found.is_null() {
                if (*key).is_counted() && (*pc).kind_b() == Kind::Tmp {
                    std::ptr::drop_in_place(key);
                }
                Frame::slot(fp, (*pc).c).write((*found).deref_clone());
                return go(pc.add(1), fp, cx, table);
            }
        }
        let handler = const { super::simple(super::array::fetch_r) };
        handler(pc, fp, cx, table)
    }
}

/// `ASSIGN_DIM` to an array in a variable; the value is in the DATA behind. The commonest case is all here: an array
/// of one owner, an element that is there and holds nothing counted.
pub(super) unsafe fn assign<B: Place>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let container = Value::deref_ptr(Frame::slot(fp, (*pc).a));
        let key = B::at(pc, fp, (*pc).b);
        if (*container).tag() == Tag::Array && (*key).tag() == Tag::Int {
            let array = (*container).array_ptr();
            if (*container).is_counted() && (*array).head.count() == 1 {
                let element = VmArray::find_int(array, (*key).int_unchecked());
                let data = pc.add(1);
                let value = match (*data).kind_a() {
                    Kind::Lit => super::hot_arith::Lit::at(data, fp, (*data).a),
                    _ => Frame::slot(fp, (*data).a),
                };
                if !element.is_null()
                    && !(*element).is_counted()
                    && !(*value).is_counted()
                    && (*value).tag() != Tag::Undef
                {
                    element.write((*value).copy_raw());
                    return go(pc.add(2), fp, cx, table);
                }
            }
        }
        assign_other::<B>(pc, fp, cx, table)
    }
}

/// Other writes to arrays by int or string key.
#[inline(never)]
unsafe fn assign_other<B: Place>(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let container = Value::deref_ptr(Frame::slot(fp, (*pc).a));
        let key = B::at(pc, fp, (*pc).b);
        if (*container).tag() == Tag::Array
            && (*key).tag() == Tag::Int
            && let Some(value) = data_value(pc, fp)
        {
            let array = (*container).as_array_mut().unwrap_unchecked().separate();
            let (place, _) = VmArray::entry_int(array, (*key).int_unchecked());
            return finish(place, value, pc, fp, cx, table);
        }
        if (*container).tag() == Tag::Array
            && (*key).tag() == Tag::String
            && let Some(value) = data_value(pc, fp)
        {
            let array = (*container).as_array_mut().unwrap_unchecked();
            let place: *mut Value =
                array.get_or_insert(Key::from_string((*key).as_string().unwrap_unchecked()));
            if (*pc).kind_b() == Kind::Tmp {
                std::ptr::drop_in_place(key);
            }
            return finish(place, value, pc, fp, cx, table);
        }
        let handler = const { super::with_data(super::array::assign) };
        handler(pc, fp, cx, table)
    }
}

/// Puts the value where the element is.
#[inline(always)]
unsafe fn finish(
    place: *mut Value,
    value: Value,
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: the place was just found; what it held is replaced before it is dropped.
    unsafe {
        if (*place).is_counted() {
            return replace(place, value, pc, fp, cx, table);
        }
        place.write(value);
        go(pc.add(2), fp, cx, table)
    }
}

#[inline(never)]
unsafe fn replace(
    place: *mut Value,
    value: Value,
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: as in `finish`.
    unsafe {
        (*fp).pc = pc;
        cx.frame = fp;
        let stored = crate::dims::store(cx, place, value).map(drop);
        if super::body(stored, cx).is_err() {
            return crate::run::raise(pc, fp, cx, table);
        }
        go(pc.add(2), fp, cx, table)
    }
}

/// `ASSIGN_DIM` without a key: `$a[] = v`.
pub(super) unsafe fn push(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let container = Value::deref_ptr(Frame::slot(fp, (*pc).a));
        if (*container).tag() == Tag::Array
            && let Some(value) = data_value(pc, fp)
        {
            let array = (*container).as_array_mut().unwrap_unchecked();
            if array.push(value).is_ok() {
                return go(pc.add(2), fp, cx, table);
            }
            let thrown: crate::thrown::PhpResult = Err(cx.throw_error(crate::dims::NEXT_OCCUPIED));
            (*fp).pc = pc;
            let _ = thrown;
            return crate::run::raise(pc, fp, cx, table);
        }
        let handler = const { super::with_data(super::array::assign) };
        handler(pc, fp, cx, table)
    }
}

/// The value in the DATA behind `pc`, if it is defined and no reference; a temporary's moves.
#[inline(always)]
unsafe fn data_value(pc: *const Op, fp: *mut Frame) -> Option<Value> {
    // SAFETY: opcodes that ask are followed by DATA.
    unsafe {
        let data = pc.add(1);
        match (*data).kind_a() {
            Kind::Lit => Some((*super::hot_arith::Lit::at(data, fp, (*data).a)).copy_raw()),
            Kind::Tmp => {
                let slot = Frame::slot(fp, (*data).a);
                if (*slot).tag() == Tag::Reference { None } else { Some(slot.read()) }
            }
            _ => {
                let slot = Frame::slot(fp, (*data).a);
                let tag = (*slot).tag();
                if tag == Tag::Reference || tag == Tag::Undef { None } else { Some((*slot).clone()) }
            }
        }
    }
}
