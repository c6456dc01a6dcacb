//! `++` and `--`.

use super::{add, sub};
use crate::Context;
use crate::class::ClassRef;
use crate::convert::value_name;
use crate::thrown::PhpResult;
use phalanx_value::convert::incdec::{decrement_string, increment_string, is_alphanumeric};
use phalanx_value::convert::numeric::Numeric;
use phalanx_value::{PhpString, Value, View};

/// What `++` makes of a value.
pub fn increment(cx: &mut Context, value: &Value) -> PhpResult<Value> {
    match value.view() {
        View::Int(int) => Ok(int.checked_add(1).map_or_else(|| Value::float(int as f64 + 1.0), Value::int)),
        View::Float(float) => Ok(Value::float(float + 1.0)),
        View::Undef | View::Null => Ok(Value::int(1)),
        View::Bool(_) => {
            no_effect(cx, "Increment", "bool")?;
            Ok(value.clone())
        }
        View::Str(string) => {
            if string.numeric() == Numeric::No && !is_alphanumeric(string) {
                cx.deprecated("Increment on non-alphanumeric string is deprecated")?;
            }
            Ok(increment_string(string))
        }
        View::Ref(reference) => increment(cx, &reference.get()),
        _ if has_operators(value) => add(cx, value, &Value::int(1)),
        _ => Err(cx.throw_type_error(format!("Cannot increment {}", value_name(value)))),
    }
}

/// What `--` makes of a value.
pub fn decrement(cx: &mut Context, value: &Value) -> PhpResult<Value> {
    match value.view() {
        View::Int(int) => Ok(int.checked_sub(1).map_or_else(|| Value::float(int as f64 - 1.0), Value::int)),
        View::Float(float) => Ok(Value::float(float - 1.0)),
        View::Undef | View::Null => {
            no_effect(cx, "Decrement", "null")?;
            Ok(Value::NULL)
        }
        View::Bool(_) => {
            no_effect(cx, "Decrement", "bool")?;
            Ok(value.clone())
        }
        View::Str(string) => {
            decrement_deprecated(cx, string)?;
            Ok(decrement_string(string))
        }
        View::Ref(reference) => decrement(cx, &reference.get()),
        _ if has_operators(value) => sub(cx, value, &Value::int(1)),
        _ => Err(cx.throw_type_error(format!("Cannot decrement {}", value_name(value)))),
    }
}

fn decrement_deprecated(cx: &mut Context, string: &PhpString) -> PhpResult {
    if string.is_empty() {
        cx.deprecated("Decrement on empty string is deprecated as non-numeric")
    } else if string.numeric() == Numeric::No {
        cx.deprecated("Decrement on non-numeric string has no effect and is deprecated")
    } else {
        Ok(())
    }
}

fn has_operators(value: &Value) -> bool {
    value.as_object().is_some_and(|object| ClassRef::of(object).hooks().is_some_and(|h| h.operate.is_some()))
}

#[cold]
fn no_effect(cx: &mut Context, what: &str, ty: &str) -> PhpResult {
    cx.warning(format!(
        "{what} on type {ty} has no effect, this will change in the next major version of PHP"
    ))
}
