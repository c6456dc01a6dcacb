//! Arithmetic, bit and string operators, in full generality.

use crate::ins::Ins;
use crate::thrown::PhpResult;
use crate::{Context, arith};
use phalanx_bytecode::flags::BinOp;
use phalanx_value::Value;

/// A binary operator.
pub(super) trait Binary: Copy {
    /// Computes it.
    fn compute(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<Value>;
}

macro_rules! operators {
    ($($name:ident $function:ident;)*) => {$(
        #[derive(Clone, Copy)]
        pub(super) struct $name;
        impl Binary for $name {
            #[inline(always)]
            fn compute(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<Value> {
                arith::$function(cx, a, b)
            }
        }
    )*};
}

operators! {
    Add add;
    Sub sub;
    Mul mul;
    Div div;
    Mod modulo;
    Pow pow;
    Shl shl;
    Shr shr;
    Concat concat;
    BitAnd bit_and;
    BitOr bit_or;
    BitXor bit_xor;
}

pub(super) fn binary<O: Binary>(ins: Ins, cx: &mut Context) -> PhpResult {
    let a = ins.take_a(cx)?;
    let b = ins.take_b(cx)?;
    let result = O::compute(cx, &a, &b)?;
    if ins.dest_is_cv() {
        return super::assign::store_result(ins, cx, result);
    }
    ins.set_c(result);
    Ok(())
}

/// Computes `a op b`.
pub(super) fn compute(cx: &mut Context, op: BinOp, a: &Value, b: &Value) -> PhpResult<Value> {
    arith::binary(cx, op, a, b)
}

pub(super) fn bool_xor(ins: Ins, cx: &mut Context) -> PhpResult {
    let a = ins.take_a(cx)?;
    let b = ins.take_b(cx)?;
    let result = cx.to_bool(&a)? != cx.to_bool(&b)?;
    ins.set_c(Value::bool(result));
    Ok(())
}

pub(super) fn bit_not(ins: Ins, cx: &mut Context) -> PhpResult {
    let a = ins.take_a(cx)?;
    let result = arith::bit_not(cx, &a)?;
    ins.set_c(result);
    Ok(())
}

pub(super) fn not(ins: Ins, cx: &mut Context) -> PhpResult {
    let a = ins.take_a(cx)?;
    let result = !cx.to_bool(&a)?;
    ins.set_c(Value::bool(result));
    Ok(())
}

pub(super) fn bool(ins: Ins, cx: &mut Context) -> PhpResult {
    let a = ins.take_a(cx)?;
    let result = cx.to_bool(&a)?;
    ins.set_c(Value::bool(result));
    Ok(())
}

pub(super) fn cast(ins: Ins, cx: &mut Context) -> PhpResult {
    use phalanx_bytecode::flags::op as flag;
    let a = ins.take_a(cx)?;
    let result = match ins.op().flags() & 7 {
        flag::CAST_BOOL => Value::bool(cx.to_bool(&a)?),
        flag::CAST_INT => Value::int(cx.to_int(&a)?),
        flag::CAST_FLOAT => Value::float(cx.to_float(&a)?),
        flag::CAST_STRING => Value::string(cx.to_string(&a)?),
        flag::CAST_ARRAY => Value::array(cx.to_array(&a)?),
        _ => Value::object(cx.to_object(a)?),
    };
    ins.set_c(result);
    Ok(())
}
