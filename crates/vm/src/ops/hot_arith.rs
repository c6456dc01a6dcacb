//! Arithmetic on ints and floats, the fast way.
//!
//! # Safety
//!
//! Handlers: see [`crate::dispatch`]. Operand kinds are those of the specialisation a handler serves.
#![allow(unsafe_code, reason = "hand-written handlers")]

use super::arith::{Binary, binary};
use crate::Context;
use crate::dispatch::{Next, Table, go};
use crate::frame::Frame;
use phalanx_bytecode::Op;
use phalanx_value::{Tag, Value};

/// Where an operand of known kind lies.
pub(super) trait Place {
    /// Its address.
    ///
    /// # Safety
    /// `operand` must be an operand of this kind of the instruction at `pc` in `fp`.
    unsafe fn at(pc: *const Op, fp: *mut Frame, operand: u32) -> *mut Value;
}

/// A variable or temporary.
pub(super) struct Slot;
/// A literal.
pub(super) struct Lit;

impl Place for Slot {
    #[inline(always)]
    unsafe fn at(_: *const Op, fp: *mut Frame, operand: u32) -> *mut Value {
        // SAFETY: the caller's promise.
        unsafe { Frame::slot(fp, operand) }
    }
}

impl Place for Lit {
    #[inline(always)]
    unsafe fn at(pc: *const Op, _: *mut Frame, operand: u32) -> *mut Value {
        pc.wrapping_byte_offset(operand as i32 as isize).cast::<Value>().cast_mut()
    }
}

/// Whether a result may be written over what a destination holds.
pub(super) trait Dest {
    /// Whether it may.
    ///
    /// # Safety
    /// `slot` must be a slot of the kind.
    unsafe fn is_free(slot: *mut Value) -> bool;
}

/// A temporary: always.
pub(super) struct Tmp;
/// A variable: if it holds nothing that is counted.
pub(super) struct Cv;

impl Dest for Tmp {
    #[inline(always)]
    unsafe fn is_free(_: *mut Value) -> bool {
        true
    }
}

impl Dest for Cv {
    #[inline(always)]
    unsafe fn is_free(slot: *mut Value) -> bool {
        // SAFETY: slots of variables are initialised.
        unsafe { !(*slot).is_counted() }
    }
}

/// An operator with a fast way.
pub(super) trait FastOp: Binary {
    /// Of ints; none where the result is no int or may raise something.
    fn int(a: i64, b: i64) -> Option<i64>;
    /// Of floats.
    fn float(_: f64, _: f64) -> Option<f64> {
        None
    }
}

macro_rules! fast {
    ($($name:ident: |$a:ident, $b:ident| $int:expr, |$x:ident, $y:ident| $float:expr;)*) => {$(
        impl FastOp for super::arith::$name {
            #[inline(always)]
            fn int($a: i64, $b: i64) -> Option<i64> { $int }
            #[inline(always)]
            fn float($x: f64, $y: f64) -> Option<f64> { $float }
        }
    )*};
}

fast! {
    Add: |a, b| a.checked_add(b), |x, y| Some(x + y);
    Sub: |a, b| a.checked_sub(b), |x, y| Some(x - y);
    Mul: |a, b| a.checked_mul(b), |x, y| Some(x * y);
    Div: |a, b| if b > 0 && a % b == 0 { Some(a / b) } else { None }, |x, y| (y != 0.0).then(|| x / y);
    Mod: |a, b| if b > 0 { Some(a % b) } else { None }, |_x, _y| None;
    BitAnd: |a, b| Some(a & b), |_x, _y| None;
    BitOr: |a, b| Some(a | b), |_x, _y| None;
    BitXor: |a, b| Some(a ^ b), |_x, _y| None;
    Shl: |a, b| (b as u64 <= 63).then(|| a.wrapping_shl(b as u32)), |_x, _y| None;
    Shr: |a, b| (b as u64 <= 63).then(|| a >> b), |_x, _y| None;
}

/// `c = a OP b` for operands of known kinds.
pub(super) unsafe fn arith<O: FastOp, A: Place, B: Place, D: Dest>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let a = A::at(pc, fp, (*pc).a);
        let b = B::at(pc, fp, (*pc).b);
        let c = Frame::slot(fp, (*pc).c);
        if D::is_free(c) {
            if (*a).tag() == Tag::Int && (*b).tag() == Tag::Int {
                if let Some(result) = O::int((*a).int_unchecked(), (*b).int_unchecked()) {
                    c.write(Value::int(result));
                    return go(pc.add(1), fp, cx, table);
                }
            } else if (*a).tag() == Tag::Float
                && (*b).tag() == Tag::Float
                && let Some(result) = O::float((*a).float_unchecked(), (*b).float_unchecked())
            {
                c.write(Value::float(result));
                return go(pc.add(1), fp, cx, table);
            }
        }
        arith_mixed::<O, A, B, D>(pc, fp, cx, table)
    }
}

/// The same of an int and a float, or of anything.
#[inline(never)]
unsafe fn arith_mixed<O: FastOp, A: Place, B: Place, D: Dest>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let a = A::at(pc, fp, (*pc).a);
        let b = B::at(pc, fp, (*pc).b);
        let c = Frame::slot(fp, (*pc).c);
        if D::is_free(c)
            && let Some((x, y)) = floats(a, b)
            && let Some(result) = O::float(x, y)
        {
            c.write(Value::float(result));
            return go(pc.add(1), fp, cx, table);
        }
        let handler = const { super::simple(binary::<O>) };
        handler(pc, fp, cx, table)
    }
}

/// Both operands as floats if at least one is a float and the other a number.
#[inline(always)]
pub(super) unsafe fn floats(a: *const Value, b: *const Value) -> Option<(f64, f64)> {
    // SAFETY: operands are initialised; tags say what they hold.
    unsafe {
        match ((*a).tag(), (*b).tag()) {
            (Tag::Float, Tag::Float) => Some(((*a).float_unchecked(), (*b).float_unchecked())),
            (Tag::Float, Tag::Int) => Some(((*a).float_unchecked(), (*b).int_unchecked() as f64)),
            (Tag::Int, Tag::Float) => Some(((*a).int_unchecked() as f64, (*b).float_unchecked())),
            _ => None,
        }
    }
}
