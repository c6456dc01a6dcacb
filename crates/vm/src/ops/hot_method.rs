//! Calls of methods and `new`, the fast way.
//!
//! The inline cache of a method name has two words: the class that the method was looked up in, and the method.
//!
//! # Safety
//!
//! Handlers: see [`crate::dispatch`]. Operand kinds are those of the specialisation a handler serves. Caches hold
//! classes and functions, which live as long as the request.
#![allow(unsafe_code, reason = "hand-written handlers")]

use super::hot_arith::{Lit, Place};
use crate::Context;
use crate::class::ClassRef;
use crate::dispatch::{Next, Table, go};
use crate::frame::{Frame, VmThis, flag};
use crate::func::FuncRef;
use crate::ins::Ins;
use crate::ops::INTERPRETER;
use phalanx_bytecode::flags;
use phalanx_bytecode::spec::{SpecCode, spec_code};
use phalanx_bytecode::{Kind, Op};
use phalanx_value::{ObjRef, Tag, Value};
use std::ptr;

/// The method that the cache of the name at `operand` has for `class`.
#[inline(always)]
unsafe fn cached(class: usize, operand: u32, pc: *const Op, fp: *mut Frame) -> Option<FuncRef> {
    // SAFETY: module documentation.
    unsafe {
        let name = Lit::at(pc, fp, operand);
        let cache = (*fp).cache.add((*name).spare() as usize);
        if *cache == class {
            Some(FuncRef::from_ptr(ptr::with_exposed_provenance(*cache.add(1))))
        } else {
            None
        }
    }
}

/// Begins the call of a method whose arguments its frame has room for; null if there is no room. The caller sets `this`.
#[inline(always)]
unsafe fn begin(func: FuncRef, num_args: u32, fp: *mut Frame, cx: &mut Context) -> *mut Frame {
    // SAFETY: the frame is popped by CALL or when the call is abandoned; calls nest.
    unsafe {
        if num_args > func.num_params {
            return ptr::null_mut();
        }
        let call = cx.stack.try_push(func, (*fp).call);
        if !call.is_null() {
            (*fp).call = call;
        }
        call
    }
}

/// `INIT_CALL_METHOD` of `$this`. The caller's frame keeps the object, so the callee's does not count it.
pub(super) unsafe fn init_this(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe {
        if let Some(this) = (*fp).this.as_object()
            && let Some(func) = cached(this.class_ptr().expose_provenance(), (*pc).b, pc, fp)
            && !func.is_static()
        {
            let call = begin(func, (*pc).c, fp, cx);
            if !call.is_null() {
                (&raw mut (*call).this).write((*fp).this.borrow_raw());
                return go(pc.add(1), fp, cx, table);
            }
        }
        let handler = const { super::simple(super::call::init_method) };
        handler(pc, fp, cx, table)
    }
}

/// `INIT_CALL_METHOD` of the object in a variable.
pub(super) unsafe fn init_variable(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation. The count that the callee's frame owns is raised once the call has begun.
    unsafe {
        let variable = Value::deref_ptr(Frame::slot(fp, (*pc).a));
        if let Some(object) = (*variable).as_object()
            && let Some(func) = cached(object.class_ptr().expose_provenance(), (*pc).b, pc, fp)
            && !func.is_static()
        {
            let call = begin(func, (*pc).c, fp, cx);
            if !call.is_null() {
                (&raw mut (*call).this).write(VmThis::object(object.clone()));
                (*call).flags = flag::OWNS_THIS;
                return go(pc.add(1), fp, cx, table);
            }
        }
        let handler = const { super::simple(super::call::init_method) };
        handler(pc, fp, cx, table)
    }
}

/// The class whose code runs.
#[inline(always)]
unsafe fn scope(fp: *mut Frame) -> Option<ClassRef> {
    // SAFETY: the caller's frame is alive.
    let func = unsafe { (*fp).func };
    func.scope
}

/// `INIT_CALL_STATIC` of a static method, by the name of the class, `self` or `parent`.
pub(super) unsafe fn init_static(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let class = match (*pc).kind_a() {
            Kind::Lit => {
                let name = Lit::at(pc, fp, (*pc).a);
                *(*fp).cache.add((*name).spare() as usize)
            }
            _ => scope(fp).map_or(0, |scope| match (*pc).a {
                flags::CLASS_SELF => scope.as_ptr().expose_provenance(),
                flags::CLASS_PARENT => scope.parent.map_or(0, |parent| parent.as_ptr().expose_provenance()),
                _ => 0,
            }),
        };
        if class != 0
            && let Some(func) = cached(class, (*pc).b, pc, fp)
        {
            // What `static` names is handed on by `self` and `parent`.
            let called = if (*pc).kind_a() == Kind::None { (*fp).this.called_class() } else { None };
            let called = called.unwrap_or_else(|| ClassRef::from_ptr(ptr::with_exposed_provenance(class)));
            let call = begin(func, (*pc).c, fp, cx);
            if !call.is_null() {
                (&raw mut (*call).this).write(VmThis::class(called));
                return go(pc.add(1), fp, cx, table);
            }
        }
        let handler = const { super::simple(super::call::init_static) };
        handler(pc, fp, cx, table)
    }
}

/// A call whose result nobody wants.
const CALL: u16 = spec_code(SpecCode::CALL_N);

/// `NEW` of a class by its name. Without constructor and arguments there is nothing to call.
pub(super) unsafe fn new(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation. What records or steps sees each instruction.
    unsafe {
        let next = pc.add(1);
        if (*pc).b == 0 && (*next).code == CALL && ptr::eq(table, &INTERPRETER) && new_plain(pc, fp, cx) {
            return go(next.add(1), fp, cx, table);
        }
        let handler = const { super::simple(super::call::new) };
        handler(pc, fp, cx, table)
    }
}

/// Makes the object; false if the class has a constructor or is not known to have objects.
#[inline(never)]
unsafe fn new_plain(pc: *const Op, fp: *mut Frame, cx: &mut Context) -> bool {
    // SAFETY: module documentation.
    unsafe {
        let name = Lit::at(pc, fp, (*pc).a);
        let class = *(*fp).cache.add((*name).spare() as usize);
        if class == 0 {
            return false;
        }
        let class = ClassRef::from_ptr(ptr::with_exposed_provenance(class));
        if class.magic.construct.is_some() || !class.is_ready_for_objects() {
            return false;
        }
        Frame::slot(fp, (*pc).c).write(Value::object(cx.allocate(class)));
        true
    }
}

/// `FETCH_CLASS` of an object in a temporary.
pub(super) unsafe fn fetch_class(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation. The object has another owner, so its class stays when this one gives it up.
    unsafe {
        let value = Frame::slot(fp, (*pc).a);
        if (*value).tag() == Tag::Object {
            let class = (*(*value).object_ptr()).class;
            if (*value).release_shared() {
                Frame::slot(fp, (*pc).c).write(Value::raw(class.expose_provenance() as u64));
                return go(pc.add(1), fp, cx, table);
            }
        }
        let handler = const { super::simple(super::class::fetch) };
        handler(pc, fp, cx, table)
    }
}

/// `FUNC_NUM_ARGS`.
pub(super) unsafe fn num_args(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe {
        let given = (*fp).num_args;
        Frame::slot(fp, (*pc).c).write(Value::int(given.into()));
        go(pc.add(1), fp, cx, table)
    }
}

/// `FETCH_THIS`.
pub(super) unsafe fn fetch_this(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation.
    unsafe {
        if let Some(this) = (*fp).this.as_object() {
            Frame::slot(fp, (*pc).c).write(Value::object(ObjRef::clone(this)));
            return go(pc.add(1), fp, cx, table);
        }
        let handler = const { super::simple(super::variable::fetch_this) };
        handler(pc, fp, cx, table)
    }
}

/// `RECV` of a parameter with a type: one test of the argument's tag.
pub(super) unsafe fn receive(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation. The function is a user function, as it has instructions.
    unsafe {
        let proto = (*fp).func.proto().unwrap_unchecked();
        let number = (*pc).a;
        let ty = &proto.params.get_unchecked(number as usize - 1).ty;
        let tag = (*Frame::slot(fp, (*pc).c)).tag();
        if number <= (*fp).num_args
            && !(*fp).has(flag::MAY_HAVE_UNDEF)
            && (ty.bits & (1 << tag as u32) != 0 || ty.is_none())
        {
            return go(pc.add(1), fp, cx, table);
        }
        let handler = const { super::simple(super::recv::recv) };
        handler(pc, fp, cx, table)
    }
}

/// `VERIFY_RETURN` of a temporary: one test of its tag.
pub(super) unsafe fn verify_return(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: module documentation. The value moves to the result.
    unsafe {
        let func = (*fp).func;
        let value = Frame::slot(fp, (*pc).a);
        let tag = (*value).tag();
        let bits = func.proto().unwrap_unchecked().return_type.bits;
        if bits & (1 << tag as u32) != 0 && tag < Tag::Reference && !func.has(flags::func::RETURNS_REF) {
            let result = Frame::slot(fp, (*pc).c);
            if (*pc).kind_a() == Kind::Tmp {
                result.write(value.read());
            } else {
                result.write((*value).clone());
            }
            return go(pc.add(1), fp, cx, table);
        }
        let handler = const { super::simple(super::recv::verify_return) };
        handler(pc, fp, cx, table)
    }
}

/// Notes in the cache of the method name in operand b what a static call found.
pub(super) fn remember_static(ins: Ins, class: ClassRef, func: FuncRef) {
    let name = ins.literal(ins.op().b);
    ins.cache_of(name, 0).set(class.as_ptr().expose_provenance());
    ins.cache_of(name, 1).set(func.as_ptr().expose_provenance());
}
