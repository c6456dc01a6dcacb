//! Compound assignment and concatenation, the fast way.
//!
//! # Safety
//!
//! Handlers: see [`crate::dispatch`]. Operand kinds are those of the specialisation a handler serves.
#![allow(unsafe_code, reason = "hand-written handlers")]

use super::hot_arith::{FastOp, Place, floats};
use super::hot_array::{data_place, find, find_packed, variable};
use super::{arith, array, assign, simple, with_data};
use crate::Context;
use crate::dispatch::{Next, Table, go};
use crate::frame::Frame;
use phalanx_bytecode::flags::BinOp;
use phalanx_bytecode::{FLAG_SHIFT, Kind, Op};
use phalanx_value::convert::IntBuffer;
use phalanx_value::{PhpString, Tag, Value};

/// `a OP b` of two numbers; none where the general way is needed.
#[inline(always)]
pub(super) unsafe fn compute(op: u16, a: *const Value, b: *const Value) -> Option<Value> {
    #[inline(always)]
    unsafe fn of<O: FastOp>(a: *const Value, b: *const Value) -> Option<Value> {
        // SAFETY: operands are initialised; tags say what they hold.
        unsafe {
            if (*a).tag() == Tag::Int && (*b).tag() == Tag::Int {
                return O::int((*a).int_unchecked(), (*b).int_unchecked()).map(Value::int);
            }
            let (x, y) = floats(a, b)?;
            O::float(x, y).map(Value::float)
        }
    }
    const ADD: u16 = BinOp::Add as u16;
    const SUB: u16 = BinOp::Sub as u16;
    const MUL: u16 = BinOp::Mul as u16;
    const DIV: u16 = BinOp::Div as u16;
    // SAFETY: the caller's operands are initialised.
    unsafe {
        match op {
            ADD => of::<arith::Add>(a, b),
            SUB => of::<arith::Sub>(a, b),
            MUL => of::<arith::Mul>(a, b),
            DIV => of::<arith::Div>(a, b),
            _ => None,
        }
    }
}

/// `ASSIGN_OP` to a variable whose result nobody wants.
pub(super) unsafe fn compound<B: Place>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let place = Frame::slot(fp, (*pc).a);
        let right = B::at(pc, fp, (*pc).b);
        if (*pc).x >> FLAG_SHIFT == BinOp::Add as u16
            && (*place).tag() == Tag::Int
            && (*right).tag() == Tag::Int
            && let Some(sum) = (*place).int_unchecked().checked_add((*right).int_unchecked())
        {
            (*place).set_int_unchecked(sum);
            return go(pc.add(1), fp, cx, table);
        }
        compound_other::<B>(pc, fp, cx, table)
    }
}

/// The same for other operators and types.
#[inline(never)]
unsafe fn compound_other<B: Place>(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let place = Frame::slot(fp, (*pc).a);
        let right = B::at(pc, fp, (*pc).b);
        if let Some(result) = compute((*pc).x >> FLAG_SHIFT, place, right) {
            place.write(result);
            return go(pc.add(1), fp, cx, table);
        }
        if (*pc).x >> FLAG_SHIFT == BinOp::Concat as u16 {
            return append::<B>(pc, fp, cx, table);
        }
        let handler = const { simple(assign::assign_op) };
        handler(pc, fp, cx, table)
    }
}

/// `$variable .= string`.
#[inline(never)]
unsafe fn append<B: Place>(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation. Nothing runs user code here but the release of a temporary string, which cannot.
    unsafe {
        let right = B::at(pc, fp, (*pc).b);
        if grow(Value::deref_ptr(Frame::slot(fp, (*pc).a)), right, (*pc).kind_b() == Kind::Tmp) {
            return go(pc.add(1), fp, cx, table);
        }
        let handler = const { simple(assign::assign_op) };
        handler(pc, fp, cx, table)
    }
}

/// Appends one string to another, and releases the former if it is a temporary; false if there are no two strings.
#[inline(never)]
unsafe fn grow(place: *mut Value, right: *mut Value, take: bool) -> bool {
    // SAFETY: both are live.
    unsafe {
        if (*place).tag() != Tag::String || (*right).tag() != Tag::String || place == right {
            return false;
        }
        (*place).append_str((*right).as_string().unwrap_unchecked());
        if take {
            std::ptr::drop_in_place(right);
        }
        true
    }
}

/// `ASSIGN_DIM_OP` to an element of an array in a variable, when nobody wants the result.
pub(super) unsafe fn compound_dim<B: Place>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: module documentation. The element is found, computed and written without anything in between.
    unsafe {
        let container = variable(Frame::slot(fp, (*pc).a));
        let key = B::at(pc, fp, (*pc).b);
        let right = data_place(pc, fp);
        if (*container).tag() == Tag::Array
            && (*container).is_counted()
            && (*key).tag() == Tag::Int
            && (*right).tag() == Tag::Int
            && (*pc).x >> FLAG_SHIFT == BinOp::Add as u16
        {
            let array = (*container).array_ptr();
            if (*array).head.count() == 1
                && let Some(element) = find_packed(array, (*key).int_unchecked())
                && (*element).tag() == Tag::Int
                && let Some(sum) = (*element).int_unchecked().checked_add((*right).int_unchecked())
            {
                (*element).set_int_unchecked(sum);
                return go(pc.add(2), fp, cx, table);
            }
        }
        compound_dim_other::<B>(pc, fp, cx, table)
    }
}

/// The same for other keys, operators and types.
#[inline(never)]
unsafe fn compound_dim_other<B: Place>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: as above.
    unsafe {
        let container = variable(Frame::slot(fp, (*pc).a));
        if compute_dim(container, B::at(pc, fp, (*pc).b), pc, fp) {
            return go(pc.add(2), fp, cx, table);
        }
        let handler = const { with_data(array::assign_op) };
        handler(pc, fp, cx, table)
    }
}

/// Computes with an element in its place; false where the general way is needed.
#[inline(never)]
unsafe fn compute_dim(container: *mut Value, key: *mut Value, pc: *const Op, fp: *mut Frame) -> bool {
    // SAFETY: as above.
    unsafe {
        if (*container).tag() != Tag::Array || !(*container).is_counted() {
            return false;
        }
        let array = (*container).array_ptr();
        if (*array).head.count() != 1 || (*key).is_counted() && (*pc).kind_b() == Kind::Tmp {
            return false;
        }
        let element = find(array, key);
        if element.is_null() {
            return false;
        }
        let Some(result) = compute((*pc).x >> FLAG_SHIFT, element, data_place(pc, fp)) else { return false };
        element.write(result);
        true
    }
}

/// `CONCAT` of strings and ints.
pub(super) unsafe fn concat<A: Place, B: Place>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: module documentation.
    unsafe {
        if concatenate(A::at(pc, fp, (*pc).a), B::at(pc, fp, (*pc).b), pc, fp) {
            return go(pc.add(1), fp, cx, table);
        }
        let handler = const { simple(arith::binary::<arith::Concat>) };
        handler(pc, fp, cx, table)
    }
}

/// Writes the concatenation to the result; false if these are no strings or ints.
#[inline(never)]
unsafe fn concatenate(a: *mut Value, b: *mut Value, pc: *const Op, fp: *mut Frame) -> bool {
    // SAFETY: module documentation.
    unsafe {
        if (*a).tag() != Tag::String {
            return false;
        }
        let take_a = (*pc).kind_a() == Kind::Tmp;
        let result = match (*b).tag() {
            Tag::String => join(a, b, take_a, (*pc).kind_b() == Kind::Tmp),
            Tag::Int => join_int(a, (*b).int_unchecked(), take_a),
            _ => return false,
        };
        Frame::slot(fp, (*pc).c).write(result);
        true
    }
}

/// Two strings in one; temporaries are taken.
#[inline(always)]
unsafe fn join(a: *mut Value, b: *mut Value, take_a: bool, take_b: bool) -> Value {
    // SAFETY: both are strings.
    unsafe {
        let right = (*b).as_string().unwrap_unchecked();
        let result = if take_a {
            // The left string is nobody else's, most often: it grows in place.
            let mut left = a.read().into_string().unwrap_unchecked();
            left.push_bytes(right);
            left
        } else {
            PhpString::concat((*a).as_string().unwrap_unchecked(), right)
        };
        if take_b {
            std::ptr::drop_in_place(b);
        }
        Value::string(result)
    }
}

/// A string with a number behind it; a temporary string is taken.
#[inline(never)]
unsafe fn join_int(a: *mut Value, b: i64, take_a: bool) -> Value {
    let mut digits = IntBuffer::new();
    let digits = digits.format(b);
    // SAFETY: the caller's value is a string.
    unsafe {
        let result = if take_a {
            let mut left = a.read().into_string().unwrap_unchecked();
            left.push_bytes(digits);
            left
        } else {
            PhpString::concat((*a).as_string().unwrap_unchecked(), digits)
        };
        Value::string(result)
    }
}
