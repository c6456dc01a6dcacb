//! Moves, assignments and steps of variables, the fast way.
//!
//! # Safety
//!
//! Handlers: see [`crate::dispatch`]. Operand kinds are those of the specialisation a handler serves.
#![allow(unsafe_code, reason = "hand-written handlers")]

use super::hot_arith::{Lit, Place};
use crate::Context;
use crate::dispatch::{Next, Table, go};
use crate::frame::Frame;
use phalanx_bytecode::Op;
use phalanx_value::{Tag, Value};

/// `MOVE` of a literal to a temporary.
pub(super) unsafe fn move_literal(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation. Literals are never counted.
    unsafe {
        Frame::slot(fp, (*pc).c).write((*Lit::at(pc, fp, (*pc).a)).copy_raw());
        go(pc.add(1), fp, cx, table)
    }
}

/// `MOVE` of a variable to a temporary.
pub(super) unsafe fn move_variable(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let from = Frame::slot(fp, (*pc).a);
        if (*from).tag() != Tag::Undef && (*from).tag() != Tag::Reference {
            Frame::slot(fp, (*pc).c).write((*from).clone());
            return go(pc.add(1), fp, cx, table);
        }
        let handler = const { super::simple(super::variable::move_) };
        handler(pc, fp, cx, table)
    }
}

/// `ASSIGN` of a literal.
pub(super) unsafe fn assign_literal(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation. Literals are never counted.
    unsafe {
        let to = Frame::slot(fp, (*pc).a);
        if !(*to).is_counted() {
            to.write((*Lit::at(pc, fp, (*pc).b)).copy_raw());
            return go(pc.add(1), fp, cx, table);
        }
        assign_literal_counted(pc, fp, cx, table)
    }
}

/// The same over a value that has to be released.
#[inline(never)]
unsafe fn assign_literal_counted(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: as above.
    unsafe {
        if replaced(Frame::slot(fp, (*pc).a), Lit::at(pc, fp, (*pc).b), false) {
            return done(pc, fp, cx, table);
        }
        assign_slow(pc, fp, cx, table)
    }
}

/// `ASSIGN` of a temporary.
pub(super) unsafe fn assign_temporary(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: module documentation. The temporary's value moves.
    unsafe {
        let to = Frame::slot(fp, (*pc).a);
        let from = Frame::slot(fp, (*pc).b);
        if !(*to).is_counted() && (*from).tag() != Tag::Reference {
            to.write(from.read());
            return go(pc.add(1), fp, cx, table);
        }
        assign_counted::<true>(pc, fp, cx, table)
    }
}

/// `ASSIGN` of a variable.
pub(super) unsafe fn assign_variable(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let to = Frame::slot(fp, (*pc).a);
        let from = Frame::slot(fp, (*pc).b);
        let tag = (*from).tag();
        if !(*to).is_counted() && tag != Tag::Reference && tag != Tag::Undef {
            to.write((*from).clone());
            return go(pc.add(1), fp, cx, table);
        }
        assign_counted::<false>(pc, fp, cx, table)
    }
}

/// `ASSIGN` over a value that has to be released; with `TAKE` the new one moves.
#[inline(never)]
unsafe fn assign_counted<const TAKE: bool>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: module documentation.
    unsafe {
        if replaced(Frame::slot(fp, (*pc).a), Frame::slot(fp, (*pc).b), TAKE) {
            return done(pc, fp, cx, table);
        }
        assign_slow(pc, fp, cx, table)
    }
}

/// Goes on behind an instruction that released something: destructors may be due.
#[inline(always)]
pub(super) unsafe fn done(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe {
        if phalanx_value::heap::attention() == 0 {
            return go(pc.add(1), fp, cx, table);
        }
        let handler = const { super::simple(super::variable::nop) };
        handler(pc, fp, cx, table)
    }
}

/// Stores a value in a variable that is no reference, and releases what was there; false if a reference is involved.
#[inline(never)]
pub(super) unsafe fn replaced(to: *mut Value, from: *const Value, take: bool) -> bool {
    // SAFETY: both are live. The old value is dropped when the new one is in place.
    unsafe {
        let tag = (*from).tag();
        if (*to).tag() == Tag::Reference || tag == Tag::Reference || tag == Tag::Undef {
            return false;
        }
        let value = if take { from.read() } else { (*from).clone() };
        drop(to.replace(value));
        true
    }
}

#[inline(never)]
unsafe fn assign_slow(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    let handler = const { super::simple(super::assign::assign) };
    // SAFETY: module documentation.
    unsafe { handler(pc, fp, cx, table) }
}

/// What has no effect.
pub(super) unsafe fn nothing(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe { go(pc.add(1), fp, cx, table) }
}

/// `ASSIGN` whose result is wanted, of numbers and the like.
pub(super) unsafe fn assign_result<B: Place>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: module documentation. A value that is not counted may be copied.
    unsafe {
        let to = Frame::slot(fp, (*pc).a);
        let from = B::at(pc, fp, (*pc).b);
        if !(*to).is_counted() && !(*from).is_counted() && (*from).tag() != Tag::Undef {
            to.write((*from).copy_raw());
            Frame::slot(fp, (*pc).c).write((*from).copy_raw());
            return go(pc.add(1), fp, cx, table);
        }
        assign_slow(pc, fp, cx, table)
    }
}

/// `PRE_INC` and `PRE_DEC` of a variable whose result is wanted.
pub(super) unsafe fn step_result<const UP: bool>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let slot = Frame::slot(fp, (*pc).a);
        if (*slot).tag() == Tag::Int {
            let old = (*slot).int_unchecked();
            if let Some(new) = if UP { old.checked_add(1) } else { old.checked_sub(1) } {
                (*slot).set_int_unchecked(new);
                Frame::slot(fp, (*pc).c).write(Value::int(new));
                return go(pc.add(1), fp, cx, table);
            }
        }
        let handler = const { super::simple(super::assign::pre::<UP>) };
        handler(pc, fp, cx, table)
    }
}

/// `FETCH_R` of a global variable by its name.
pub(super) unsafe fn fetch_global(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe {
        if copy_global(Lit::at(pc, fp, (*pc).a), Frame::slot(fp, (*pc).c), cx) {
            return go(pc.add(1), fp, cx, table);
        }
        let handler = const { super::simple(super::variable::fetch_r) };
        handler(pc, fp, cx, table)
    }
}

#[inline(never)]
unsafe fn copy_global(name: *const Value, to: *mut Value, cx: &mut Context) -> bool {
    // SAFETY: the name is a literal; the symbol table gives addresses of live values.
    unsafe {
        let Some(name) = (*name).as_string() else { return false };
        let Some(place) = cx.globals.borrow_mut().find(name) else { return false };
        if (*place).is_undef() {
            return false;
        }
        to.write((*place).deref_clone());
        true
    }
}

/// `PRE_INC` and `PRE_DEC` of a variable whose result nobody wants.
pub(super) unsafe fn step<const UP: bool>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let slot = Frame::slot(fp, (*pc).a);
        if (*slot).tag() == Tag::Int {
            let old = (*slot).int_unchecked();
            if let Some(new) = if UP { old.checked_add(1) } else { old.checked_sub(1) } {
                (*slot).set_int_unchecked(new);
                return go(pc.add(1), fp, cx, table);
            }
        }
        let handler = const { super::simple(super::assign::pre::<UP>) };
        handler(pc, fp, cx, table)
    }
}

/// `POST_INC` and `POST_DEC` of a variable.
pub(super) unsafe fn post_step<const UP: bool>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let slot = Frame::slot(fp, (*pc).a);
        if (*slot).tag() == Tag::Int {
            let old = (*slot).int_unchecked();
            if let Some(new) = if UP { old.checked_add(1) } else { old.checked_sub(1) } {
                (*slot).set_int_unchecked(new);
                Frame::slot(fp, (*pc).c).write(Value::int(old));
                return go(pc.add(1), fp, cx, table);
            }
        }
        let handler = const { super::simple(super::assign::post::<UP>) };
        handler(pc, fp, cx, table)
    }
}
