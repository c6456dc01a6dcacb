//! The class Closure.

use crate::Context;
use crate::args::{Rest, Unchecked};
use crate::class::{Callee, Hooks};
use crate::closure::{self, bind_to, call_with, debug_info, from_callee};
use crate::thrown::PhpResult;
use phalanx_macros::{native_class, php_method};
use phalanx_value::{ObjRef, Value};
use std::cmp::Ordering;

native_class! {
    /// <https://www.php.net/class.closure>
    pub(crate) static CLOSURE = "final class Closure";
    flags: not_serializable, no_dynamic_props, not_instantiable;
    hooks: HOOKS;
    methods: CONSTRUCT, BIND, BIND_TO, CALL, FROM_CALLABLE;
}

static HOOKS: Hooks = Hooks {
    compare: Some(compare),
    debug_info: Some(debug_info),
    get_closure: Some(get_closure),
    ..Hooks::NONE
};

fn get_closure(_: &mut Context, this: &ObjRef) -> Option<Callee> {
    closure::callee(this)
}

/// Two closures of the same function or method of the same object are equal.
fn compare(_: &mut Context, a: &Value, b: &Value) -> PhpResult<Option<Ordering>> {
    let states = a.as_object().and_then(closure::state).zip(b.as_object().and_then(closure::state));
    let Some((a, b)) = states else { return Ok(None) };
    let same = a.fake
        && b.fake
        && a.func() == b.func()
        && a.this() == b.this()
        && a.called_class() == b.called_class()
        && a.magic_name() == b.magic_name();
    Ok(same.then_some(Ordering::Equal))
}

#[php_method("private Closure::__construct()")]
fn construct(this: &ObjRef) {
    let _ = this;
}

#[php_method(
    "static Closure::bind(Closure $closure, ?object $newThis, object|string|null $newScope = 'static'): ?Closure"
)]
fn bind(
    cx: &mut Context,
    closure: &ObjRef,
    new_this: Option<&ObjRef>,
    new_scope: Value,
) -> PhpResult<Option<ObjRef>> {
    bind_to(cx, closure, new_this, Some(&new_scope))
}

#[php_method("Closure::bindTo(?object $newThis, object|string|null $newScope = 'static'): ?Closure", rename = BIND_TO)]
fn bind_this(
    cx: &mut Context,
    this: &ObjRef,
    new_this: Option<&ObjRef>,
    new_scope: Value,
) -> PhpResult<Option<ObjRef>> {
    bind_to(cx, this, new_this, Some(&new_scope))
}

#[php_method("Closure::call(object $newThis, mixed ...$args): mixed", rename = CALL)]
fn call_closure(cx: &mut Context, this: &ObjRef, new_this: &ObjRef, args: Rest) -> PhpResult<Value> {
    call_with(cx, this, new_this, args.args, args.named)
}

#[php_method("static Closure::fromCallable(callable $callback): Closure")]
fn from_callable(cx: &mut Context, Unchecked(callback): Unchecked<'_>) -> PhpResult<ObjRef> {
    if let Some(closure) = callback.as_object().filter(|object| closure::state(object).is_some()) {
        return Ok(closure.clone());
    }
    let scope = cx.caller_scope();
    match crate::callable::resolve(cx, callback, scope)? {
        Ok(callee) => Ok(from_callee(cx, &callee)),
        Err(why) => {
            let mut text = b"Failed to create closure from callable: ".to_vec();
            text.extend_from_slice(&why);
            Err(cx.throw_type_error(text))
        }
    }
}
