//! Operators on any values: arithmetic, bits, concatenation, `++` and `--`, with PHP's errors.
//!
//! The fast ways for ints and floats are with the opcodes; here is the whole truth. Objects whose class has operators
//! of its own (`operate` hook) answer first.

mod bits;
mod incdec;
mod numbers;
#[cfg(test)]
mod tests;

pub use bits::{bit_and, bit_not, bit_or, bit_xor, modulo, shl, shr};
pub use incdec::{decrement, increment};
pub use numbers::{add, div, mul, pow, sub};

use crate::Context;
use crate::class::ClassRef;
use crate::convert::type_name;
use crate::thrown::{PhpResult, Thrown};
use phalanx_bytecode::flags::BinOp;
use phalanx_value::{PhpString, Value, View};

/// Computes `a op b`.
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

/// `a . b`
#[inline]
pub fn concat(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<Value> {
    if let (View::Str(a), View::Str(b)) = (a.view(), b.view()) {
        return Ok(Value::string(join(a, b)));
    }
    concat_slow(cx, a, b)
}

#[inline(never)]
fn concat_slow(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<Value> {
    if let Some(result) = operate(cx, BinOp::Concat, a, b)? {
        return Ok(result);
    }
    let a = cx.to_string(a)?;
    let b = cx.to_string(b)?;
    Ok(Value::string(join(&a, &b)))
}

fn join(a: &PhpString, b: &PhpString) -> PhpString {
    if b.is_empty() {
        a.clone()
    } else if a.is_empty() {
        b.clone()
    } else {
        PhpString::concat(a, b)
    }
}

/// What the class of an operand makes of the operation, if one has operators of its own.
#[inline]
fn operate(cx: &mut Context, op: BinOp, a: &Value, b: &Value) -> PhpResult<Option<Value>> {
    if !a.is_object() && !b.is_object() && !a.is_ref() && !b.is_ref() {
        return Ok(None);
    }
    operate_slow(cx, op, a, b)
}

#[cold]
fn operate_slow(cx: &mut Context, op: BinOp, a: &Value, b: &Value) -> PhpResult<Option<Value>> {
    if a.is_ref() || b.is_ref() {
        let (a, b) = (a.deref_clone(), b.deref_clone());
        return binary(cx, op, &a, &b).map(Some);
    }
    for side in [a, b] {
        if let Some(object) = side.as_object()
            && let Some(hook) = ClassRef::of(object).hooks().and_then(|hooks| hooks.operate)
            && let Some(result) = hook(cx, op, a, b)?
        {
            return Ok(Some(result));
        }
    }
    Ok(None)
}

/// The TypeError `Unsupported operand types: array + int`.
#[cold]
fn unsupported(cx: &mut Context, op: BinOp, a: &Value, b: &Value) -> Thrown {
    let symbol = match op {
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
    };
    cx.throw_type_error(format!("Unsupported operand types: {} {symbol} {}", type_name(a), type_name(b)))
}
