//! Reads and writes of array elements by int and string keys, the fast way.
//!
//! # Safety
//!
//! Handlers: see [`crate::dispatch`]. Operand kinds are those of the specialisation a handler serves.
#![allow(unsafe_code, reason = "hand-written handlers")]

use super::hot_arith::{Lit, Place};
use crate::Context;
use crate::dispatch::{Next, Table, go};
use crate::frame::Frame;
use phalanx_bytecode::flags::op::EMPTY;
use phalanx_bytecode::{FLAG_SHIFT, Kind, Op};
use phalanx_value::{Key, PhpString, Tag, Value, VmArray, VmString};
use std::ptr;

/// The element of an array under an int key, if the array is packed; it may be undef.
#[inline(always)]
pub(super) unsafe fn find_packed(array: *const VmArray, key: i64) -> Option<*mut Value> {
    // SAFETY: the caller's array is live; positions below `used` are initialised.
    unsafe {
        if !(*array).is_hash() && (key as u64) < u64::from((*array).used) {
            return Some((*array).values().add(key as usize));
        }
        None
    }
}

/// The element of an array under an int or string key, or null.
#[inline(always)]
pub(super) unsafe fn find(array: *const VmArray, key: *const Value) -> *mut Value {
    // SAFETY: the caller's array and key are live.
    unsafe {
        match (*key).tag() {
            Tag::Int => VmArray::find_int(array, (*key).int_unchecked()),
            Tag::String => match Key::from_string((*key).as_string().unwrap_unchecked()) {
                Key::Int(int) => VmArray::find_int(array, int),
                Key::Str(string) => VmArray::find_str(array, string.raw()),
            },
            _ => ptr::null_mut(),
        }
    }
}

/// `FETCH_DIM_R` of a variable that holds an array.
pub(super) unsafe fn fetch<B: Place>(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation. No user code runs between finding the element and copying it.
    unsafe {
        let container = variable(Frame::slot(fp, (*pc).a));
        let key = B::at(pc, fp, (*pc).b);
        if (*container).tag() == Tag::Array
            && (*key).tag() == Tag::Int
            && let Some(element) = find_packed((*container).array_ptr(), (*key).int_unchecked())
            && is_plain((*element).tag())
        {
            Frame::slot(fp, (*pc).c).write((*element).clone());
            return go(pc.add(1), fp, cx, table);
        }
        fetch_found::<B>(pc, fp, cx, table)
    }
}

/// Whether an element with this tag is there and no reference (nor a resource, which saves a test).
#[inline(always)]
fn is_plain(tag: Tag) -> bool {
    (tag as u8).wrapping_sub(Tag::Null as u8) < Tag::Reference as u8 - Tag::Null as u8
}

/// The same for keys that are literals, and for bytes of strings.
#[inline(never)]
unsafe fn fetch_found<B: Place>(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: as above.
    unsafe {
        let container = Value::deref_ptr(Frame::slot(fp, (*pc).a));
        let key = B::at(pc, fp, (*pc).b);
        if (*container).tag() == Tag::String && (*key).tag() == Tag::Int {
            let string = VmString::slice((*container).string_ptr());
            if let Some(&byte) = string.get((*key).int_unchecked() as usize) {
                Frame::slot(fp, (*pc).c).write(Value::string(PhpString::byte(byte)));
                return go(pc.add(1), fp, cx, table);
            }
        }
        if (*container).tag() == Tag::Array {
            let array = (*container).array_ptr();
            if (*key).tag() == Tag::String && !(*key).is_counted() {
                let element = VmArray::find_interned(array, (*key).string_ptr());
                if !element.is_null() && is_plain((*element).tag()) {
                    Frame::slot(fp, (*pc).c).write((*element).clone());
                    return go(pc.add(1), fp, cx, table);
                }
            }
        }
        fetch_searched::<B>(pc, fp, cx, table)
    }
}

/// The same for keys that have to be searched for.
#[inline(never)]
unsafe fn fetch_searched<B: Place>(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: as above.
    unsafe {
        let container = Value::deref_ptr(Frame::slot(fp, (*pc).a));
        let key = B::at(pc, fp, (*pc).b);
        if (*container).tag() == Tag::Array && fetch_key((*container).array_ptr(), key, pc, fp) {
            return go(pc.add(1), fp, cx, table);
        }
        let handler = const { super::simple(super::array::fetch_r) };
        handler(pc, fp, cx, table)
    }
}

/// `ISSET_DIM`, and `empty`, of an array in a variable.
pub(super) unsafe fn isset<B: Place>(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let container = variable(Frame::slot(fp, (*pc).a));
        let key = B::at(pc, fp, (*pc).b);
        if (*container).tag() == Tag::Array
            && let Some(truth) = is_set((*container).array_ptr(), key, pc)
        {
            Frame::slot(fp, (*pc).c).write(Value::bool(truth));
            return go(pc.add(1), fp, cx, table);
        }
        let handler = const { super::simple(super::array::isset) };
        handler(pc, fp, cx, table)
    }
}

/// What `isset` or `empty` answers for an element; none where the general way is needed.
#[inline(never)]
unsafe fn is_set(array: *const VmArray, key: *const Value, pc: *const Op) -> Option<bool> {
    // SAFETY: as above.
    unsafe {
        let flags = (*pc).x >> FLAG_SHIFT;
        if !matches!((*key).tag(), Tag::Int | Tag::String)
            || (*key).is_counted() && (*pc).kind_b() == Kind::Tmp
        {
            return None;
        }
        let element = find(array, key);
        if element.is_null() {
            return Some(flags & EMPTY != 0);
        }
        super::hot_static::is_set(flags, Value::deref_ptr(element))
    }
}

/// `FETCH_DIM_IS` of an array in a variable.
pub(super) unsafe fn fetch_quiet<B: Place>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let container = variable(Frame::slot(fp, (*pc).a));
        let key = B::at(pc, fp, (*pc).b);
        if (*container).tag() == Tag::Array && fetch_key((*container).array_ptr(), key, pc, fp) {
            return go(pc.add(1), fp, cx, table);
        }
        let handler = const { super::simple(super::array::fetch_is) };
        handler(pc, fp, cx, table)
    }
}

/// Copies the element under `key` to the result; false if there is none.
#[inline(never)]
unsafe fn fetch_key(array: *const VmArray, key: *mut Value, pc: *const Op, fp: *mut Frame) -> bool {
    // SAFETY: as above.
    unsafe {
        let found = find(array, key);
        if found.is_null() {
            return false;
        }
        let value = (*found).deref_clone();
        if (*pc).kind_b() == Kind::Tmp {
            ptr::drop_in_place(key);
        }
        Frame::slot(fp, (*pc).c).write(value);
        true
    }
}

/// `FETCH_DIM_R` of an array in a temporary, which is released.
pub(super) unsafe fn fetch_temporary<B: Place>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: module documentation. The array has another owner, so its elements stay when this one gives it up.
    unsafe {
        let container = Frame::slot(fp, (*pc).a);
        let key = B::at(pc, fp, (*pc).b);
        if (*container).tag() == Tag::Array && (*key).tag() == Tag::Int {
            let array = (*container).array_ptr();
            if let Some(element) = find_packed(array, (*key).int_unchecked())
                && is_plain((*element).tag())
                && (*container).release_shared()
            {
                Frame::slot(fp, (*pc).c).write((*element).clone());
                return go(pc.add(1), fp, cx, table);
            }
        }
        fetch_temporary_found::<B>(pc, fp, cx, table)
    }
}

/// The same for any key, and for arrays with one owner.
#[inline(never)]
unsafe fn fetch_temporary_found<B: Place>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: as above.
    unsafe {
        let container = Frame::slot(fp, (*pc).a);
        let key = B::at(pc, fp, (*pc).b);
        if (*container).tag() == Tag::Array && fetch_and_release(container, key, pc, fp) {
            // The array may have held the last count of an object.
            if phalanx_value::heap::attention() == 0 {
                return go(pc.add(1), fp, cx, table);
            }
            let handler = const { super::simple(super::variable::nop) };
            (*fp).pc = pc;
            return handler(pc, fp, cx, table);
        }
        let handler = const { super::simple(super::array::fetch_r) };
        handler(pc, fp, cx, table)
    }
}

#[inline(never)]
unsafe fn fetch_and_release(container: *mut Value, key: *mut Value, pc: *const Op, fp: *mut Frame) -> bool {
    // SAFETY: as above. The result may lie where the container does.
    unsafe {
        let array = container.read();
        if fetch_key(array.array_ptr(), key, pc, fp) {
            drop(array);
            return true;
        }
        std::mem::forget(array);
        false
    }
}

/// The value in the DATA behind `pc`, in its place.
#[inline(always)]
pub(super) unsafe fn data_place(pc: *const Op, fp: *mut Frame) -> *mut Value {
    // SAFETY: opcodes that ask are followed by DATA.
    unsafe {
        let data = pc.add(1);
        match (*data).kind_a() {
            Kind::Lit => Lit::at(data, fp, (*data).a),
            _ => Frame::slot(fp, (*data).a),
        }
    }
}

/// [`Value::deref_ptr`] for what is mostly no reference but an array.
#[inline(always)]
pub(super) unsafe fn variable(slot: *mut Value) -> *mut Value {
    // SAFETY: the caller's slot is a variable.
    unsafe { if (*slot).tag() == Tag::Array { slot } else { Value::deref_ptr(slot) } }
}

/// `ASSIGN_DIM` to an array in a variable; the value is in the DATA behind. The commonest cases are all here: an array
/// of one owner, an element that is there and holds nothing counted, or the one behind the last.
pub(super) unsafe fn assign<B: Place>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let container = variable(Frame::slot(fp, (*pc).a));
        let key = B::at(pc, fp, (*pc).b);
        if (*container).tag() == Tag::Array && (*key).tag() == Tag::Int && (*container).is_counted() {
            let array = (*container).array_ptr();
            let value = data_place(pc, fp);
            if (*array).head.count() == 1
                && let Some(element) = find_packed(array, (*key).int_unchecked())
                && (*element).tag() != Tag::Undef
                && !(*element).is_counted()
                && !(*value).is_counted()
                && (*value).tag() != Tag::Undef
            {
                element.write((*value).copy_raw());
                return go(pc.add(2), fp, cx, table);
            }
        }
        assign_other::<B>(pc, fp, cx, table)
    }
}

/// The same for other keys and values, and for elements that are not there yet.
#[inline(never)]
unsafe fn assign_other<B: Place>(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: as above.
    unsafe {
        let container = variable(Frame::slot(fp, (*pc).a));
        let key = B::at(pc, fp, (*pc).b);
        match store(pc, fp, cx, container, key) {
            Stored::Yes => go(pc.add(2), fp, cx, table),
            Stored::No => {
                let handler = const { super::with_data(super::array::assign) };
                handler(pc, fp, cx, table)
            }
            Stored::Failed => crate::run::raise(pc, fp, cx, table),
        }
    }
}

/// `ASSIGN_DIM` to an array whose place a fetch left in a temporary.
pub(super) unsafe fn assign_fetched<B: Place>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let fetched = Frame::slot(fp, (*pc).a);
        if (*fetched).tag() == Tag::Indirect {
            let container = Value::deref_ptr((*fetched).indirect_ptr());
            let key = B::at(pc, fp, (*pc).b);
            match store(pc, fp, cx, container, key) {
                Stored::Yes => return go(pc.add(2), fp, cx, table),
                Stored::No => {}
                Stored::Failed => return crate::run::raise(pc, fp, cx, table),
            }
        }
        let handler = const { super::with_data(super::array::assign) };
        handler(pc, fp, cx, table)
    }
}

/// What became of an assignment.
enum Stored {
    Yes,
    /// The general way has to do it.
    No,
    /// Something was thrown.
    Failed,
}

/// Writes the value in the DATA behind `pc` to an element by int or string key.
#[inline(never)]
unsafe fn store(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    container: *mut Value,
    key: *mut Value,
) -> Stored {
    // SAFETY: module documentation. The value is taken once it is certain that it can be stored.
    unsafe {
        let tag = (*key).tag();
        if (*container).tag() != Tag::Array || tag != Tag::Int && tag != Tag::String {
            return Stored::No;
        }
        let Some(value) = data_value(pc, fp) else { return Stored::No };
        let array = (*container).as_array_mut().unwrap_unchecked();
        let place: *mut Value = if tag == Tag::Int {
            VmArray::entry_int(array.separate(), (*key).int_unchecked()).0
        } else {
            let place = array.get_or_insert(Key::from_string((*key).as_string().unwrap_unchecked()));
            if (*pc).kind_b() == Kind::Tmp {
                ptr::drop_in_place(key);
            }
            place
        };
        if !(*place).is_counted() {
            place.write(value);
            return Stored::Yes;
        }
        replace(place, value, pc, fp, cx)
    }
}

/// Puts a value where an element is that holds something counted.
#[inline(never)]
unsafe fn replace(
    place: *mut Value,
    value: Value,
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
) -> Stored {
    // SAFETY: the place was just found; what it held is replaced before it is dropped.
    unsafe {
        (*fp).pc = pc;
        cx.frame = fp;
        let stored = crate::dims::store(cx, place, value).map(drop);
        if super::body(stored, cx).is_err() { Stored::Failed } else { Stored::Yes }
    }
}

/// `ASSIGN_DIM` without a key: `$a[] = v`.
pub(super) unsafe fn push(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe {
        match append(pc, fp, cx, Value::deref_ptr(Frame::slot(fp, (*pc).a))) {
            Stored::Yes => go(pc.add(2), fp, cx, table),
            Stored::No => {
                let handler = const { super::with_data(super::array::assign) };
                handler(pc, fp, cx, table)
            }
            Stored::Failed => crate::run::raise(pc, fp, cx, table),
        }
    }
}

#[inline(never)]
unsafe fn append(pc: *const Op, fp: *mut Frame, cx: &mut Context, container: *mut Value) -> Stored {
    // SAFETY: module documentation.
    unsafe {
        if (*container).tag() != Tag::Array {
            return Stored::No;
        }
        let Some(value) = data_value(pc, fp) else { return Stored::No };
        let array = (*container).as_array_mut().unwrap_unchecked();
        if array.push(value).is_ok() {
            return Stored::Yes;
        }
        (*fp).pc = pc;
        cx.frame = fp;
        let _ = cx.throw_error(crate::dims::NEXT_OCCUPIED);
        Stored::Failed
    }
}

/// `FETCH_DIM_W` of an array of one owner in a variable, when the element is there: `$a[k][l] = v`.
pub(super) unsafe fn fetch_write<B: Place>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let container = Frame::slot(fp, (*pc).a);
        let key = B::at(pc, fp, (*pc).b);
        if (*container).tag() == Tag::Array && (*key).tag() == Tag::Int && (*container).is_counted() {
            let array = (*container).array_ptr();
            if (*array).head.count() == 1
                && let Some(element) = find_packed(array, (*key).int_unchecked())
                && (*element).tag() == Tag::Array
            {
                Frame::slot(fp, (*pc).c).write(Value::indirect(element));
                return go(pc.add(1), fp, cx, table);
            }
        }
        let handler = const { super::simple(super::array::fetch_w) };
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
            Kind::Lit => Some((*Lit::at(data, fp, (*data).a)).copy_raw()),
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
