//! Scalars, strings and arrays as arguments.

use super::{Arg, FromArg};
use crate::Context;
use crate::thrown::PhpResult;
use phalanx_bytecode::types as bit;
use phalanx_value::{PhpArray, PhpRef, PhpResource, PhpString, Value};

/// A type with one tag: what is there already is taken at once, the rest goes the slow way.
macro_rules! scalar {
    ($($ty:ty: $accessor:ident, $bits:expr;)*) => {$(
        impl<'a> FromArg<'a> for $ty {
            #[inline(always)]
            fn from_arg(cx: &mut Context, mut arg: Arg<'a>) -> PhpResult<$ty> {
                if let Some(value) = arg.value().$accessor() {
                    return Ok(value);
                }
                arg.demand(cx, $bits)?;
                Ok(arg.value().$accessor().expect("the conversion made it so"))
            }
        }
    )*};
}

scalar! {
    bool: as_bool, bit::BOOL;
    i64: as_int, bit::INT;
    f64: as_float, bit::FLOAT;
}

impl<'a> FromArg<'a> for &'a PhpString {
    #[inline(always)]
    fn from_arg(cx: &mut Context, mut arg: Arg<'a>) -> PhpResult<&'a PhpString> {
        if !arg.value().is_string() {
            arg.demand(cx, bit::STRING)?;
        }
        Ok(arg.into_value().as_string().expect("the conversion made it so"))
    }
}

impl<'a> FromArg<'a> for PhpString {
    #[inline(always)]
    fn from_arg(cx: &mut Context, arg: Arg<'a>) -> PhpResult<PhpString> {
        <&PhpString>::from_arg(cx, arg).cloned()
    }
}

impl<'a> FromArg<'a> for &'a [u8] {
    #[inline(always)]
    fn from_arg(cx: &mut Context, arg: Arg<'a>) -> PhpResult<&'a [u8]> {
        <&PhpString>::from_arg(cx, arg).map(PhpString::as_bytes)
    }
}

impl<'a> FromArg<'a> for &'a PhpArray {
    #[inline(always)]
    fn from_arg(cx: &mut Context, mut arg: Arg<'a>) -> PhpResult<&'a PhpArray> {
        arg.settle();
        if !arg.value().is_array() {
            return Err(arg.type_error(cx));
        }
        Ok(arg.into_value().as_array().expect("just tested"))
    }
}

impl<'a> FromArg<'a> for PhpArray {
    #[inline(always)]
    fn from_arg(cx: &mut Context, arg: Arg<'a>) -> PhpResult<PhpArray> {
        <&PhpArray>::from_arg(cx, arg).cloned()
    }
}

impl<'a> FromArg<'a> for &'a Value {
    #[inline(always)]
    fn from_arg(cx: &mut Context, mut arg: Arg<'a>) -> PhpResult<&'a Value> {
        let param = arg.param();
        if !param.by_ref && !param.prefer_ref {
            arg.check(cx)?;
        }
        Ok(arg.into_value())
    }
}

impl<'a> FromArg<'a> for Value {
    #[inline(always)]
    fn from_arg(cx: &mut Context, mut arg: Arg<'a>) -> PhpResult<Value> {
        let param = arg.param();
        if param.by_ref || param.prefer_ref {
            // A reference stays one: the function looks for itself.
            return Ok(arg.into_value().clone());
        }
        arg.check(cx)?;
        Ok(arg.into_value().clone())
    }
}

impl<'a> FromArg<'a> for &'a PhpResource {
    fn from_arg(cx: &mut Context, mut arg: Arg<'a>) -> PhpResult<&'a PhpResource> {
        arg.settle();
        if !arg.value().is_resource() {
            return Err(arg.type_error(cx));
        }
        Ok(arg.into_value().as_resource().expect("just tested"))
    }
}

impl<'a> FromArg<'a> for PhpResource {
    fn from_arg(cx: &mut Context, arg: Arg<'a>) -> PhpResult<PhpResource> {
        <&PhpResource>::from_arg(cx, arg).cloned()
    }
}

impl<'a> FromArg<'a> for &'a PhpRef {
    /// As for [`PhpRef`]; the slot keeps the reference.
    fn from_arg(cx: &mut Context, mut arg: Arg<'a>) -> PhpResult<&'a PhpRef> {
        settle_reference(cx, &mut arg)?;
        Ok(arg.into_value().as_ref().expect("just made one"))
    }
}

impl<'a> FromArg<'a> for PhpRef {
    /// What the reference holds is made to fit the declared type.
    fn from_arg(cx: &mut Context, mut arg: Arg<'a>) -> PhpResult<PhpRef> {
        settle_reference(cx, &mut arg)
    }
}

/// Makes sure that the slot holds a reference, and that what it refers to fits the declared type.
fn settle_reference(cx: &mut Context, arg: &mut Arg<'_>) -> PhpResult<PhpRef> {
    let reference = arg.slot().make_ref();
    let ty = arg.ty();
    if ty.is_none() || ty.bits & 1 << reference.tag() as u32 != 0 {
        return Ok(reference);
    }
    // The check works on a copy in the slot; only a value that was converted is stored back.
    *arg.slot() = reference.get();
    arg.check(cx)?;
    let value = arg.value().clone();
    reference.set(value);
    *arg.slot() = Value::reference(reference.clone());
    Ok(reference)
}

impl<'a, T: FromArg<'a>> FromArg<'a> for Option<T> {
    #[inline(always)]
    fn from_arg(cx: &mut Context, mut arg: Arg<'a>) -> PhpResult<Option<T>> {
        if !arg.param().by_ref {
            arg.settle();
        }
        // A parameter that is optional but not nullable takes null as its type does: with a deprecation.
        let ty = arg.ty();
        if arg.value().is_null() && (ty.is_none() || ty.bits & bit::NULL != 0) {
            return Ok(None);
        }
        T::from_arg(cx, arg).map(Some)
    }
}
