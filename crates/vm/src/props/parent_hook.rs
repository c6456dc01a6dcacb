//! `parent::$name::get()` and `parent::$name::set()` inside of hooks.
//!
//! # Safety
//!
//! The call is pushed for the `CALL` that follows.
#![allow(unsafe_code, reason = "notes the property in the pushed frame")]

use crate::Context;
use crate::args::Args;
use crate::class::{NO_SLOT, PropRef};
use crate::frame::{VmThis, flag};
use crate::func::{Func, FuncRef};
use crate::ins::Ins;
use crate::native::{NativeFn, NativeParam, NativeResult, NativeType};
use crate::thrown::PhpResult;
use phalanx_bytecode::flags::{func as flags, member};
use phalanx_value::Value;
use std::ptr;

/// `INIT_CALL_PARENT_HOOK`: begins a call of the hook of the parent's property, or of what stands for it where the
/// property has no such hook.
pub fn init_parent_hook(ins: Ins, cx: &mut Context) -> PhpResult {
    let op = ins.op();
    let name = ins.name_a().clone();
    let kind = op.b as usize & 1;
    let Some(parent) = ins.scope().and_then(|scope| scope.parent) else {
        return Err(cx.throw_error("Cannot use \"parent\" when current class scope has no parent"));
    };
    let Some(this) = ins.this().cloned() else {
        return Err(cx.throw_error("Using $this when not in object context"));
    };
    let Some(&info) = parent.props.get(&name) else {
        return Err(cx.throw_error(format!("Undefined property {}::${name}", parent.shown_name())));
    };
    if info.has(member::PRIVATE) {
        return Err(
            cx.throw_error(format!("Cannot access private property {}::${name}", parent.shown_name()))
        );
    }
    let hook = info.hooks[kind];
    let func = match hook {
        Some(hook) => hook,
        None => plain_function(cx, kind, info),
    };
    let call = crate::ops::push_call(ins, cx, func, op.c, VmThis::object(this), flag::OWNS_THIS);
    if hook.is_none() {
        // SAFETY: just pushed.
        unsafe { (*call).extra_mut() }.trampoline_name = Some(name);
    }
    Ok(())
}

static GET: NativeFn = NativeFn {
    name: "get",
    params: &[],
    required: 0,
    ret: NativeType::NONE,
    flags: flags::PUBLIC,
    traits: 0,
    deprecated: None,
    call: Some(|cx, args| NativeResult::new(get(cx, args))),
};

static SET: NativeFn = NativeFn {
    name: "set",
    params: &[NativeParam {
        name: "value",
        ty: NativeType::NONE,
        by_ref: false,
        prefer_ref: false,
        variadic: false,
        default: None,
    }],
    required: 1,
    ret: NativeType::NONE,
    flags: flags::PUBLIC,
    traits: 0,
    deprecated: None,
    call: Some(|cx, args| NativeResult::new(set(cx, args))),
};

/// A function that reads or writes the backing store of a property; one per class and kind.
fn plain_function(cx: &mut Context, kind: usize, info: PropRef) -> FuncRef {
    let native = if kind == 0 { &GET } else { &SET };
    let key = (ptr::from_ref(native).addr(), info.class.as_ptr().addr());
    *cx.oop.scoped.entry(key).or_insert_with(|| FuncRef::leak(Func::native(native, Some(info.class))))
}

/// The property that a call of a plain function is about.
fn property(cx: &mut Context, args: &Args<'_>) -> Option<PropRef> {
    // SAFETY: the frame of the native function that runs is alive.
    let frame = unsafe { cx.frame.as_ref() }?;
    let name = frame.extra.as_ref()?.trampoline_name.clone()?;
    let _ = args;
    frame.func.scope?.props.get(&name).copied()
}

fn get(cx: &mut Context, args: &mut Args<'_>) -> PhpResult<Value> {
    args.check_count(cx, 0, 0)?;
    let this = args.this().clone();
    let Some(info) = property(cx, args) else { return Ok(Value::NULL) };
    if info.slot == NO_SLOT {
        return Err(cx.virtual_access(info, "read from"));
    }
    let value = this.get_slot(info.slot);
    if value.is_undef() { Err(cx.uninitialized(info)) } else { Ok(value.into_deref()) }
}

fn set(cx: &mut Context, args: &mut Args<'_>) -> PhpResult<Value> {
    args.check_count(cx, 1, 1)?;
    let this = args.this().clone();
    let mut value = args.value(0);
    let Some(info) = property(cx, args) else { return Ok(Value::NULL) };
    if info.slot == NO_SLOT {
        return Err(cx.virtual_access(info, "write to"));
    }
    let strict = cx.caller_is_strict();
    if info.ty.is_some() && !cx.fit_prop(info, &mut value, strict)? {
        return Err(cx.property_type_error(info, &value));
    }
    this.set_slot(info.slot, value.clone());
    Ok(value)
}
