//! The conversions of weak mode: scalars that are passed, returned or assigned where another scalar type is declared.
//!
//! Each function gives none for what cannot be converted; whoever asked throws the TypeError. Null counts as 0, `""`
//! and false: whether it is accepted at all is not decided here.

use super::show_float;
use crate::Context;
use crate::thrown::PhpResult;
use phalanx_bytecode::types as bit;
use phalanx_value::convert::numeric::{self, Numeric};
use phalanx_value::convert::{float_to_int, float_to_int_exact};
use phalanx_value::{PhpString, Value, View};

/// A value of one of the scalar types in `bits` (of [`phalanx_bytecode::types`]), tried in PHP's order: int, float,
/// string, bool. For `int|float` a numeric string keeps its own type.
pub fn scalar(cx: &mut Context, bits: u32, value: &Value) -> PhpResult<Option<Value>> {
    if bits & bit::INT != 0 {
        match value.view() {
            View::Str(string) if bits & bit::FLOAT != 0 => match numeric::classify(string) {
                Numeric::Int(int) => return Ok(Some(Value::int(int))),
                Numeric::Float(float) => return Ok(Some(Value::float(float))),
                Numeric::No => {}
            },
            _ => {
                if let Some(int) = int(cx, value)? {
                    return Ok(Some(Value::int(int)));
                }
            }
        }
    }
    if bits & bit::FLOAT != 0
        && let Some(float) = float(value)
    {
        return Ok(Some(Value::float(float)));
    }
    if bits & bit::STRING != 0
        && let Some(string) = string(cx, value)?
    {
        return Ok(Some(Value::string(string)));
    }
    if bits & bit::BOOL == bit::BOOL
        && let Some(on) = bool(value)
    {
        return Ok(Some(Value::bool(on)));
    }
    Ok(None)
}

/// As an int. Fractions are cut with a deprecation; what is out of range is refused.
pub fn int(cx: &mut Context, value: &Value) -> PhpResult<Option<i64>> {
    let (float, text) = match value.view() {
        View::Undef | View::Null => return Ok(Some(0)),
        View::Bool(on) => return Ok(Some(i64::from(on))),
        View::Int(int) => return Ok(Some(int)),
        View::Float(float) => (float, None),
        View::Str(string) => match numeric::classify(string) {
            Numeric::Int(int) => return Ok(Some(int)),
            Numeric::Float(float) => (float, Some(string)),
            Numeric::No => return Ok(None),
        },
        _ => return Ok(None),
    };
    const RANGE: std::ops::Range<f64> = -9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0;
    if !RANGE.contains(&float) {
        return Ok(None);
    }
    if float_to_int_exact(float).is_none() {
        match text {
            Some(text) => cx.float_string_loses_precision(text)?,
            None => cx.float_loses_precision(float)?,
        }
    }
    Ok(Some(float_to_int(float)))
}

/// As a float.
pub fn float(value: &Value) -> Option<f64> {
    Some(match value.view() {
        View::Undef | View::Null => 0.0,
        View::Bool(on) => f64::from(u8::from(on)),
        View::Int(int) => int as f64,
        View::Float(float) => float,
        View::Str(string) => match numeric::classify(string) {
            Numeric::Int(int) => int as f64,
            Numeric::Float(float) => float,
            Numeric::No => return None,
        },
        _ => return None,
    })
}

/// As a string: scalars, and objects that say what they are as a string.
pub fn string(cx: &mut Context, value: &Value) -> PhpResult<Option<PhpString>> {
    match value.view() {
        View::Array(_) | View::Resource(_) => Ok(None),
        View::Object(object) => cx.object_to_string(object),
        _ => cx.to_string(value).map(Some),
    }
}

/// As a bool: scalars.
pub fn bool(value: &Value) -> Option<bool> {
    match value.view() {
        View::Array(_) | View::Object(_) | View::Resource(_) => None,
        _ => Some(value.truthy()),
    }
}

impl Context {
    /// The deprecation for a float that is used as an int and is none.
    #[cold]
    pub fn float_loses_precision(&mut self, float: f64) -> PhpResult {
        self.deprecated(format!(
            "Implicit conversion from float {} to int loses precision",
            show_float(float)
        ))
    }

    /// The deprecation for a numeric string that is used as an int and is a float.
    #[cold]
    pub fn float_string_loses_precision(&mut self, text: &PhpString) -> PhpResult {
        let parts: [&[u8]; 3] =
            [b"Implicit conversion from float-string \"", text, b"\" to int loses precision"];
        self.deprecated(parts.concat())
    }
}
