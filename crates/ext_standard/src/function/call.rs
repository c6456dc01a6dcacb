//! Calling functions and asking about them.

use crate::args::call;
use phalanx_macros::php_fn;
use phalanx_value::{Key, PhpArray, PhpString, Value};
use phalanx_vm::args::{Callable, Rest};
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&FUNCTION_EXISTS, &GET_DEFINED_FUNCTIONS];

/// Functions of this file that belong to the standard extension.
pub static STANDARD_FUNCTIONS: &[&NativeFn] = &[
    &CALL_USER_FUNC,
    &CALL_USER_FUNC_ARRAY,
    &FORWARD_STATIC_CALL,
    &FORWARD_STATIC_CALL_ARRAY,
    &REGISTER_SHUTDOWN_FUNCTION,
    &REGISTER_TICK_FUNCTION,
    &UNREGISTER_TICK_FUNCTION,
];

/// <https://www.php.net/call_user_func>
#[php_fn("call_user_func(callable $callback, mixed ...$args): mixed")]
fn call_user_func(cx: &mut Context, callback: Callable, args: Rest<'_>) -> PhpResult<Value> {
    cx.call_callee_named(&callback.callee, args.args, args.named)
}

/// <https://www.php.net/call_user_func_array>
#[php_fn("call_user_func_array(callable $callback, array $args): mixed")]
fn call_user_func_array(cx: &mut Context, callback: Callable, args: &PhpArray) -> PhpResult<Value> {
    let (positional, named) = split(cx, args)?;
    cx.call_callee_named(&callback.callee, &positional, named.as_ref())
}

/// Arguments by position and by name: elements with integer and string keys.
fn split(cx: &mut Context, args: &PhpArray) -> PhpResult<(Vec<Value>, Option<PhpArray>)> {
    let mut positional = Vec::with_capacity(args.len());
    let mut named: Option<PhpArray> = None;
    for (key, value) in args {
        match key {
            Key::Str(_) => {
                named.get_or_insert_with(PhpArray::new).insert(key, value.clone());
            }
            Key::Int(_) if named.is_some() => {
                return Err(cx.throw_error("Cannot use positional argument after named argument"));
            }
            Key::Int(_) => positional.push(value.clone()),
        }
    }
    Ok((positional, named))
}

/// The callback, called on behalf of the class that the caller's `static` names.
fn forwarded(cx: &mut Context, mut callback: Callable) -> PhpResult<Callable> {
    let Some(called) = cx.caller_called_class() else {
        let name = String::from_utf8_lossy(&cx.active_function_name()).into_owned();
        return Err(cx.throw_error(format!("Cannot call {name}() when no class scope is active")));
    };
    if let Some(class) = callback.callee.called_class
        && called.is_a(class)
    {
        callback.callee.called_class = Some(called);
    }
    Ok(callback)
}

/// <https://www.php.net/forward_static_call>
#[php_fn("forward_static_call(callable $callback, mixed ...$args): mixed")]
fn forward_static_call(cx: &mut Context, callback: Callable, args: &[Value]) -> PhpResult<Value> {
    let callback = forwarded(cx, callback)?;
    call(cx, &callback, args)
}

/// <https://www.php.net/forward_static_call_array>
#[php_fn("forward_static_call_array(callable $callback, array $args): mixed")]
fn forward_static_call_array(cx: &mut Context, callback: Callable, args: &PhpArray) -> PhpResult<Value> {
    let callback = forwarded(cx, callback)?;
    let (positional, named) = split(cx, args)?;
    cx.call_callee_named(&callback.callee, &positional, named.as_ref())
}

/// <https://www.php.net/function_exists>
#[php_fn("function_exists(string $function): bool")]
fn function_exists(cx: &mut Context, function: &PhpString) -> bool {
    let name = function.strip_prefix(b"\\").unwrap_or(function);
    cx.find_function(&name.to_ascii_lowercase()).is_some()
}

/// <https://www.php.net/get_defined_functions>
#[php_fn("get_defined_functions(bool $exclude_disabled = true): array")]
fn get_defined_functions(cx: &mut Context, exclude_disabled: bool) -> PhpResult<PhpArray> {
    if !exclude_disabled {
        cx.doc_deprecated("The $exclude_disabled parameter has no effect since PHP 8.0")?;
    }
    let internal: PhpArray = cx
        .extensions()
        .iter()
        .flat_map(|extension| cx.registry.functions_of(extension))
        .map(|native| Value::str(native.name))
        .collect();
    let user = cx.user_functions();
    let user = user.iter().filter_map(|func| func.proto()).map(|proto| Value::string(proto.lc_name.clone()));
    let user: PhpArray = user.collect();
    let mut result = PhpArray::new();
    result.insert_bytes("internal", internal);
    result.insert_bytes("user", user);
    Ok(result)
}

/// <https://www.php.net/register_shutdown_function>
#[php_fn("register_shutdown_function(callable $callback, mixed ...$args): void")]
fn register_shutdown_function(cx: &mut Context, callback: Callable, args: &[Value]) {
    cx.shutdown_functions.push((callback.value, args.to_vec()));
    cx.shutdown_charge.set(cx.shutdown_functions.capacity() * size_of::<(Value, Vec<Value>)>());
}

/// <https://www.php.net/register_tick_function>
#[php_fn("register_tick_function(callable $callback, mixed ...$args): bool")]
fn register_tick_function(cx: &mut Context, callback: Callable, args: &[Value]) -> bool {
    cx.tick_functions.push((callback.value, args.to_vec()));
    true
}

/// <https://www.php.net/unregister_tick_function>
#[php_fn("unregister_tick_function(callable $callback): void")]
fn unregister_tick_function(cx: &mut Context, callback: Callable) -> PhpResult<()> {
    let mut kept = Vec::new();
    for (function, args) in std::mem::take(&mut cx.tick_functions) {
        if !phalanx_vm::compare::loose_equal(cx, &function, &callback.value)? {
            kept.push((function, args));
        }
    }
    cx.tick_functions = kept;
    Ok(())
}
