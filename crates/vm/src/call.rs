//! Calling functions from native code, and calling native functions.
//!
//! # Safety
//!
//! The frames pushed here are popped here; see [`crate::run`].
#![allow(unsafe_code, reason = "pushes and pops frames")]

use crate::Context;
use crate::args::Args;
use crate::class::Callee;
use crate::frame::{Frame, VmThis, flag};
use crate::func::FuncRef;
use crate::native::NativeResult;
use crate::run;
use crate::thrown::PhpResult;
use phalanx_bytecode::flags::func as func_flag;
use phalanx_value::object::OBJ_DESTRUCTED;
use phalanx_value::{ObjRef, PhpArray, PhpRef, PhpString, Value, View};
use std::ptr;

/// Refuses abstract functions; notes the use of deprecated ones.
pub(crate) fn check_callable(cx: &mut Context, func: FuncRef, called: Option<&PhpString>) -> PhpResult {
    if func.has(func_flag::ABSTRACT) {
        let name = match (func.scope, called) {
            (Some(class), Some(called)) => format!("{}::{called}()", class.name),
            _ => qualified_name(func),
        };
        return Err(cx.throw_error(format!("Cannot call abstract method {name}")));
    }
    if func.has(func_flag::DEPRECATED) {
        crate::link::report_deprecated(cx, func, called)?;
    }
    Ok(())
}

/// `name()` or `Class::name()`.
pub fn qualified_name(func: FuncRef) -> String {
    match func.scope {
        Some(class) if !func.has(func_flag::CLOSURE) => format!("{}::{}()", class.name, func.name),
        _ => format!("{}()", func.name),
    }
}

/// Calls the native function of `frame`, whose arguments are written, and pops the frame.
///
/// # Safety
/// `frame` must be the topmost frame, of a native function, its `prev` the caller.
pub(crate) unsafe fn native(frame: *mut Frame, cx: &mut Context) -> PhpResult<Value> {
    // SAFETY: the caller's promise.
    unsafe { native_raw(frame, cx) }.into_result(cx)
}

/// As [`native`].
///
/// # Safety
/// As [`native`].
#[inline(always)]
pub(crate) unsafe fn native_raw(frame: *mut Frame, cx: &mut Context) -> NativeResult {
    // SAFETY: the caller's promise.
    unsafe {
        let caller = (*frame).prev;
        let native = (*frame).func.as_native().expect("a native function");
        cx.frame = frame;
        let mut args = Args::new(frame);
        let result = match native.call {
            Some(call) => call(cx, &mut args),
            None => crate::args::call_abstract(cx),
        };
        let mut slot = Frame::slot_at(frame, 0);
        let end = Frame::slot_at(frame, (*frame).num_args);
        while slot < end {
            ptr::drop_in_place(slot);
            slot = slot.add(1);
        }
        cx.frame = caller;
        if result.is_thrown()
            && (*frame).has(flag::CTOR)
            && let Some(object) = (*frame).this.as_object()
        {
            object.set_flags(OBJ_DESTRUCTED);
        }
        run::release_rest(frame, cx);
        result
    }
}

/// Turns the arguments of a call that `__call` or `__callStatic` answers into its two arguments.
///
/// # Safety
/// `call` must be the topmost frame, being prepared.
pub(crate) unsafe fn collect_magic_args(call: *mut Frame, _: &mut Context) {
    // SAFETY: the first `num_args` slots are written; the frame has room for two arguments, which `__call` declares.
    unsafe {
        let mut list = PhpArray::new();
        for index in 0..(*call).num_args {
            let value = Frame::slot_at(call, index).read();
            let _ = list.push(value);
        }
        if let Some(named) = (*call).extra_mut().named.take() {
            for (key, value) in named.iter() {
                list.insert(key, value.clone());
            }
        }
        let name = (*call).extra_mut().trampoline_name.take().unwrap_or_default();
        Frame::slot_at(call, 0).write(Value::string(name));
        Frame::slot_at(call, 1).write(Value::array(list));
        (*call).num_args = 2;
        (*call).flags &= !(flag::TRAMPOLINE | flag::EXTRA_ARGS);
    }
}

/// Calls `func`.
pub fn call(
    cx: &mut Context,
    func: FuncRef,
    this: VmThis,
    closure: Option<ObjRef>,
    args: &[Value],
    named: Option<&PhpArray>,
) -> PhpResult<Value> {
    call_callee(cx, func, this, closure, None, args, named)
}

fn call_callee(
    cx: &mut Context,
    func: FuncRef,
    this: VmThis,
    closure: Option<ObjRef>,
    magic_name: Option<PhpString>,
    args: &[Value],
    named: Option<&PhpArray>,
) -> PhpResult<Value> {
    if func.has(func_flag::ABSTRACT | func_flag::DEPRECATED) {
        check_callable(cx, func, magic_name.as_ref())?;
    }
    let mut flags = flag::DYNAMIC;
    if this.as_object().is_some() {
        flags |= flag::OWNS_THIS;
    }
    if closure.is_some() {
        flags |= flag::CLOSURE;
    }
    if magic_name.is_some() {
        flags |= flag::TRAMPOLINE;
    }
    let caller = cx.frame;
    let mut result = Value::UNDEF;
    // SAFETY: the frame is popped by `native` or when it returns; `result` outlives it.
    unsafe {
        let frame = cx.stack.push(func, args.len() as u32, this, flags, caller);
        (*frame).num_args = 0;
        if closure.is_some() || magic_name.is_some() {
            let extra = (*frame).extra_mut();
            extra.closure = closure;
            extra.trampoline_name = magic_name;
        }
        let sent = send_all(cx, frame, args, named);
        if let Err(thrown) = sent {
            run::abandon_call(frame, cx);
            return Err(thrown);
        }
        if (*frame).has(flag::TRAMPOLINE) {
            collect_magic_args(frame, cx);
        }
        if func.proto().is_none() {
            return native(frame, cx);
        }
        (*frame).ret = &raw mut result;
        let ran = run::execute(frame, cx);
        cx.frame = caller;
        ran?;
    }
    Ok(if result.is_undef() { Value::NULL } else { result })
}

/// Writes arguments into a frame.
///
/// # Safety
/// The frame must have room for `args`.
unsafe fn send_all(
    cx: &mut Context,
    frame: *mut Frame,
    args: &[Value],
    named: Option<&PhpArray>,
) -> PhpResult {
    // SAFETY: the caller's frame has room for all positional arguments.
    unsafe {
        let func = (*frame).func;
        let magic = (*frame).has(flag::TRAMPOLINE);
        for (index, arg) in args.iter().enumerate() {
            let value = match arg.view() {
                _ if magic => arg.deref_clone(),
                _ if func.param_by_ref(index as u32) => {
                    if !arg.is_ref() && !func.prefers_ref(index as u32) {
                        let name = qualified_name(func);
                        let param = func.param_name(index as u32);
                        cx.warning(format!(
                            "{name}: Argument #{} (${param}) must be passed by reference, value given",
                            index + 1
                        ))?;
                    }
                    match arg.as_ref() {
                        Some(_) => arg.clone(),
                        None => Value::reference(PhpRef::new(arg.clone())),
                    }
                }
                View::Undef => Value::NULL,
                _ => arg.deref_clone(),
            };
            Frame::slot_at(frame, index as u32).write(value);
            (*frame).num_args = index as u32 + 1;
        }
        if let Some(named) = named {
            for (key, value) in named.iter() {
                let Some(name) = key.as_str() else { continue };
                send_named(cx, frame, name, value.clone())?;
            }
            check_args(cx, frame)?;
        }
    }
    Ok(())
}

/// Sends an argument by name. A value for a parameter by reference must be a reference.
///
/// # Safety
/// `frame` must be a call being prepared.
pub(crate) unsafe fn send_named(
    cx: &mut Context,
    frame: *mut Frame,
    name: &PhpString,
    value: Value,
) -> PhpResult {
    // SAFETY: the frame has room for all declared parameters.
    unsafe {
        let func = (*frame).func;
        let Some(index) = func.param_index(name) else {
            if func.has(func_flag::VARIADIC) || (*frame).has(flag::TRAMPOLINE) {
                let named = (*frame).extra_mut().named.get_or_insert_with(PhpArray::new);
                if named.contains(phalanx_value::Key::Str(name)) {
                    return Err(
                        cx.throw_error(format!("Named parameter ${name} overwrites previous argument"))
                    );
                }
                named.insert(phalanx_value::Key::Str(name), value);
                return Ok(());
            }
            return Err(cx.throw_error(format!("Unknown named parameter ${name}")));
        };
        let given = (*frame).num_args;
        if index < given {
            let slot = Frame::slot_at(frame, index);
            if !(*slot).is_undef() {
                return Err(cx.throw_error(format!("Named parameter ${name} overwrites previous argument")));
            }
            *slot = value;
            return Ok(());
        }
        for skipped in given..index {
            Frame::slot_at(frame, skipped).write(Value::UNDEF);
            (*frame).flags |= flag::MAY_HAVE_UNDEF;
        }
        Frame::slot_at(frame, index).write(value);
        (*frame).num_args = index + 1;
    }
    Ok(())
}

/// After named arguments: every required parameter that was skipped is an error.
///
/// # Safety
/// `frame` must be a call being prepared.
pub(crate) unsafe fn check_args(cx: &mut Context, frame: *mut Frame) -> PhpResult {
    // SAFETY: the first `num_args` slots are written.
    unsafe {
        if !(*frame).has(flag::MAY_HAVE_UNDEF) {
            return Ok(());
        }
        let func = (*frame).func;
        for index in 0..(*frame).num_args {
            if (*Frame::slot_at(frame, index)).is_undef() && func.is_required(index) {
                let (name, param) = (qualified_name(func), func.param_name(index));
                return Err(cx.throw(
                    "ArgumentCountError",
                    format!("{name}: Argument #{} (${param}) not passed", index + 1),
                ));
            }
        }
    }
    Ok(())
}

impl Context {
    /// Calls a callable with arguments by position and, if any, by name.
    pub fn call_callee_named(
        &mut self,
        callee: &Callee,
        args: &[Value],
        named: Option<&PhpArray>,
    ) -> PhpResult<Value> {
        let this = match (&callee.this, callee.called_class) {
            (Some(object), _) => VmThis::object(object.clone()),
            (None, Some(class)) => VmThis::class(class),
            (None, None) => VmThis::NONE,
        };
        call_callee(self, callee.func, this, callee.closure.clone(), callee.magic_name.clone(), args, named)
            .map(Value::into_deref)
    }

    /// Calls a callable.
    pub fn call_callee(&mut self, callee: &Callee, args: &[Value]) -> PhpResult<Value> {
        self.call_callee_named(callee, args, None)
    }

    /// Calls a method of an object.
    pub fn call_method(&mut self, object: &ObjRef, method: FuncRef, args: &[Value]) -> PhpResult<Value> {
        self.call_method_raw(object, method, args).map(Value::into_deref)
    }

    /// Calls a method of an object; one that returns by reference gives the reference.
    pub fn call_method_raw(&mut self, object: &ObjRef, method: FuncRef, args: &[Value]) -> PhpResult<Value> {
        let this = if method.is_static() {
            VmThis::class(crate::class::ClassRef::of(object))
        } else {
            VmThis::object(object.clone())
        };
        call(self, method, this, None, args, None)
    }

    /// Calls a PHP value that must be callable.
    pub fn call_value(&mut self, callable: &Value, args: &[Value]) -> PhpResult<Value> {
        let callee = crate::callable::resolve_for_call(self, callable)?;
        self.call_callee(&callee, args)
    }
}
