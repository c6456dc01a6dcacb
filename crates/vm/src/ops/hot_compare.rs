//! Comparison of ints, floats and identical scalars, and the jumps that follow, the fast way.
//!
//! # Safety
//!
//! Handlers: see [`crate::dispatch`]. Operand kinds are those of the specialisation a handler serves.
#![allow(unsafe_code, reason = "hand-written handlers")]

use super::compare::{Relation, jump_if, relation};
use super::hot_arith::Place;
use crate::Context;
use crate::dispatch::{Next, Table, go};
use crate::frame::Frame;
use crate::ops::INTERPRETER;
use crate::run;
use phalanx_bytecode::{Kind, Op};
use phalanx_value::{Tag, Value};
use std::ptr;

/// The truth of a relation, if the operands are numbers (or it is known otherwise).
#[inline(always)]
unsafe fn fast<R: Relation>(pc: *const Op, a: *const Value, b: *const Value) -> Option<bool> {
    // SAFETY: operands are initialised; tags say what they hold.
    unsafe {
        match ((*a).tag(), (*b).tag()) {
            (Tag::Float, Tag::Float) => Some(R::float((*a).float_unchecked(), (*b).float_unchecked())),
            (Tag::Int, Tag::Int) => Some(R::int((*a).int_unchecked(), (*b).int_unchecked())),
            (Tag::Float, Tag::Int) if !R::STRICT => {
                Some(R::float((*a).float_unchecked(), (*b).int_unchecked() as f64))
            }
            (Tag::Int, Tag::Float) if !R::STRICT => {
                Some(R::float((*a).int_unchecked() as f64, (*b).float_unchecked()))
            }
            // A temporary that owns something must be released, which the general way does.
            _ if (*a).is_counted() && (*pc).kind_a() == Kind::Tmp => None,
            _ if (*b).is_counted() && (*pc).kind_b() == Kind::Tmp => None,
            _ => R::tags((*a).tag(), (*b).tag()),
        }
    }
}

/// `c = a REL b`.
pub(super) unsafe fn compare<R: Relation, A: Place, B: Place>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let a = A::at(pc, fp, (*pc).a);
        let b = B::at(pc, fp, (*pc).b);
        if (*a).tag() == Tag::Int && (*b).tag() == Tag::Int {
            let truth = R::int((*a).int_unchecked(), (*b).int_unchecked());
            Frame::slot(fp, (*pc).c).write(Value::bool(truth));
            return go(pc.add(1), fp, cx, table);
        }
        compare_other::<R, A, B>(pc, fp, cx, table)
    }
}

/// The same where not both are ints.
#[inline(never)]
unsafe fn compare_other<R: Relation, A: Place, B: Place>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let a = A::at(pc, fp, (*pc).a);
        let b = B::at(pc, fp, (*pc).b);
        if let Some(truth) = fast::<R>(pc, a, b) {
            Frame::slot(fp, (*pc).c).write(Value::bool(truth));
            return go(pc.add(1), fp, cx, table);
        }
        let handler = const { super::simple(relation::<R>) };
        handler(pc, fp, cx, table)
    }
}

/// Goes to c if `a REL b` is `WANTED`.
pub(super) unsafe fn jump<R: Relation, A: Place, B: Place, const WANTED: bool>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let a = A::at(pc, fp, (*pc).a);
        let b = B::at(pc, fp, (*pc).b);
        if (*a).tag() == Tag::Int && (*b).tag() == Tag::Int {
            if R::int((*a).int_unchecked(), (*b).int_unchecked()) == WANTED {
                return take_jump(pc, (*pc).c, fp, cx, table);
            }
            return go(pc.add(1), fp, cx, table);
        }
        if (*a).tag() == Tag::Float && ((*b).tag() == Tag::Float || (*b).tag() == Tag::Int && !R::STRICT) {
            let x = (*a).float_unchecked();
            let y =
                if (*b).tag() == Tag::Float { (*b).float_unchecked() } else { (*b).int_unchecked() as f64 };
            if R::float(x, y) == WANTED {
                return take_jump(pc, (*pc).c, fp, cx, table);
            }
            return go(pc.add(1), fp, cx, table);
        }
        jump_other::<R, A, B, WANTED>(pc, fp, cx, table)
    }
}

/// The same of an int and a float, or of anything.
#[inline(never)]
unsafe fn jump_other<R: Relation, A: Place, B: Place, const WANTED: bool>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let a = A::at(pc, fp, (*pc).a);
        let b = B::at(pc, fp, (*pc).b);
        if let Some(truth) = fast::<R>(pc, a, b) {
            if truth == WANTED {
                return take_jump(pc, (*pc).c, fp, cx, table);
            }
            return go(pc.add(1), fp, cx, table);
        }
        let handler = const { super::branch(jump_if::<R, WANTED>) };
        handler(pc, fp, cx, table)
    }
}

/// Jumps to the target at `offset`; a jump backward, or to itself, polls what runs beside the program.
#[inline(always)]
pub(super) unsafe fn take_jump(
    pc: *const Op,
    offset: u32,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    let offset = offset as i32 as isize;
    let target = pc.wrapping_byte_offset(offset);
    // SAFETY: targets are instructions of the same function.
    unsafe {
        if offset <= 0 && cx.wants_poll() {
            return run::back_edge(target, fp, cx, table, pc);
        }
        go(target, fp, cx, table)
    }
}

/// `JMP_Z` and `JMP_NZ` of a slot.
pub(super) unsafe fn jump_bool<const WANTED: bool>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let a = Frame::slot(fp, (*pc).a);
        let truth = match (*a).tag() {
            Tag::True => true,
            Tag::False | Tag::Null => false,
            Tag::Int => (*a).int_unchecked() != 0,
            _ => {
                let handler = const { super::branch(super::jump::if_bool::<WANTED>) };
                return handler(pc, fp, cx, table);
            }
        };
        if truth == WANTED {
            return take_jump(pc, (*pc).b, fp, cx, table);
        }
        go(pc.add(1), fp, cx, table)
    }
}

/// `JMP`.
pub(super) unsafe fn jmp(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe { take_jump(pc, (*pc).a, fp, cx, table) }
}

/// `JMP_SET` of a variable.
pub(super) unsafe fn jump_set(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let a = Frame::slot(fp, (*pc).a);
        let truth = match (*a).tag() {
            Tag::True => true,
            Tag::False | Tag::Null => false,
            Tag::Int => (*a).int_unchecked() != 0,
            Tag::Array => (*(*a).array_ptr()).len != 0,
            _ => {
                let handler = const { super::branch(super::jump::set) };
                return handler(pc, fp, cx, table);
            }
        };
        if truth {
            Frame::slot(fp, (*pc).c).write((*a).clone());
            return take_jump(pc, (*pc).b, fp, cx, table);
        }
        go(pc.add(1), fp, cx, table)
    }
}

/// `PRE_INC` of a variable and the `JMP_LESS` of it behind: the end of most loops.
pub(super) unsafe fn step_jump<B: Place>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: module documentation. `fuse` looked at both instructions; what records or steps sees each.
    unsafe {
        let slot = Frame::slot(fp, (*pc).a);
        let jump = pc.add(1);
        let limit = B::at(jump, fp, (*jump).b);
        let both = (*slot).tag() == Tag::Int && (*limit).tag() == Tag::Int;
        if both
            && ptr::eq(table, &INTERPRETER)
            && let Some(new) = (*slot).int_unchecked().checked_add(1)
        {
            // The limit may be the variable itself.
            (*slot).set_int_unchecked(new);
            if new < (*limit).int_unchecked() {
                return take_jump(jump, (*jump).c, fp, cx, table);
            }
            return go(pc.add(2), fp, cx, table);
        }
        super::hot_var::step::<true>(pc, fp, cx, table)
    }
}
