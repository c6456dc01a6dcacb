//! `%`, `<<`, `>>`, `&`, `|`, `^`, `~`.

use super::{operate, unsupported};
use crate::Context;
use crate::class::{CastTo, ClassRef};
use crate::convert::{leading_number, value_name};
use crate::thrown::PhpResult;
use phalanx_bytecode::flags::BinOp;
use phalanx_value::convert::numeric::Numeric;
use phalanx_value::convert::{float_to_int, float_to_int_exact};
use phalanx_value::{PhpString, Value, View};

/// A value as an int, for operators that want one; none if it is none. Fractions are deprecated.
fn int(cx: &mut Context, value: &Value) -> PhpResult<Option<i64>> {
    Ok(match value.view() {
        View::Int(int) => Some(int),
        View::Undef | View::Null => Some(0),
        View::Bool(on) => Some(i64::from(on)),
        View::Float(float) => {
            if float_to_int_exact(float).is_none() {
                cx.float_loses_precision(float)?;
            }
            Some(float_to_int(float))
        }
        View::Str(string) => {
            let Some(prefix) = leading_number(string) else { return Ok(None) };
            if prefix.trailing {
                cx.warning("A non-numeric value encountered")?;
            }
            match prefix.number {
                Numeric::Int(int) => Some(int),
                Numeric::Float(float) => {
                    if float_to_int_exact(float).is_none() {
                        cx.float_string_loses_precision(string)?;
                    }
                    // A conversion by `as` saturates, which is what PHP does with strings.
                    Some(float as i64)
                }
                Numeric::No => None,
            }
        }
        View::Object(object) => {
            let Some(cast) = ClassRef::of(object).hooks().and_then(|hooks| hooks.cast) else {
                return Ok(None);
            };
            cast(cx, object, CastTo::Int)?.and_then(|value| value.as_int())
        }
        _ => None,
    })
}

fn ints(cx: &mut Context, op: BinOp, a: &Value, b: &Value) -> PhpResult<(i64, i64)> {
    if let (View::Int(a), View::Int(b)) = (a.view(), b.view()) {
        return Ok((a, b));
    }
    let Some(x) = int(cx, a)? else { return Err(unsupported(cx, op, a, b)) };
    let Some(y) = int(cx, b)? else { return Err(unsupported(cx, op, a, b)) };
    Ok((x, y))
}

/// `a % b`
pub fn modulo(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<Value> {
    if let Some(result) = operate(cx, BinOp::Mod, a, b)? {
        return Ok(result);
    }
    match ints(cx, BinOp::Mod, a, b)? {
        (_, 0) => Err(cx.throw_division_by_zero(true)),
        (a, b) => Ok(Value::int(a.wrapping_rem(b))),
    }
}

/// `a << b`
pub fn shl(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<Value> {
    if let Some(result) = operate(cx, BinOp::Shl, a, b)? {
        return Ok(result);
    }
    match ints(cx, BinOp::Shl, a, b)? {
        (_, ..0) => Err(cx.throw_arithmetic_error("Bit shift by negative number")),
        (a, b @ 0..64) => Ok(Value::int(a << b)),
        _ => Ok(Value::int(0)),
    }
}

/// `a >> b`
pub fn shr(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<Value> {
    if let Some(result) = operate(cx, BinOp::Shr, a, b)? {
        return Ok(result);
    }
    match ints(cx, BinOp::Shr, a, b)? {
        (_, ..0) => Err(cx.throw_arithmetic_error("Bit shift by negative number")),
        (a, b) => Ok(Value::int(a >> b.min(63))),
    }
}

/// `a | b`: strings byte by byte, as long as the longer one.
pub fn bit_or(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<Value> {
    if let (View::Str(a), View::Str(b)) = (a.view(), b.view()) {
        let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
        return Ok(bytes(long.len(), |at| long[at] | short.get(at).copied().unwrap_or(0)));
    }
    if let Some(result) = operate(cx, BinOp::BitOr, a, b)? {
        return Ok(result);
    }
    let (a, b) = ints(cx, BinOp::BitOr, a, b)?;
    Ok(Value::int(a | b))
}

/// `a & b`: strings byte by byte, as long as the shorter one.
pub fn bit_and(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<Value> {
    if let (View::Str(a), View::Str(b)) = (a.view(), b.view()) {
        return Ok(bytes(a.len().min(b.len()), |at| a[at] & b[at]));
    }
    if let Some(result) = operate(cx, BinOp::BitAnd, a, b)? {
        return Ok(result);
    }
    let (a, b) = ints(cx, BinOp::BitAnd, a, b)?;
    Ok(Value::int(a & b))
}

/// `a ^ b`: strings byte by byte, as long as the shorter one.
pub fn bit_xor(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<Value> {
    if let (View::Str(a), View::Str(b)) = (a.view(), b.view()) {
        return Ok(bytes(a.len().min(b.len()), |at| a[at] ^ b[at]));
    }
    if let Some(result) = operate(cx, BinOp::BitXor, a, b)? {
        return Ok(result);
    }
    let (a, b) = ints(cx, BinOp::BitXor, a, b)?;
    Ok(Value::int(a ^ b))
}

/// `~a`
pub fn bit_not(cx: &mut Context, a: &Value) -> PhpResult<Value> {
    match a.view() {
        View::Int(int) => Ok(Value::int(!int)),
        View::Float(float) => {
            if float_to_int_exact(float).is_none() {
                cx.float_loses_precision(float)?;
            }
            Ok(Value::int(!float_to_int(float)))
        }
        View::Str(string) => Ok(bytes(string.len(), |at| !string[at])),
        View::Ref(reference) => bit_not(cx, &reference.get()),
        View::Object(_) => {
            // Classes with operators know it as `x ^ -1`.
            if let Some(result) = operate(cx, BinOp::BitXor, a, &Value::int(-1))? {
                return Ok(result);
            }
            Err(cx.throw_type_error(format!("Cannot perform bitwise not on {}", value_name(a))))
        }
        _ => Err(cx.throw_type_error(format!("Cannot perform bitwise not on {}", value_name(a)))),
    }
}

fn bytes(len: usize, byte: impl Fn(usize) -> u8) -> Value {
    let string = PhpString::build(len, |buffer| {
        for (at, place) in buffer.iter_mut().enumerate() {
            *place = byte(at);
        }
    });
    Value::string(string)
}
