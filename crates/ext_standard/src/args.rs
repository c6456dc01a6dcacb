//! What several functions do with their arguments.

use phalanx_value::{PhpArray, PhpRef, Value};
use phalanx_vm::args::Callable;
use phalanx_vm::{Context, PhpResult};

/// Gives a variable that was passed by reference a new value.
pub fn assign(cx: &mut Context, variable: &PhpRef, value: Value) -> PhpResult {
    let _ = cx;
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
