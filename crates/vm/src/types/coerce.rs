//! Making a value fit a type, as parameters, return values and typed properties do.

use super::{Type, TypeScope};
use crate::Context;
use crate::class::{CastTo, ClassRef};
use crate::thrown::PhpResult;
use phalanx_bytecode::types as bit;
use phalanx_value::convert::numeric::{self, Numeric};
use phalanx_value::{Value, View};

impl Type<'_> {
    /// Makes `value` (no reference) fit the type; false if it cannot. Without `strict`, scalars are converted as PHP's
    /// weak mode does; with it an int still becomes a float.
    #[inline]
    pub fn fit(
        &self,
        cx: &mut Context,
        value: &mut Value,
        scope: TypeScope,
        strict: bool,
    ) -> PhpResult<bool> {
        if self.admits(cx, value, scope) {
            return Ok(true);
        }
        self.convert(cx, value, strict)
    }

    /// The conversion of [`Type::fit`] for a value that is not of the type as it stands.
    #[inline(never)]
    pub fn convert(&self, cx: &mut Context, value: &mut Value, strict: bool) -> PhpResult<bool> {
        let bits = self.bits();
        if strict {
            let Some(int) = value.as_int().filter(|_| bits & bit::FLOAT != 0) else { return Ok(false) };
            *value = Value::float(int as f64);
            return Ok(true);
        }
        if bits & (bit::INT | bit::FLOAT | bit::STRING | bit::FALSE | bit::TRUE) == 0 {
            return Ok(false);
        }
        if !matches!(value.view(), View::Bool(_) | View::Int(_) | View::Float(_) | View::Str(_)) {
            return weak_object(cx, bits, value);
        }
        if let Some(converted) = weak_scalar(cx, bits, value)? {
            *value = converted;
            return Ok(true);
        }
        Ok(false)
    }
}

/// Objects become strings where a string is accepted.
fn weak_object(cx: &mut Context, bits: u32, value: &mut Value) -> PhpResult<bool> {
    let Some(object) = value.as_object().filter(|_| bits & bit::STRING != 0).cloned() else {
        return Ok(false);
    };
    let class = ClassRef::of(&object);
    if class.magic.to_string.is_some() {
        let string = cx.to_string(value)?;
        *value = Value::string(string);
        return Ok(true);
    }
    if let Some(cast) = class.hook(|hooks| hooks.cast)
        && let Some(string) = cast(cx, &object, CastTo::String)?
    {
        *value = string;
        return Ok(true);
    }
    Ok(false)
}

/// PHP's order: int, float, string, bool; a numeric string for `int|float` keeps its own type.
fn weak_scalar(cx: &mut Context, bits: u32, value: &Value) -> PhpResult<Option<Value>> {
    if bits & bit::INT != 0 {
        if bits & bit::FLOAT != 0
            && let Some(string) = value.as_string()
        {
            match numeric::classify(string) {
                Numeric::Int(int) => return Ok(Some(Value::int(int))),
                Numeric::Float(float) => return Ok(Some(Value::float(float))),
                _ => {}
            }
        } else if let Some(int) = weak_int(cx, value)? {
            return Ok(Some(Value::int(int)));
        }
    }
    if bits & bit::FLOAT != 0 {
        let float = match value.view() {
            View::Int(int) => Some(int as f64),
            View::Bool(on) => Some(f64::from(u8::from(on))),
            View::Str(string) => match numeric::classify(string) {
                Numeric::Int(int) => Some(int as f64),
                Numeric::Float(float) => Some(float),
                _ => None,
            },
            _ => None,
        };
        if let Some(float) = float {
            return Ok(Some(Value::float(float)));
        }
    }
    if bits & bit::STRING != 0 {
        return Ok(Some(Value::string(cx.to_string(value)?)));
    }
    if bits & bit::BOOL == bit::BOOL {
        return Ok(Some(Value::bool(value.truthy())));
    }
    Ok(None)
}

/// The int that a scalar is in weak mode. A float with a fraction is deprecated.
fn weak_int(cx: &mut Context, value: &Value) -> PhpResult<Option<i64>> {
    let (float, string) = match value.view() {
        View::Bool(on) => return Ok(Some(i64::from(on))),
        View::Int(int) => return Ok(Some(int)),
        View::Float(float) => (float, None),
        View::Str(string) => match numeric::classify(string) {
            Numeric::Int(int) => return Ok(Some(int)),
            Numeric::Float(float) => (float, Some(string)),
            _ => return Ok(None),
        },
        _ => return Ok(None),
    };
    if !float.is_finite() || !(-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&float) {
        return Ok(None);
    }
    let int = float as i64;
    if int as f64 != float {
        match string {
            Some(string) => {
                cx.deprecated(format!(
                    "Implicit conversion from float-string \"{string}\" to int loses precision"
                ))?;
            }
            None => {
                let shown = phalanx_value::convert::float::format_float(float, -1);
                let shown = shown.as_str();
                cx.deprecated(format!("Implicit conversion from float {shown} to int loses precision"))?;
            }
        }
    }
    Ok(Some(int))
}
