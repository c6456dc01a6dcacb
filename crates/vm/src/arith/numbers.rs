//! `+`, `-`, `*`, `/`, `**`.

use super::{operate, unsupported};
use crate::Context;
use crate::args::Number;
use crate::class::{CastTo, ClassRef};
use crate::convert::leading_number;
use crate::thrown::PhpResult;
use phalanx_bytecode::flags::BinOp;
use phalanx_value::convert::numeric::Numeric;
use phalanx_value::{Key, PhpArray, Value, View};

/// A value as a number, for arithmetic; none if it is none. A string with something behind its number is warned of.
fn number(cx: &mut Context, value: &Value) -> PhpResult<Option<Number>> {
    Ok(match value.view() {
        View::Int(int) => Some(Number::Int(int)),
        View::Float(float) => Some(Number::Float(float)),
        View::Undef | View::Null => Some(Number::Int(0)),
        View::Bool(on) => Some(Number::Int(i64::from(on))),
        View::Str(string) => {
            let Some(prefix) = leading_number(string) else { return Ok(None) };
            if prefix.trailing {
                cx.warning("A non-numeric value encountered")?;
            }
            match prefix.number {
                Numeric::Int(int) => Some(Number::Int(int)),
                Numeric::Float(float) => Some(Number::Float(float)),
                Numeric::No => None,
            }
        }
        View::Object(object) => {
            let Some(cast) = ClassRef::of(object).hooks().and_then(|hooks| hooks.cast) else {
                return Ok(None);
            };
            match cast(cx, object, CastTo::Number)?.map(|value| (value.as_int(), value.as_float())) {
                Some((Some(int), _)) => Some(Number::Int(int)),
                Some((_, Some(float))) => Some(Number::Float(float)),
                _ => None,
            }
        }
        _ => None,
    })
}

/// Both operands as numbers, or the TypeError.
fn numbers(cx: &mut Context, op: BinOp, a: &Value, b: &Value) -> PhpResult<(Number, Number)> {
    let Some(x) = number(cx, a)? else { return Err(unsupported(cx, op, a, b)) };
    let Some(y) = number(cx, b)? else { return Err(unsupported(cx, op, a, b)) };
    Ok((x, y))
}

/// Computes with ints where the result is one, otherwise with floats.
#[inline]
fn compute(
    (a, b): (Number, Number),
    int: impl Fn(i64, i64) -> Option<i64>,
    float: impl Fn(f64, f64) -> f64,
) -> Value {
    if let (Number::Int(a), Number::Int(b)) = (a, b)
        && let Some(result) = int(a, b)
    {
        return Value::int(result);
    }
    Value::float(float(a.to_f64(), b.to_f64()))
}

/// `a + b`
pub fn add(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<Value> {
    if let (View::Array(a), View::Array(b)) = (a.view(), b.view()) {
        return Ok(Value::array(union(a, b)));
    }
    if let Some(result) = operate(cx, BinOp::Add, a, b)? {
        return Ok(result);
    }
    Ok(compute(numbers(cx, BinOp::Add, a, b)?, i64::checked_add, |a, b| a + b))
}

/// The elements of `a`, and those of `b` whose keys `a` does not have.
fn union(a: &PhpArray, b: &PhpArray) -> PhpArray {
    if b.is_empty() || a.ptr_eq(b) {
        return a.clone();
    }
    if a.is_empty() {
        return b.clone();
    }
    let mut result = a.clone();
    for (key, value) in b {
        let present = match key {
            Key::Int(int) => result.get_int(int).is_some(),
            Key::Str(string) => result.get_str(string).is_some(),
        };
        if !present {
            // A reference that nobody else has is a value.
            let value = match value.as_ref() {
                Some(reference) if reference.ref_count() == 1 => reference.get(),
                _ => value.clone(),
            };
            result.insert(key, value);
        }
    }
    result
}

/// `a - b`
pub fn sub(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<Value> {
    if let Some(result) = operate(cx, BinOp::Sub, a, b)? {
        return Ok(result);
    }
    Ok(compute(numbers(cx, BinOp::Sub, a, b)?, i64::checked_sub, |a, b| a - b))
}

/// `a * b`
pub fn mul(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<Value> {
    if let Some(result) = operate(cx, BinOp::Mul, a, b)? {
        return Ok(result);
    }
    Ok(compute(numbers(cx, BinOp::Mul, a, b)?, i64::checked_mul, |a, b| a * b))
}

/// `a / b`
pub fn div(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<Value> {
    if let Some(result) = operate(cx, BinOp::Div, a, b)? {
        return Ok(result);
    }
    let (a, b) = numbers(cx, BinOp::Div, a, b)?;
    if b.to_f64() == 0.0 {
        return Err(cx.throw_division_by_zero(false));
    }
    let int = |a: i64, b: i64| (a.checked_rem(b)? == 0).then_some(a.checked_div(b)?);
    Ok(compute((a, b), int, |a, b| a / b))
}

/// `a ** b`
pub fn pow(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<Value> {
    if let Some(result) = operate(cx, BinOp::Pow, a, b)? {
        return Ok(result);
    }
    let (a, b) = numbers(cx, BinOp::Pow, a, b)?;
    if a.to_f64() == 0.0 && b.to_f64() < 0.0 {
        cx.deprecated("Power of base 0 and negative exponent is deprecated")?;
    }
    Ok(match (a, b) {
        (Number::Int(base), Number::Int(exponent @ 0..)) => int_pow(base, exponent),
        _ => Value::float(a.to_f64().powf(b.to_f64())),
    })
}

/// Squares and multiplies; goes on with floats from where ints overflow.
fn int_pow(base: i64, exponent: i64) -> Value {
    let (mut result, mut square, mut left) = (1_i64, base, exponent);
    if left == 0 {
        return Value::int(1);
    }
    if square == 0 {
        return Value::int(0);
    }
    while left >= 1 {
        if left % 2 != 0 {
            left -= 1;
            match result.checked_mul(square) {
                Some(product) => result = product,
                None => {
                    let product = result as f64 * square as f64;
                    return Value::float(product * (square as f64).powf(left as f64));
                }
            }
        } else {
            left /= 2;
            match square.checked_mul(square) {
                Some(product) => square = product,
                None => {
                    let product = square as f64 * square as f64;
                    return Value::float(result as f64 * product.powf(left as f64));
                }
            }
        }
    }
    Value::int(result)
}
