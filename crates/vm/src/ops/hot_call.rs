//! Calls of functions known by name, arguments, and returns, the fast way.
//!
//! # Safety
//!
//! Handlers: see [`crate::dispatch`]. Operand kinds are those of the specialisation a handler serves.
#![allow(unsafe_code, reason = "hand-written handlers")]

use super::hot_arith::{Lit, Place};
use crate::Context;
use crate::dispatch::{Next, Table, go};
use crate::frame::{Frame, flag};
use crate::func::{FuncRef, NATIVE, TAKES_REFS};
use crate::ins::Ins;
use crate::run;
use phalanx_bytecode::{Kind, Op};
use phalanx_value::{Tag, Value};
use std::ptr;

/// `INIT_CALL` when its inline cache is filled.
pub(super) unsafe fn init_call(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let name = Lit::at(pc, fp, (*pc).a);
        let cached = *(*fp).cache.add((*name).spare() as usize);
        if cached != 0 {
            let func = FuncRef::from_ptr(ptr::with_exposed_provenance(cached));
            if (*pc).b <= func.num_params {
                let call = cx.stack.try_push(func, (*fp).call);
                if !call.is_null() {
                    (*fp).call = call;
                    return go(pc.add(1), fp, cx, table);
                }
            }
        }
        let handler = const { super::simple(super::call::init_call) };
        handler(pc, fp, cx, table)
    }
}

/// Whether the callee of `call` takes every argument by value.
#[inline(always)]
unsafe fn takes_values(call: *mut Frame) -> bool {
    // SAFETY: the call is being prepared.
    unsafe { !(*call).func.has(TAKES_REFS) }
}

/// `SEND_VAL` of a literal.
pub(super) unsafe fn send_literal(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation. Literals are never counted.
    unsafe {
        let call = (*fp).call;
        if !takes_values(call) {
            let handler = const { super::simple(super::send::value) };
            return handler(pc, fp, cx, table);
        }
        let number = (*pc).b;
        Frame::slot_at(call, number - 1).write((*Lit::at(pc, fp, (*pc).a)).copy_raw());
        (*call).num_args = number;
        go(pc.add(1), fp, cx, table)
    }
}

/// `SEND_VAL` of a temporary.
pub(super) unsafe fn send_temporary(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation. The temporary's value moves.
    unsafe {
        let call = (*fp).call;
        if !takes_values(call) {
            let handler = const { super::simple(super::send::value) };
            return handler(pc, fp, cx, table);
        }
        let number = (*pc).b;
        Frame::slot_at(call, number - 1).write(Frame::slot(fp, (*pc).a).read());
        (*call).num_args = number;
        go(pc.add(1), fp, cx, table)
    }
}

/// `SEND_CALL_RESULT` to a callee that takes it by value.
pub(super) unsafe fn send_result(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation. The temporary's value moves.
    unsafe {
        let call = (*fp).call;
        let value = Frame::slot(fp, (*pc).a);
        if takes_values(call) && (*value).tag() != Tag::Reference {
            let number = (*pc).b;
            Frame::slot_at(call, number - 1).write(value.read());
            (*call).num_args = number;
            return go(pc.add(1), fp, cx, table);
        }
        let handler = const { super::simple(super::send::call_result) };
        handler(pc, fp, cx, table)
    }
}

/// `SEND_VAR` of a variable to a callee that takes it by value.
pub(super) unsafe fn send_variable(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let variable = Frame::slot(fp, (*pc).a);
        let call = (*fp).call;
        if (*variable).tag() != Tag::Undef && (*variable).tag() != Tag::Reference && takes_values(call) {
            let number = (*pc).b;
            Frame::slot_at(call, number - 1).write((*variable).clone());
            (*call).num_args = number;
            return go(pc.add(1), fp, cx, table);
        }
        let handler = const { super::simple(super::send::variable) };
        handler(pc, fp, cx, table)
    }
}

/// `CALL`; `WANTED` says whether the result is.
pub(super) unsafe fn call<const WANTED: bool>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    const ODD: u32 = super::call::ODD | NATIVE;
    // SAFETY: module documentation. The call was prepared by the instructions before.
    unsafe {
        let call = (*fp).call;
        let func = (*call).func;
        let given = (*call).num_args;
        let cache = func.cache_if_made();
        (*fp).pc = pc;
        if !func.has(ODD)
            && !(*call).has(flag::TRAMPOLINE | flag::MAY_HAVE_UNDEF)
            && given.wrapping_sub(func.num_required) <= func.num_optional
            && !cache.is_null()
        {
            (*fp).call = (*call).prev;
            (*call).prev = fp;
            (*call).ret = if WANTED { Frame::slot(fp, (*pc).c) } else { ptr::null_mut() };
            (*call).cache = cache;
            run::undef_variables(call, func, given);
            cx.frame = call;
            let entry = func.entry();
            if cx.wants_poll_at_call() {
                return run::call_edge(entry, call, cx, table);
            }
            return go(entry, call, cx, table);
        }
        call_other::<WANTED>(pc, fp, cx, table)
    }
}

/// `CALL` of anything: only reached where no specialisation fits.
pub(super) unsafe fn call_general(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe {
        if (*pc).kind_c() == Kind::None {
            return call::<false>(pc, fp, cx, table);
        }
        call::<true>(pc, fp, cx, table)
    }
}

/// `CALL` of everything but a user function whose parameters are all given.
#[inline(never)]
unsafe fn call_other<const WANTED: bool>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: as above.
    unsafe {
        let call = (*fp).call;
        let func = (*call).func;
        if func.has(super::call::ODD) || (*call).has(flag::TRAMPOLINE) {
            let handler = const { super::transfer(super::call::call) };
            return handler(pc, fp, cx, table);
        }
        if func.has(NATIVE) {
            return call_native(pc, fp, cx, table);
        }
        call_unusual::<WANTED>(pc, fp, cx, table)
    }
}

/// `CALL` of a user function with fewer or more arguments than it asks for, or for the first time.
#[inline(never)]
unsafe fn call_unusual<const WANTED: bool>(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: as above.
    unsafe {
        let call = (*fp).call;
        let entry = enter::<WANTED>(pc, fp, cx);
        if cx.wants_poll_at_call() {
            return run::call_edge(entry, call, cx, table);
        }
        go(entry, call, cx, table)
    }
}

/// `CALL` of a native function.
#[inline(never)]
unsafe fn call_native(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: as above.
    unsafe {
        if run_native(pc, fp, cx) {
            return go(pc.add(1), fp, cx, table);
        }
        run::raise(pc, fp, cx, table)
    }
}

/// Enters any user function; where it begins.
#[inline(never)]
unsafe fn enter<const WANTED: bool>(pc: *const Op, fp: *mut Frame, cx: &mut Context) -> *const Op {
    // SAFETY: as above.
    unsafe {
        let call = (*fp).call;
        (*fp).call = (*call).prev;
        (*call).prev = fp;
        (*call).ret = if WANTED { Frame::slot(fp, (*pc).c) } else { ptr::null_mut() };
        run::enter(call, cx)
    }
}

/// Calls a native function and delivers its result; false if it threw.
#[inline(never)]
unsafe fn run_native(pc: *const Op, fp: *mut Frame, cx: &mut Context) -> bool {
    // SAFETY: as above. The call is the topmost frame, its arguments written.
    unsafe {
        let call = (*fp).call;
        (*fp).call = (*call).prev;
        (*call).prev = fp;
        let result = crate::call::native_raw(call, cx).into_raw();
        let wanted = (*pc).kind_c() != Kind::None;
        if result.is_undef() || phalanx_value::heap::attention() != 0 || !wanted && result.is_counted() {
            return native_odd(pc, fp, result, cx);
        }
        if wanted {
            Frame::slot(fp, (*pc).c).write(result);
        } else {
            std::mem::forget(result);
        }
        true
    }
}

/// What follows a native call that threw, left something to do, or whose result nobody wants; false if it threw.
#[cold]
#[inline(never)]
unsafe fn native_odd(pc: *const Op, fp: *mut Frame, result: Value, cx: &mut Context) -> bool {
    // SAFETY: as above; the call is over.
    unsafe { super::call::deliver(Ins::new(pc, fp), result, cx).is_ok() }
}

/// Leaves `fp` after its result was delivered.
#[inline(always)]
unsafe fn leave(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    const ODD: u32 = flag::TOP | flag::SYMBOLS | flag::GENERATOR | flag::EXTRA_ARGS | run::OWNS;
    // SAFETY: module documentation.
    unsafe {
        if (*fp).has(ODD) || (*fp).extra.is_some() {
            return leave_odd(pc, fp, cx, table);
        }
        let mut slot = Frame::slot_at(fp, 0);
        let func = (*fp).func;
        let end = Frame::slot(fp, func.variables_end);
        while slot < end {
            if (*slot).is_counted() {
                return leave_counted(pc, fp, cx, table);
            }
            slot = slot.add(1);
        }
        if !cx.stack.try_pop(fp) {
            return leave_counted(pc, fp, cx, table);
        }
        let prev = (*fp).prev;
        cx.frame = prev;
        go((*prev).pc.add(1), prev, cx, table)
    }
}

/// Leaves `fp`, some of whose variables have to be released.
#[inline(never)]
unsafe fn leave_counted(_: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let prev = (*fp).prev;
        if release_frame(fp, cx) {
            return go((*prev).pc.add(1), prev, cx, table);
        }
        run::raise((*prev).pc, prev, cx, table)
    }
}

/// Releases a frame that does not end the run loop, and runs the destructors that this leaves; false if one threw.
#[inline(never)]
unsafe fn release_frame(fp: *mut Frame, cx: &mut Context) -> bool {
    // SAFETY: module documentation.
    unsafe {
        let ret = (*fp).ret;
        run::leave(fp, cx);
        !phalanx_value::heap::has_pending_destructors() || destruct(ret, cx)
    }
}

#[cold]
#[inline(never)]
unsafe fn destruct(ret: *mut Value, cx: &mut Context) -> bool {
    if cx.run_destructors().is_ok() {
        return true;
    }
    if !ret.is_null() {
        // SAFETY: the result was delivered to a temporary of the innermost frame, which the exception will not release.
        drop(unsafe { ret.read() });
    }
    false
}

/// Leaves a frame that is not a plain one: it owns more than its variables, or ends something.
#[inline(never)]
unsafe fn leave_odd(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe {
        if !(*fp).has(flag::TOP | flag::SYMBOLS | flag::GENERATOR) {
            return leave_counted(pc, fp, cx, table);
        }
        let next = leave_frame(pc, fp, cx);
        if next.pc.is_null() {
            return next;
        }
        go(next.pc, next.fp, cx, table)
    }
}

/// Leaves any frame; where execution goes on.
#[inline(never)]
unsafe fn leave_frame(pc: *const Op, fp: *mut Frame, cx: &mut Context) -> Next {
    // SAFETY: module documentation.
    unsafe {
        (*fp).pc = pc;
        let top = (*fp).has(flag::TOP);
        let symbols = (*fp).has(flag::SYMBOLS);
        let ret = (*fp).ret;
        let prev = (*fp).prev;
        run::leave(fp, cx);
        if symbols {
            run::reattach(cx);
        }
        if phalanx_value::heap::has_pending_destructors() && cx.run_destructors().is_err() {
            if !ret.is_null() {
                drop(ret.replace(Value::NULL));
            }
            if !top {
                return run::unwind((*prev).pc, prev, cx);
            }
        }
        if top {
            return Next::LEAVE;
        }
        Next { pc: (*prev).pc.add(1), fp: prev }
    }
}

/// `RETURN` of a temporary.
pub(super) unsafe fn return_temporary(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: module documentation. The temporary's value moves.
    unsafe {
        let value = Frame::slot(fp, (*pc).a);
        let ret = (*fp).ret;
        if !ret.is_null() && (*value).tag() != Tag::Reference {
            ret.write(value.read());
            return leave(pc, fp, cx, table);
        }
        return_other(pc, fp, cx, table)
    }
}

/// `RETURN` of a temporary that is a reference, or that nobody wants.
#[inline(never)]
unsafe fn return_other(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: as above. What is dropped waits for its destructor until the frame is left.
    unsafe {
        deliver_other(fp, (*pc).a);
        leave_odd(pc, fp, cx, table)
    }
}

#[inline(never)]
unsafe fn deliver_other(fp: *mut Frame, operand: u32) {
    // SAFETY: as above.
    unsafe {
        let value = Frame::slot(fp, operand).read().into_deref();
        let ret = (*fp).ret;
        if ret.is_null() { drop(value) } else { ret.write(value) }
    }
}

/// `RETURN` of a literal.
pub(super) unsafe fn return_literal(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation. Literals are never counted.
    unsafe {
        let ret = (*fp).ret;
        if !ret.is_null() {
            ret.write((*Lit::at(pc, fp, (*pc).a)).copy_raw());
        }
        leave(pc, fp, cx, table)
    }
}

/// `RETURN` of a variable, which gives its value away.
pub(super) unsafe fn return_variable(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let variable = Frame::slot(fp, (*pc).a);
        let ret = (*fp).ret;
        let tag = (*variable).tag();
        if tag == Tag::Undef || tag == Tag::Reference || (*fp).has(flag::SYMBOLS) {
            return return_undefined(pc, fp, cx, table);
        }
        if !ret.is_null() {
            ret.write(variable.read());
            Value::init_undef(variable);
        }
        leave(pc, fp, cx, table)
    }
}

/// `RETURN` of a variable that keeps its value, or has none.
#[inline(never)]
unsafe fn return_undefined(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe {
        if deliver_copy(pc, fp, cx) {
            return leave_odd(pc, fp, cx, table);
        }
        run::raise(pc, fp, cx, table)
    }
}

#[inline(never)]
unsafe fn deliver_copy(pc: *const Op, fp: *mut Frame, cx: &mut Context) -> bool {
    // SAFETY: module documentation.
    unsafe {
        let ins = Ins::new(pc, fp);
        let variable = Frame::slot(fp, (*pc).a);
        let value =
            if (*variable).is_undef() { ins.undefined((*pc).a, cx) } else { Ok((*variable).deref_clone()) };
        let Ok(value) = value else { return false };
        let ret = (*fp).ret;
        if ret.is_null() {
            drop(value)
        } else {
            ret.write(value)
        }
        true
    }
}

/// `RETURN_REF`.
pub(super) unsafe fn return_reference(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: module documentation.
    unsafe {
        if deliver_reference(pc, fp, cx) {
            return leave_odd(pc, fp, cx, table);
        }
        run::raise(pc, fp, cx, table)
    }
}

#[inline(never)]
unsafe fn deliver_reference(pc: *const Op, fp: *mut Frame, cx: &mut Context) -> bool {
    // SAFETY: module documentation.
    unsafe {
        let ins = Ins::new(pc, fp);
        ins.save(cx);
        let Ok(value) = super::call::reference_to_return(ins, cx) else { return false };
        let ret = (*fp).ret;
        if ret.is_null() {
            drop(value)
        } else {
            ret.write(value)
        }
        true
    }
}

/// `RETURN` of anything: only reached where no specialisation fits.
pub(super) unsafe fn return_general(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe {
        match (*pc).kind_a() {
            Kind::Cv => return_variable(pc, fp, cx, table),
            Kind::Tmp => return_temporary(pc, fp, cx, table),
            Kind::Lit | Kind::None => return_literal(pc, fp, cx, table),
        }
    }
}
