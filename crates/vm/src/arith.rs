//! Operators on values of any types, with PHP's conversions, deprecations and errors.
//!
//! The interpreter computes ints and floats itself and comes here for everything else.

use crate::Context;
use crate::class::ClassRef;
use crate::thrown::{PhpResult, Thrown};
use phalanx_bytecode::flags::BinOp;
use phalanx_value::convert::numeric::{Numeric, classify_prefix};
use phalanx_value::convert::{float_to_int, float_to_string, incdec};
use phalanx_value::{PhpArray, PhpString, Value, View};

/// `a OP b`.
pub fn binary(cx: &mut Context, op: BinOp, a: &Value, b: &Value) -> PhpResult<Value> {
    match op {
        BinOp::Add => add(cx, a, b),
        BinOp::Sub => sub(cx, a, b),
        BinOp::Mul => mul(cx, a, b),
        BinOp::Div => div(cx, a, b),
        BinOp::Mod => modulo(cx, a, b),
        BinOp::Pow => pow(cx, a, b),
        BinOp::Shl => shl(cx, a, b),
        BinOp::Shr => shr(cx, a, b),
        BinOp::Concat => concat(cx, a, b),
        BinOp::BitOr => bit_or(cx, a, b),
        BinOp::BitAnd => bit_and(cx, a, b),
        BinOp::BitXor => bit_xor(cx, a, b),
    }
}

/// How an operator is written.
fn sign(op: BinOp) -> &'static str {
    match op {
        BinOp::Add => "+",
        BinOp::Sub => "-",
        BinOp::Mul => "*",
        BinOp::Div => "/",
        BinOp::Mod => "%",
        BinOp::Pow => "**",
        BinOp::Shl => "<<",
        BinOp::Shr => ">>",
        BinOp::Concat => ".",
        BinOp::BitOr => "|",
        BinOp::BitAnd => "&",
        BinOp::BitXor => "^",
    }
}

/// A number.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    /// An int.
    Int(i64),
    /// A float.
    Float(f64),
}

impl Number {
    fn float(self) -> f64 {
        match self {
            Number::Int(int) => int as f64,
            Number::Float(float) => float,
        }
    }

    /// As a value.
    pub fn into_value(self) -> Value {
        match self {
            Number::Int(int) => Value::int(int),
            Number::Float(float) => Value::float(float),
        }
    }
}

#[cold]
fn unsupported(cx: &mut Context, op: BinOp, a: &Value, b: &Value) -> Thrown {
    let (left, right) = (crate::convert::type_name(a), crate::convert::type_name(b));
    cx.throw_type_error(format!("Unsupported operand types: {left} {} {right}", sign(op)))
}

/// The answer of an object that has operators of its own.
#[inline]
fn overloaded(cx: &mut Context, op: BinOp, a: &Value, b: &Value) -> PhpResult<Option<Value>> {
    for operand in [a, b] {
        if let Some(object) = operand.as_object()
            && let Some(operate) = ClassRef::of(object).hooks().and_then(|hooks| hooks.operate)
            && let Some(value) = operate(cx, op, a, b)?
        {
            return Ok(Some(value));
        }
    }
    Ok(None)
}

/// An operand of an arithmetic operator as a number; `Ok(None)` if the operator does not take its type.
fn number(cx: &mut Context, value: &Value) -> PhpResult<Option<Number>> {
    Ok(Some(match value.view() {
        View::Int(int) => Number::Int(int),
        View::Float(float) => Number::Float(float),
        View::Undef | View::Null => Number::Int(0),
        View::Bool(truth) => Number::Int(truth as i64),
        View::Str(string) => {
            let prefix = classify_prefix(string);
            let number = match prefix.number {
                Numeric::Int(int) => Number::Int(int),
                Numeric::Float(float) => Number::Float(float),
                Numeric::No => return Ok(None),
            };
            if prefix.trailing {
                cx.warning("A non-numeric value encountered")?;
            }
            number
        }
        View::Ref(reference) => {
            let inner = reference.get();
            return number(cx, &inner);
        }
        _ => return Ok(None),
    }))
}

/// Both operands as numbers, the left one first.
fn numbers(cx: &mut Context, op: BinOp, a: &Value, b: &Value) -> PhpResult<Result<(Number, Number), Value>> {
    if (a.is_object() || b.is_object())
        && let Some(value) = overloaded(cx, op, a, b)?
    {
        return Ok(Err(value));
    }
    let refuses = |value: &Value| matches!(value.view(), View::Array(_) | View::Object(_) | View::Resource(_));
    if refuses(a) || refuses(b) {
        return Err(unsupported(cx, op, a, b));
    }
    let Some(left) = number(cx, a)? else { return Err(unsupported(cx, op, a, b)) };
    let Some(right) = number(cx, b)? else { return Err(unsupported(cx, op, a, b)) };
    Ok(Ok((left, right)))
}

macro_rules! arithmetic {
    ($(#[$doc:meta])* $name:ident, $op:ident, $checked:ident, $sign:tt) => {
        $(#[$doc])*
        pub fn $name(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<Value> {
            let (left, right) = match numbers(cx, BinOp::$op, a, b)? {
                Ok(both) => both,
                Err(value) => return Ok(value),
            };
            Ok(match (left, right) {
                (Number::Int(x), Number::Int(y)) => match x.$checked(y) {
                    Some(result) => Value::int(result),
                    None => Value::float(x as f64 $sign y as f64),
                },
                _ => Value::float(left.float() $sign right.float()),
            })
        }
    };
}

arithmetic!(numeric_add, Add, checked_add, +);
arithmetic!(
    /// `a - b`.
    sub, Sub, checked_sub, -
);
arithmetic!(
    /// `a * b`.
    mul, Mul, checked_mul, *
);

/// `a + b`; of two arrays their union.
pub fn add(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<Value> {
    if let (View::Array(left), View::Array(right)) = (a.view(), b.view()) {
        let mut union: PhpArray = left.clone();
        if !union.ptr_eq(right) {
            for (key, value) in right.iter() {
                if !union.contains(key) {
                    union.insert(key, value.clone());
                }
            }
        }
        return Ok(Value::array(union));
    }
    numeric_add(cx, a, b)
}

/// `a / b`.
pub fn div(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<Value> {
    let (left, right) = match numbers(cx, BinOp::Div, a, b)? {
        Ok(both) => both,
        Err(value) => return Ok(value),
    };
    if right.float() == 0.0 {
        return Err(cx.throw("DivisionByZeroError", "Division by zero"));
    }
    Ok(match (left, right) {
        (Number::Int(x), Number::Int(y)) => match x.checked_rem(y) {
            Some(0) => Value::int(x / y),
            _ => Value::float(x as f64 / y as f64),
        },
        _ => Value::float(left.float() / right.float()),
    })
}

/// `a ** b`.
pub fn pow(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<Value> {
    let (left, right) = match numbers(cx, BinOp::Pow, a, b)? {
        Ok(both) => both,
        Err(value) => return Ok(value),
    };
    if left.float() == 0.0 && right.float() < 0.0 {
        cx.deprecated("Power of base 0 and negative exponent is deprecated")?;
    }
    Ok(match (left, right) {
        (Number::Int(base), Number::Int(exponent)) if exponent >= 0 => int_pow(base, exponent),
        _ => Value::float(left.float().powf(right.float())),
    })
}

/// An int power by squaring, which goes on in floats where ints overflow.
fn int_pow(base: i64, exponent: i64) -> Value {
    let (mut result, mut factor, mut rest) = (1_i64, base, exponent);
    while rest > 0 {
        if rest & 1 != 0 {
            match result.checked_mul(factor) {
                Some(product) => result = product,
                None => {
                    let float = result as f64 * factor as f64;
                    return Value::float(float * (factor as f64).powf((rest - 1) as f64));
                }
            }
        }
        rest >>= 1;
        if rest > 0 {
            match factor.checked_mul(factor) {
                Some(square) => factor = square,
                None => {
                    let square = factor as f64 * factor as f64;
                    return Value::float(result as f64 * square.powf(rest as f64));
                }
            }
        }
    }
    Value::int(result)
}

/// An operand of `%`, `<<`, `>>`, `|`, `&`, `^` as an int; `Ok(None)` if the operator does not take its type.
fn integer(cx: &mut Context, value: &Value) -> PhpResult<Option<i64>> {
    Ok(Some(match value.view() {
        View::Int(int) => int,
        View::Float(float) => exact(cx, float)?,
        View::Str(string) => {
            let prefix = classify_prefix(string);
            if prefix.trailing && !matches!(prefix.number, Numeric::No) {
                cx.warning("A non-numeric value encountered")?;
            }
            match prefix.number {
                Numeric::Int(int) => int,
                Numeric::Float(float) => {
                    let int = phalanx_value::convert::numeric::to_int(string);
                    if int as f64 != float {
                        cx.deprecated(
                            [b"Implicit conversion from float-string \"".as_slice(), string, b"\" to int loses precision"]
                                .concat(),
                        )?;
                    }
                    int
                }
                Numeric::No => return Ok(None),
            }
        }
        View::Undef | View::Null => 0,
        View::Bool(truth) => truth as i64,
        View::Ref(reference) => {
            let inner = reference.get();
            return integer(cx, &inner);
        }
        _ => return Ok(None),
    }))
}

/// A float as an int; deprecated if that changes it.
fn exact(cx: &mut Context, float: f64) -> PhpResult<i64> {
    let int = float_to_int(float);
    if int as f64 != float {
        let shown = float_to_string(float);
        cx.deprecated(format!("Implicit conversion from float {shown} to int loses precision"))?;
    }
    Ok(int)
}

fn integers(cx: &mut Context, op: BinOp, a: &Value, b: &Value) -> PhpResult<Result<(i64, i64), Value>> {
    if (a.is_object() || b.is_object())
        && let Some(value) = overloaded(cx, op, a, b)?
    {
        return Ok(Err(value));
    }
    let refuses = |value: &Value| matches!(value.view(), View::Array(_) | View::Object(_) | View::Resource(_));
    if refuses(a) || refuses(b) {
        return Err(unsupported(cx, op, a, b));
    }
    let Some(left) = integer(cx, a)? else { return Err(unsupported(cx, op, a, b)) };
    let Some(right) = integer(cx, b)? else { return Err(unsupported(cx, op, a, b)) };
    Ok(Ok((left, right)))
}

/// `a % b`.
pub fn modulo(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<Value> {
    match integers(cx, BinOp::Mod, a, b)? {
        Ok((_, 0)) => Err(cx.throw("DivisionByZeroError", "Modulo by zero")),
        Ok((left, right)) => Ok(Value::int(left.wrapping_rem(right))),
        Err(value) => Ok(value),
    }
}

/// `a << b`.
pub fn shl(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<Value> {
    match integers(cx, BinOp::Shl, a, b)? {
        Ok((_, right)) if right < 0 => Err(negative_shift(cx)),
        Ok((left, right)) => Ok(Value::int(if right > 63 { 0 } else { left.wrapping_shl(right as u32) })),
        Err(value) => Ok(value),
    }
}

/// `a >> b`.
pub fn shr(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<Value> {
    match integers(cx, BinOp::Shr, a, b)? {
        Ok((_, right)) if right < 0 => Err(negative_shift(cx)),
        Ok((left, right)) => Ok(Value::int(left >> right.min(63))),
        Err(value) => Ok(value),
    }
}

fn negative_shift(cx: &mut Context) -> Thrown {
    cx.throw("ArithmeticError", "Bit shift by negative number")
}

/// Two strings byte by byte: up to the shorter one, or to the longer one for `|`.
fn bytewise(a: &PhpString, b: &PhpString, keep_rest: bool, op: fn(u8, u8) -> u8) -> Value {
    let mut bytes: Vec<u8> = a.iter().zip(b.iter()).map(|(&x, &y)| op(x, y)).collect();
    if keep_rest {
        let longer = if a.len() > b.len() { a } else { b };
        bytes.extend_from_slice(&longer[bytes.len()..]);
    }
    Value::str(bytes)
}

macro_rules! bitwise {
    ($(#[$doc:meta])* $name:ident, $op:ident, $sign:tt, $keep:literal) => {
        $(#[$doc])*
        pub fn $name(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<Value> {
            if let (View::Str(left), View::Str(right)) = (a.view(), b.view()) {
                return Ok(bytewise(left, right, $keep, |x, y| x $sign y));
            }
            match integers(cx, BinOp::$op, a, b)? {
                Ok((left, right)) => Ok(Value::int(left $sign right)),
                Err(value) => Ok(value),
            }
        }
    };
}

bitwise!(
    /// `a | b`.
    bit_or, BitOr, |, true
);
bitwise!(
    /// `a & b`.
    bit_and, BitAnd, &, false
);
bitwise!(
    /// `a ^ b`.
    bit_xor, BitXor, ^, false
);

/// `~a`.
pub fn bit_not(cx: &mut Context, a: &Value) -> PhpResult<Value> {
    match a.view() {
        View::Int(int) => Ok(Value::int(!int)),
        View::Float(float) => Ok(Value::int(!exact(cx, float)?)),
        View::Str(string) => Ok(Value::str(string.iter().map(|&byte| !byte).collect::<Vec<u8>>())),
        View::Ref(reference) => {
            let inner = reference.get();
            bit_not(cx, &inner)
        }
        _ => {
            let kind = crate::convert::type_name(a);
            Err(cx.throw_type_error(format!("Cannot perform bitwise not on {kind}")))
        }
    }
}

/// `a . b`.
pub fn concat(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<Value> {
    if let (View::Str(left), View::Str(right)) = (a.view(), b.view()) {
        return Ok(Value::string(join(left, right)));
    }
    if (a.is_object() || b.is_object())
        && let Some(value) = overloaded(cx, BinOp::Concat, a, b)?
    {
        return Ok(value);
    }
    let left = cx.to_string(a)?;
    let right = cx.to_string(b)?;
    Ok(Value::string(join(&left, &right)))
}

fn join(left: &PhpString, right: &PhpString) -> PhpString {
    if right.is_empty() {
        left.clone()
    } else if left.is_empty() {
        right.clone()
    } else {
        PhpString::concat(left, right)
    }
}

/// What `++` makes of a value.
pub fn increment(cx: &mut Context, value: &Value) -> PhpResult<Value> {
    match value.view() {
        View::Int(int) => Ok(int.checked_add(1).map_or(Value::float(int as f64 + 1.0), Value::int)),
        View::Float(float) => Ok(Value::float(float + 1.0)),
        View::Undef | View::Null => Ok(Value::int(1)),
        View::Bool(_) => {
            cx.warning(no_effect("Increment", "bool"))?;
            Ok(value.clone())
        }
        View::Str(string) => {
            if !incdec::is_alphanumeric(string)
                && matches!(phalanx_value::convert::numeric::classify(string), Numeric::No)
            {
                cx.deprecated("Increment on non-alphanumeric string is deprecated")?;
            }
            Ok(incdec::increment_string(string))
        }
        _ => step_other(cx, value, BinOp::Add, "increment"),
    }
}

/// What `--` makes of a value.
pub fn decrement(cx: &mut Context, value: &Value) -> PhpResult<Value> {
    match value.view() {
        View::Int(int) => Ok(int.checked_sub(1).map_or(Value::float(int as f64 - 1.0), Value::int)),
        View::Float(float) => Ok(Value::float(float - 1.0)),
        View::Undef | View::Null => {
            cx.warning(no_effect("Decrement", "null"))?;
            Ok(Value::NULL)
        }
        View::Bool(_) => {
            cx.warning(no_effect("Decrement", "bool"))?;
            Ok(value.clone())
        }
        View::Str(string) => {
            if string.is_empty() {
                cx.deprecated("Decrement on empty string is deprecated as non-numeric")?;
            } else if matches!(phalanx_value::convert::numeric::classify(string), Numeric::No) {
                cx.deprecated("Decrement on non-numeric string has no effect and is deprecated")?;
            }
            Ok(incdec::decrement_string(string))
        }
        _ => step_other(cx, value, BinOp::Sub, "decrement"),
    }
}

fn no_effect(action: &str, kind: &str) -> String {
    format!("{action} on type {kind} has no effect, this will change in the next major version of PHP")
}

fn step_other(cx: &mut Context, value: &Value, op: BinOp, action: &str) -> PhpResult<Value> {
    if let Some(result) = overloaded(cx, op, value, &Value::int(1))? {
        return Ok(result);
    }
    let kind = crate::convert::type_name(value);
    Err(cx.throw_type_error(format!("Cannot {action} {kind}")))
}
