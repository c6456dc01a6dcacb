//! Beginning calls, and making those that are not plain calls of user functions.
//!
//! # Safety
//!
//! Frames are pushed for the call being prepared and popped by whoever ends it; see [`crate::run`].
#![allow(unsafe_code, reason = "pushes and pops frames")]

use crate::Context;
use crate::call;
use crate::class::{Callee, ClassRef};
use crate::dispatch::Next;
use crate::frame::{Frame, VmThis, flag};
use crate::func::FuncRef;
use crate::ins::Ins;
use crate::run;
use crate::thrown::PhpResult;
use phalanx_bytecode::Kind;
use phalanx_bytecode::flags::{self, func as func_flag, op as op_flag};
use phalanx_value::{ObjRef, PhpString, Value};
use std::ptr;

/// Functions whose calls the fast way leaves to this module.
pub(super) const ODD: u32 = func_flag::ABSTRACT | func_flag::DEPRECATED;

/// Pushes the frame of a call.
pub(crate) fn push(
    ins: Ins,
    cx: &mut Context,
    func: FuncRef,
    num_args: u32,
    this: VmThis,
    flags: u32,
) -> *mut Frame {
    let fp = ins.fp();
    // SAFETY: the frame is popped by CALL or when the call is abandoned; calls nest.
    unsafe {
        let call = cx.stack.push(func, num_args, this, flags, (*fp).call);
        (*call).num_args = 0;
        (*fp).call = call;
        call
    }
}

/// Pushes the frame of a call of a callable.
fn push_callee(ins: Ins, cx: &mut Context, callee: Callee, num_args: u32) -> *mut Frame {
    let (this, mut flags) = match (callee.this, callee.called_class) {
        (Some(object), _) => (VmThis::object(object), flag::OWNS_THIS),
        (None, Some(class)) => (VmThis::class(class), 0),
        (None, None) => (VmThis::NONE, 0),
    };
    if callee.closure.is_some() {
        flags |= flag::CLOSURE;
    }
    if callee.magic_name.is_some() {
        flags |= flag::TRAMPOLINE;
    }
    let call = push(ins, cx, callee.func, num_args, this, flags);
    if callee.closure.is_some() || callee.magic_name.is_some() {
        // SAFETY: just pushed.
        let extra = unsafe { (*call).extra_mut() };
        extra.closure = callee.closure;
        extra.trampoline_name = callee.magic_name;
    }
    call
}

pub(super) fn init_call(ins: Ins, cx: &mut Context) -> PhpResult {
    let op = ins.op();
    let name = ins.literal(op.a);
    let cached = ins.cache_of(name, 0).get();
    if cached != 0 {
        // SAFETY: the cache holds functions, which live as long as the request.
        let func = unsafe { FuncRef::from_ptr(ptr::with_exposed_provenance(cached)) };
        push(ins, cx, func, op.b, VmThis::NONE, 0);
        return Ok(());
    }
    let lower = ins.literal_after(op.a, 1).as_string().expect("a name");
    let mut found = cx.find_function(lower);
    if found.is_none() && ins.has(op_flag::FALLBACK) {
        let global = ins.literal_after(op.a, 2).as_string().expect("a name");
        found = cx.find_function(global);
    }
    let Some(func) = found else {
        let name = name.as_bytes().expect("a name");
        return Err(cx.throw_error([b"Call to undefined function ", name, b"()"].concat()));
    };
    ins.cache_of(name, 0).set(func.as_ptr().expose_provenance());
    push(ins, cx, func, op.b, VmThis::NONE, 0);
    Ok(())
}

pub(super) fn init_dynamic(ins: Ins, cx: &mut Context) -> PhpResult {
    let value = ins.take_a(cx)?;
    let callee = crate::callable::resolve_for_call(cx, &value)?;
    let frame = push_callee(ins, cx, callee, ins.op().b);
    // SAFETY: the frame was just pushed.
    unsafe { (*frame).flags |= flag::DYNAMIC };
    Ok(())
}

/// The lower-case form of a method name operand: the literal behind a literal, else computed.
fn lower_name(ins: Ins, kind: Kind, operand: u32, name: &PhpString) -> PhpString {
    if kind == Kind::Lit {
        ins.literal_after(operand, 1).as_string().expect("a name").clone()
    } else {
        PhpString::from_bytes(&name.to_ascii_lowercase())
    }
}

pub(super) fn init_method(ins: Ins, cx: &mut Context) -> PhpResult {
    let op = ins.op();
    let object = if op.kind_a() == Kind::None {
        match ins.this() {
            Some(this) => Value::object(this.clone()),
            None => return Err(cx.throw_error("Using $this when not in object context")),
        }
    } else {
        ins.peek_a()
    };
    let name = ins.take_b(cx)?;
    let undefined = op.kind_a() == Kind::Cv && object.is_undef();
    if undefined {
        ins.undefined(op.a, cx)?;
    }
    ins.free_a();
    let Some(name) = name.into_string() else {
        return Err(cx.throw_error("Method name must be a string"));
    };
    let Some(object) = object.as_object() else {
        let kind = crate::convert::value_name(&object);
        return Err(cx.throw_error(format!("Call to a member function {name}() on {kind}")));
    };
    let lower = lower_name(ins, op.kind_b(), op.b, &name);
    let callee = find_method(ins, cx, object, &name, &lower)?;
    push_callee(ins, cx, callee, op.c);
    Ok(())
}

/// The method of an object that a call names, with `__call` as the last resort; uses the inline cache.
fn find_method(
    ins: Ins,
    cx: &mut Context,
    object: &ObjRef,
    name: &PhpString,
    lower: &PhpString,
) -> PhpResult<Callee> {
    let class = ClassRef::of(object);
    let cached = (ins.op().kind_b() == Kind::Lit).then(|| ins.literal(ins.op().b));
    if let Some(name) = cached
        && ins.cache_of(name, 0).get() == class.as_ptr().expose_provenance()
    {
        let func = ins.cache_of(name, 1).get();
        // SAFETY: the cache holds functions, which live as long as the request.
        let func = unsafe { FuncRef::from_ptr(ptr::with_exposed_provenance(func)) };
        return Ok(method_callee(func, object, class));
    }
    let callee = crate::callable::method_of_object(cx, object, name, lower, ins.scope())?;
    if let Some(name) = cached
        && callee.magic_name.is_none()
        && callee.closure.is_none()
    {
        ins.cache_of(name, 0).set(class.as_ptr().expose_provenance());
        ins.cache_of(name, 1).set(callee.func.as_ptr().expose_provenance());
    }
    Ok(callee)
}

fn method_callee(func: FuncRef, object: &ObjRef, class: ClassRef) -> Callee {
    let this = (!func.is_static()).then(|| object.clone());
    Callee { func, this, called_class: Some(class), closure: None, magic_name: None }
}

pub(super) fn init_static(ins: Ins, cx: &mut Context) -> PhpResult {
    let op = ins.op();
    let class = super::class::operand(ins, op.kind_a(), op.a, cx)?;
    // `self`, `parent` and `static` hand on the class that was called.
    let forwards = op.kind_a() == Kind::None;
    if op.kind_b() == Kind::None {
        let Some(func) = class.magic.construct else {
            return Err(cx.throw_error("Cannot call constructor"));
        };
        let this = match ins.this() {
            Some(this) if ClassRef::of(this).is_a(class) => {
                if func.has(func_flag::PRIVATE) && func.scope != Some(ClassRef::of(this)) {
                    let text = format!("Cannot call private {}::{}()", class.name, func.name);
                    return Err(cx.throw_error(text));
                }
                this.clone()
            }
            _ => {
                return Err(cx.throw_error(format!(
                    "Non-static method {}::{}() cannot be called statically",
                    class.name, func.name
                )));
            }
        };
        push(ins, cx, func, op.c, VmThis::object(this), flag::OWNS_THIS);
        return Ok(());
    }
    let name = ins.take_b(cx)?;
    let Some(name) = name.into_string() else {
        return Err(cx.throw_error("Method name must be a string"));
    };
    let lower = lower_name(ins, op.kind_b(), op.b, &name);
    let this = ins.this().filter(|this| ClassRef::of(this).is_a(class)).cloned();
    let called = if forwards { ins.frame().this.called_class() } else { None };
    let mut callee = crate::callable::method_of_class(cx, class, &name, &lower, ins.scope(), this)?;
    if callee.this.is_none()
        && let Some(called) = called
        && op.a != flags::CLASS_STATIC
        && called.is_a(class)
    {
        callee.called_class = Some(called);
    }
    let is_plain = callee.magic_name.is_none() && callee.closure.is_none() && callee.func.is_static();
    if is_plain && op.kind_b() == Kind::Lit {
        super::hot_method::remember_static(ins, class, callee.func);
    }
    push_callee(ins, cx, callee, op.c);
    Ok(())
}

pub(super) fn new(ins: Ins, cx: &mut Context) -> PhpResult {
    let op = ins.op();
    let class = super::class::operand(ins, op.kind_a(), op.a, cx)?;
    let object = cx.new_object(class)?;
    let constructor = match class.magic.construct {
        None => cx.no_constructor(),
        Some(func) => {
            crate::callable::check_constructor(cx, class, func, ins.scope())?;
            func
        }
    };
    ins.set_c(Value::object(object.clone()));
    push(ins, cx, constructor, op.b, VmThis::object(object), flag::OWNS_THIS | flag::CTOR);
    Ok(())
}

/// `CALL` of everything but plain user functions.
pub(super) fn call(ins: Ins, cx: &mut Context) -> PhpResult<Next> {
    let fp = ins.fp();
    // SAFETY: the call was prepared by the instructions before; it leaves the list of calls being prepared.
    let call = unsafe {
        let call = (*fp).call;
        (*fp).call = (*call).prev;
        (*call).prev = fp;
        call
    };
    // SAFETY: just taken.
    let func = unsafe { (*call).func };
    if func.has(ODD) {
        // SAFETY: as above.
        let called = unsafe { (*call).extra.as_ref() }.and_then(|extra| extra.trampoline_name.clone());
        let refused = call::check_callable(cx, func, called.as_ref());
        if let Err(thrown) = refused {
            // SAFETY: the call is the topmost frame.
            unsafe { run::abandon_call(call, cx) };
            return Err(thrown);
        }
    }
    // SAFETY: the call is the topmost frame, being prepared.
    unsafe {
        if (*call).has(flag::TRAMPOLINE) {
            call::collect_magic_args(call, cx);
        }
        let func = (*call).func;
        if func.proto().is_some() {
            (*call).ret = if ins.wants_result() { ins.slot(ins.op().c) } else { ptr::null_mut() };
            let pc = run::enter(call, cx);
            return Ok(Next { pc, fp: call });
        }
        let result = call::native(call, cx);
        let result = run_pending(result, cx)?;
        ins.set_c(result);
        Ok(Next { pc: ins.next(), fp })
    }
}

/// Delivers what a native call returned raw (undef: it threw), after the destructors that it left behind.
pub(super) fn deliver(ins: Ins, result: Value, cx: &mut Context) -> PhpResult {
    let result = if result.is_undef() { cx.pending().map(|()| Value::NULL) } else { Ok(result) };
    if ins.op().kind_c() == Kind::None {
        // What nobody wants goes now, and its destructor is due before anything else happens.
        let done = result.map(drop).map(|()| Value::NULL);
        return run_pending(done, cx).map(drop);
    }
    let result = run_pending(result, cx)?;
    ins.set_c(result);
    Ok(())
}

/// Runs destructors that a native call left behind.
fn run_pending(result: PhpResult<Value>, cx: &mut Context) -> PhpResult<Value> {
    if phalanx_value::heap::attention() != 0 { run::attended(result, cx) } else { result }
}

pub(super) fn callable(ins: Ins, cx: &mut Context) -> PhpResult {
    let fp = ins.fp();
    // SAFETY: the call was prepared by the instructions before; it is the topmost frame and is popped here.
    let closure = unsafe {
        let call = (*fp).call;
        (*fp).call = (*call).prev;
        let closure = crate::closure::from_call(cx, &mut *call);
        run::release_rest(call, cx);
        closure
    };
    ins.set_c(Value::object(closure?));
    Ok(())
}

/// The value that `RETURN_REF` delivers.
pub(super) fn reference_to_return(ins: Ins, cx: &mut Context) -> PhpResult<Value> {
    let op = ins.op();
    if op.kind_a() == Kind::Lit {
        cx.notice("Only variable references should be returned by reference")?;
        return Ok(Value::reference(phalanx_value::PhpRef::new(ins.peek_a())));
    }
    if op.kind_a() == Kind::Tmp {
        let slot = ins.take_slot(op.a);
        if slot.tag() != phalanx_value::Tag::Indirect {
            if slot.is_ref() {
                return Ok(slot);
            }
            cx.notice("Only variable references should be returned by reference")?;
            return Ok(Value::reference(phalanx_value::PhpRef::new(slot)));
        }
    }
    // SAFETY: the place is a variable, or was fetched by the instruction before.
    let reference = unsafe { (*ins.place_a()).make_ref() };
    Ok(Value::reference(reference))
}
