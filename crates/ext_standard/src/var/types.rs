//! Types of values: naming, testing and converting them.

use crate::args::assign;
use phalanx_macros::php_fn;
use phalanx_value::convert::numeric::{self, Numeric};
use phalanx_value::{PhpRef, PhpString, Value, View};
use phalanx_vm::class::ClassRef;
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult, callable, convert};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[
    &GETTYPE,
    &GET_DEBUG_TYPE,
    &SETTYPE,
    &INTVAL,
    &FLOATVAL,
    &DOUBLEVAL,
    &BOOLVAL,
    &STRVAL,
    &IS_NULL,
    &IS_RESOURCE,
    &IS_BOOL,
    &IS_INT,
    &IS_INTEGER,
    &IS_LONG,
    &IS_FLOAT,
    &IS_DOUBLE,
    &IS_NUMERIC,
    &IS_STRING,
    &IS_ARRAY,
    &IS_OBJECT,
    &IS_SCALAR,
    &IS_CALLABLE,
    &IS_ITERABLE,
    &IS_COUNTABLE,
];

/// <https://www.php.net/gettype>
#[php_fn("gettype(mixed $value): string", pure, leaf, nothrow)]
fn gettype(value: &Value) -> &'static str {
    value.type_name()
}

/// <https://www.php.net/get_debug_type>
#[php_fn("get_debug_type(mixed $value): string", leaf, nothrow)]
fn get_debug_type(value: &Value) -> PhpString {
    convert::debug_type(value)
}

/// <https://www.php.net/settype>
#[php_fn("settype(mixed &$var, string $type): bool")]
fn settype(cx: &mut Context, var: &PhpRef, r#type: &PhpString) -> PhpResult<bool> {
    let value = var.get();
    let new = match r#type.to_ascii_lowercase().as_slice() {
        b"int" | b"integer" => Value::int(cx.to_int(&value)?),
        b"float" | b"double" => Value::float(cx.to_float(&value)?),
        b"string" => Value::string(cx.to_string(&value)?),
        b"array" => Value::array(cx.to_array(&value)?),
        b"object" => Value::object(cx.to_object(value)?),
        b"bool" | b"boolean" => Value::bool(cx.to_bool(&value)?),
        b"null" => Value::NULL,
        b"resource" => {
            cx.doc_warning("Cannot convert to resource type")?;
            return Ok(false);
        }
        _ => return Err(cx.arg_value_error(2, "must be a valid type")),
    };
    assign(cx, var, new)?;
    Ok(true)
}

/// <https://www.php.net/intval>
#[php_fn("intval(mixed $value, int $base = 10): int")]
fn intval(cx: &mut Context, value: &Value, base: i64) -> PhpResult<i64> {
    match value.as_bytes() {
        Some(text) if base != 10 => Ok(parse_int(text, base)),
        _ => cx.to_int(value),
    }
}

/// C's `strtol` with the binary and octal prefixes that PHP knows besides; it saturates.
pub fn parse_int(text: &[u8], base: i64) -> i64 {
    let text = text.trim_ascii_start();
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let prefix = match digits {
        [b'0', letter, ..] => letter.to_ascii_lowercase(),
        _ => 0,
    };
    let (base, digits) = match (base, prefix) {
        (0 | 16, b'x') => (16, &digits[2..]),
        (0 | 2, b'b') => (2, &digits[2..]),
        (0 | 8, b'o') => (8, &digits[2..]),
        (0, b'0'..=b'7') => (8, digits),
        (0, _) => (10, digits),
        (base @ 2..=36, _) => (base as u32, digits),
        _ => return 0,
    };
    let mut number = 0i64;
    for byte in digits {
        let Some(digit) = char::from(*byte).to_digit(base) else { break };
        let digit = if negative { -i64::from(digit) } else { i64::from(digit) };
        number = number.saturating_mul(i64::from(base)).saturating_add(digit);
    }
    number
}

/// <https://www.php.net/floatval>
#[php_fn("floatval(mixed $value): float")]
fn floatval(cx: &mut Context, value: &Value) -> PhpResult<f64> {
    cx.to_float(value)
}

/// <https://www.php.net/doubleval>
#[php_fn("doubleval(mixed $value): float")]
fn doubleval(cx: &mut Context, value: &Value) -> PhpResult<f64> {
    cx.to_float(value)
}

/// <https://www.php.net/boolval>
#[php_fn("boolval(mixed $value): bool")]
fn boolval(cx: &mut Context, value: &Value) -> PhpResult<bool> {
    cx.to_bool(value)
}

/// <https://www.php.net/strval>
#[php_fn("strval(mixed $value): string")]
fn strval(cx: &mut Context, value: &Value) -> PhpResult<PhpString> {
    cx.to_string(value)
}

/// <https://www.php.net/is_null>
#[php_fn("is_null(mixed $value): bool", pure, leaf, nothrow)]
fn is_null(value: &Value) -> bool {
    value.is_nullish()
}

/// <https://www.php.net/is_resource>
#[php_fn("is_resource(mixed $value): bool", leaf, nothrow)]
fn is_resource(value: &Value) -> bool {
    value.as_resource().is_some_and(|resource| !resource.is_closed())
}

/// <https://www.php.net/is_bool>
#[php_fn("is_bool(mixed $value): bool", pure, leaf, nothrow)]
fn is_bool(value: &Value) -> bool {
    value.is_bool()
}

/// <https://www.php.net/is_int>
#[php_fn("is_int(mixed $value): bool", pure, leaf, nothrow)]
fn is_int(value: &Value) -> bool {
    value.is_int()
}

/// <https://www.php.net/is_integer>
#[php_fn("is_integer(mixed $value): bool", pure, leaf, nothrow)]
fn is_integer(value: &Value) -> bool {
    value.is_int()
}

/// <https://www.php.net/is_long>
#[php_fn("is_long(mixed $value): bool", pure, leaf, nothrow)]
fn is_long(value: &Value) -> bool {
    value.is_int()
}

/// <https://www.php.net/is_float>
#[php_fn("is_float(mixed $value): bool", pure, leaf, nothrow)]
fn is_float(value: &Value) -> bool {
    value.is_float()
}

/// <https://www.php.net/is_double>
#[php_fn("is_double(mixed $value): bool", pure, leaf, nothrow)]
fn is_double(value: &Value) -> bool {
    value.is_float()
}

/// <https://www.php.net/is_numeric>
#[php_fn("is_numeric(mixed $value): bool", pure, leaf, nothrow)]
fn is_numeric(value: &Value) -> bool {
    match value.view() {
        View::Int(_) | View::Float(_) => true,
        View::Str(string) => numeric::classify(string) != Numeric::No,
        _ => false,
    }
}

/// <https://www.php.net/is_string>
#[php_fn("is_string(mixed $value): bool", pure, leaf, nothrow)]
fn is_string(value: &Value) -> bool {
    value.is_string()
}

/// <https://www.php.net/is_array>
#[php_fn("is_array(mixed $value): bool", pure, leaf, nothrow)]
fn is_array(value: &Value) -> bool {
    value.is_array()
}

/// <https://www.php.net/is_object>
#[php_fn("is_object(mixed $value): bool", leaf, nothrow)]
fn is_object(value: &Value) -> bool {
    value.is_object()
}

/// <https://www.php.net/is_scalar>
#[php_fn("is_scalar(mixed $value): bool", pure, leaf, nothrow)]
fn is_scalar(value: &Value) -> bool {
    matches!(value.view(), View::Bool(_) | View::Int(_) | View::Float(_) | View::Str(_))
}

/// <https://www.php.net/is_callable>
#[php_fn("is_callable(mixed $value, bool $syntax_only = false, &$callable_name = null): bool")]
fn is_callable(
    cx: &mut Context,
    value: &Value,
    syntax_only: bool,
    callable_name: Option<&PhpRef>,
) -> PhpResult<bool> {
    if let Some(name) = callable_name {
        let text = callable::callable_name(cx, value)?;
        assign(cx, name, Value::string(text))?;
    }
    if syntax_only {
        return Ok(is_well_formed(value));
    }
    let scope = cx.caller_scope();
    Ok(callable::resolve(cx, value, scope)?.is_ok())
}

/// Whether the value looks like a callable: a string, or a pair of an object or class name and a method name.
fn is_well_formed(value: &Value) -> bool {
    match value.view() {
        View::Str(_) => true,
        View::Array(pair) if pair.len() == 2 => {
            let (Some(target), Some(method)) = (pair.get_value(0), pair.get_value(1)) else { return false };
            (target.is_object() || target.is_string()) && method.is_string()
        }
        View::Object(object) => {
            let class = ClassRef::of(object);
            class.magic.invoke.is_some() || class.hook(|hooks| hooks.get_closure).is_some()
        }
        _ => false,
    }
}

/// <https://www.php.net/is_iterable>
#[php_fn("is_iterable(mixed $value): bool", leaf, nothrow)]
fn is_iterable(cx: &mut Context, value: &Value) -> bool {
    value.is_array() || is_instance(cx, value, b"traversable")
}

/// <https://www.php.net/is_countable>
#[php_fn("is_countable(mixed $value): bool", leaf, nothrow)]
fn is_countable(cx: &mut Context, value: &Value) -> bool {
    if value.is_array() || is_instance(cx, value, b"countable") {
        return true;
    }
    value.as_object().is_some_and(|object| ClassRef::of(object).hook(|hooks| hooks.count).is_some())
}

/// Whether the value is an object of the built-in class or interface with this lower-case name.
pub fn is_instance(cx: &mut Context, value: &Value, lc_name: &[u8]) -> bool {
    let Some(object) = value.as_object() else { return false };
    let class = ClassRef::of(object);
    cx.find_class(lc_name).is_some_and(|wanted| class.is_a(wanted))
}
