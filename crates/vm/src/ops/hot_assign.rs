//! Compound assignment and concatenation, the fast way.
//!
//! # Safety
//!
//! Handlers: see [`crate::dispatch`]. Operand kinds are those of the specialisation a handler serves.
#![allow(unsafe_code, reason = "hand-written handlers")]

use super::hot_arith::{FastOp, Lit, Place, floats};
use super::{arith, array, assign, simple, with_data};
use crate::Context;
use crate::dispatch::{Next, Table, go};
use crate::frame::Frame;
use phalanx_bytecode::flags::BinOp;
use phalanx_bytecode::{FLAG_SHIFT, Kind, Op};
use phalanx_value::convert::IntBuffer;
use phalanx_value::{Key, PhpString, Tag, Value, VmArray};

/// `a OP b` of two numbers; none where the general way is needed.
#[inline(always)]
unsafe fn compute(op: u16, a: *const Value, b: *const Value) -> Option<Value> {
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

/// Appends one string to another, and releases the former if it is a temporary.
#[inline(never)]
unsafe fn grow(place: *mut Value, right: *mut Value, take: bool) {
    // SAFETY: both are strings, in different places.
    unsafe {
        (*place).append_str((*right).as_string().unwrap_unchecked());
        if take {
            std::ptr::drop_in_place(right);
        }
    }
}

/// `$variable .= string`.
unsafe fn append<B: Place>(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation. Nothing runs user code here but the release of a temporary string, which cannot.
    unsafe {
        let place = Value::deref_ptr(Frame::slot(fp, (*pc).a));
        let right = B::at(pc, fp, (*pc).b);
        if (*place).tag() == Tag::String && (*right).tag() == Tag::String && place != right {
            grow(place, right, (*pc).kind_b() == Kind::Tmp);
            return go(pc.add(1), fp, cx, table);
        }
        let handler = const { simple(assign::assign_op) };
        handler(pc, fp, cx, table)
    }
}

/// `ASSIGN_DIM_OP` to an element of a packed array in a variable by int key, when nobody wants the result.
pub(super) unsafe fn compound_dim<B: Place>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: module documentation. The element is found, computed and written without anything in between.
    unsafe {
        let container = Value::deref_ptr(Frame::slot(fp, (*pc).a));
        let key = B::at(pc, fp, (*pc).b);
        if (*container).tag() == Tag::Array {
            let array = (*container).array_ptr();
            if (*container).is_counted() && (*array).head.count() == 1 {
                let element = match (*key).tag() {
                    Tag::Int => VmArray::find_int(array, (*key).int_unchecked()),
                    Tag::String if (*pc).kind_b() != Kind::Tmp => find_string(array, key),
                    _ => std::ptr::null_mut(),
                };
                let data = pc.add(1);
                let right = match (*data).kind_a() {
                    Kind::Lit => Lit::at(data, fp, (*data).a),
                    _ => Frame::slot(fp, (*data).a),
                };
                if !element.is_null()
                    && let Some(result) = compute((*pc).x >> FLAG_SHIFT, element, right)
                {
                    element.write(result);
                    return go(pc.add(2), fp, cx, table);
                }
            }
        }
        let handler = const { with_data(array::assign_op) };
        handler(pc, fp, cx, table)
    }
}

/// The element under a string key, or null.
#[inline(always)]
unsafe fn find_string(array: *const VmArray, key: *const Value) -> *mut Value {
    // SAFETY: the caller's key is a string.
    unsafe {
        match Key::from_string((*key).as_string().unwrap_unchecked()) {
            Key::Int(int) => VmArray::find_int(array, int),
            Key::Str(string) => VmArray::find_str(array, string.raw()),
        }
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
        let a = A::at(pc, fp, (*pc).a);
        let b = B::at(pc, fp, (*pc).b);
        if (*a).tag() == Tag::String && (*b).tag() == Tag::String {
            let result = join(a, b, (*pc).kind_a() == Kind::Tmp, (*pc).kind_b() == Kind::Tmp);
            Frame::slot(fp, (*pc).c).write(result);
            return go(pc.add(1), fp, cx, table);
        }
        if (*a).tag() == Tag::String && (*b).tag() == Tag::Int {
            let result = join_int(a, (*b).int_unchecked(), (*pc).kind_a() == Kind::Tmp);
            Frame::slot(fp, (*pc).c).write(result);
            return go(pc.add(1), fp, cx, table);
        }
        let handler = const { simple(arith::binary::<arith::Concat>) };
        handler(pc, fp, cx, table)
    }
}

/// Two strings in one; temporaries are taken.
#[inline(never)]
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
