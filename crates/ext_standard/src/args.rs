//! What several functions do with their arguments.

use phalanx_value::{ObjRef, PhpArray, PhpRef, Value};
use phalanx_vm::args::Callable;
use phalanx_vm::class::ClassRef;
use phalanx_vm::{Context, PhpResult, props};

/// Gives a variable that was passed by reference a new value.
pub fn assign(cx: &mut Context, variable: &PhpRef, value: Value) -> PhpResult {
    if variable.has_type_sources() {
        return props::assign_reference(cx, variable, value).map(|_| ());
    }
    variable.set(value);
    Ok(())
}

/// Calls a callable with arguments.
pub fn call(cx: &mut Context, callable: &Callable, args: &[Value]) -> PhpResult<Value> {
    cx.call_callee(&callable.callee, args).map(Value::into_deref)
}

/// Lets `change` work on the array in a variable that was passed by reference. The variable is empty meanwhile, so that
/// an array with one owner is changed in place.
pub fn with_array<T>(
    cx: &mut Context,
    variable: &PhpRef,
    change: impl FnOnce(&mut Context, &mut PhpArray) -> PhpResult<T>,
) -> PhpResult<T> {
    let mut value = variable.take();
    let result = change(cx, value.make_array());
    variable.set(value);
    result
}

/// Calls a method by its lower-case name; null if there is none.
pub fn call_named(cx: &mut Context, object: &ObjRef, lc_name: &[u8], args: &[Value]) -> PhpResult<Value> {
    match ClassRef::of(object).method(lc_name) {
        Some(method) => cx.call_method(object, method, args).map(Value::into_deref),
        None => Ok(Value::NULL),
    }
}
