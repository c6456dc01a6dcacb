//! Calls of functions known by name, arguments, and returns, the fast way.
//!
//! # Safety
//!
//! Handlers: see [`crate::dispatch`]. Operand kinds are those of the specialisation a handler serves.
#![allow(unsafe_code, reason = "hand-written handlers")]

use super::hot_arith::{Lit, Place};
use crate::Context;
use crate::dispatch::{Next, Table, go};
use crate::frame::{Frame, VmThis, flag};
use crate::func::{FuncRef, TAKES_REFS};
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
            let call = cx.stack.push(func, (*pc).b, VmThis::NONE, 0, (*fp).call);
            (*call).num_args = 0;
            (*fp).call = call;
            return go(pc.add(1), fp, cx, table);
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

/// `CALL`.
pub(super) unsafe fn call(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation. The call was prepared by the instructions before.
    unsafe {
        let call = (*fp).call;
        let func = (*call).func;
        (*fp).pc = pc;
        if !func.has(super::call::ODD) && !(*call).has(flag::TRAMPOLINE) {
            (*fp).call = (*call).prev;
            (*call).prev = fp;
            if func.proto().is_none() {
                return native(pc, fp, call, cx, table);
            }
            (*call).ret =
                if (*pc).kind_c() == Kind::None { ptr::null_mut() } else { Frame::slot(fp, (*pc).c) };
            let entry = run::enter(call, cx);
            if cx.wants_poll_at_call() {
                return run::call_edge(entry, call, cx, table);
            }
            return go(entry, call, cx, table);
        }
        let handler = const { super::transfer(super::call::call) };
        handler(pc, fp, cx, table)
    }
}

/// `CALL` of a native function.
#[inline(always)]
unsafe fn native(pc: *const Op, fp: *mut Frame, call: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation. The call is the topmost frame, its arguments written.
    unsafe {
        let result = crate::call::native_raw(call, cx).into_raw();
        let wanted = (*pc).kind_c() != Kind::None;
        if result.is_undef() || phalanx_value::heap::attention() != 0 || !wanted && result.is_counted() {
            return native_odd(pc, fp, result, cx, table);
        }
        if wanted {
            Frame::slot(fp, (*pc).c).write(result);
        } else {
            std::mem::forget(result);
        }
        go(pc.add(1), fp, cx, table)
    }
}

/// What follows a native call that threw, left something to do, or whose result nobody wants.
#[cold]
#[inline(never)]
unsafe fn native_odd(pc: *const Op, fp: *mut Frame, result: Value, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: as above; the call is over.
    unsafe {
        match super::call::deliver(Ins::new(pc, fp), result, cx) {
            Ok(()) => go(pc.add(1), fp, cx, table),
            Err(_) => run::raise(pc, fp, cx, table),
        }
    }
}

/// Leaves `fp` after its result was delivered.
#[inline(always)]
unsafe fn leave(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    const ODD: u32 = flag::TOP | flag::SYMBOLS | flag::GENERATOR;
    // SAFETY: module documentation.
    unsafe {
        if (*fp).has(ODD) {
            return leave_odd(pc, fp, cx, table);
        }
        let ret = (*fp).ret;
        let prev = (*fp).prev;
        run::leave(fp, cx);
        if phalanx_value::heap::has_pending_destructors() {
            return destruct(ret, prev, cx, table);
        }
        go((*prev).pc.add(1), prev, cx, table)
    }
}

#[cold]
#[inline(never)]
unsafe fn destruct(ret: *mut Value, prev: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: `prev` is the innermost frame now; `ret` is one of its temporaries, or null.
    unsafe {
        if cx.run_destructors().is_err() {
            if !ret.is_null() {
                drop(ret.read());
            }
            return run::raise((*prev).pc, prev, cx, table);
        }
        go((*prev).pc.add(1), prev, cx, table)
    }
}

#[cold]
unsafe fn leave_odd(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let next = leave_frame(pc, fp, cx);
        if next.pc.is_null() {
            return next;
        }
        go(next.pc, next.fp, cx, table)
    }
}

/// Leaves a frame that ends the run loop, a script, or a generator; where execution goes on.
#[cold]
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
        let value = Frame::slot(fp, (*pc).a).read();
        let value = if value.is_ref() { value.into_deref() } else { value };
        let ret = (*fp).ret;
        if ret.is_null() {
            drop(value)
        } else {
            ret.write(value)
        }
        leave(pc, fp, cx, table)
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
        if tag == Tag::Undef {
            return return_undefined(pc, fp, cx, table);
        }
        if !ret.is_null() {
            if tag == Tag::Reference || (*fp).has(flag::SYMBOLS) {
                ret.write((*variable).deref_clone());
            } else {
                ret.write(variable.replace(Value::UNDEF));
            }
        }
        leave(pc, fp, cx, table)
    }
}

#[cold]
#[inline(never)]
unsafe fn return_undefined(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let ins = crate::ins::Ins::new(pc, fp);
        if ins.undefined((*pc).a, cx).is_err() {
            return run::raise(pc, fp, cx, table);
        }
        let ret = (*fp).ret;
        if !ret.is_null() {
            ret.write(Value::NULL);
        }
        leave(pc, fp, cx, table)
    }
}

/// `RETURN_REF` and whatever else delivered its result already.
pub(super) unsafe fn return_reference(
    pc: *const Op,
    fp: *mut Frame,
    cx: &mut Context,
    table: &Table,
) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let ins = crate::ins::Ins::new(pc, fp);
        ins.save(cx);
        match super::call::reference_to_return(ins, cx) {
            Ok(value) => {
                let ret = (*fp).ret;
                if ret.is_null() {
                    drop(value)
                } else {
                    ret.write(value)
                }
                leave(pc, fp, cx, table)
            }
            Err(_) => run::raise(pc, fp, cx, table),
        }
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
