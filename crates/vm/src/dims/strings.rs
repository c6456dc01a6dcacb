//! Parts of strings as dimensions.
//!
//! # Safety
//!
//! As for all dimensions ([`super`]).
#![allow(unsafe_code, reason = "writes through addresses of strings")]

use super::lossy_key;
use crate::Context;
use crate::thrown::PhpResult;
use phalanx_value::{PhpString, Value, View};

/// How a part of a string is looked up.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lookup {
    /// To read or write.
    Access,
    /// For `??` and in front of a part of it: what is not there is no error.
    Quiet,
    /// In `isset` or `empty`: no key is an error.
    Isset,
}

/// The position that a key names in a string; reports keys that name none, or gives none for those.
pub(super) fn string_offset(cx: &mut Context, key: &Value, lookup: Lookup) -> PhpResult<Option<i64>> {
    use phalanx_value::convert::numeric::{self, Numeric};
    match key.view() {
        View::Int(int) => Ok(Some(int)),
        View::Str(text) => {
            let prefix = numeric::classify_prefix(text);
            match prefix.number {
                Numeric::Int(int) if !prefix.trailing => Ok(Some(int)),
                Numeric::Int(int) if lookup != Lookup::Isset => {
                    cx.warning([b"Illegal string offset \"".as_slice(), text, b"\""].concat())?;
                    Ok(Some(int))
                }
                _ if lookup != Lookup::Access => Ok(None),
                _ => Err(cx.throw_type_error("Cannot access offset of type string on string")),
            }
        }
        View::Null | View::Undef | View::Bool(_) => {
            if lookup == Lookup::Access {
                cx.warning("String offset cast occurred")?;
            }
            Ok(Some(key.as_bool().unwrap_or(false) as i64))
        }
        View::Float(float) => {
            let int = phalanx_value::convert::float_to_int(float);
            match lookup {
                Lookup::Access => cx.warning("String offset cast occurred")?,
                Lookup::Isset if int as f64 != float => lossy_key(cx, float)?,
                _ => {}
            }
            Ok(Some(int))
        }
        View::Ref(reference) => {
            let inner = reference.get();
            string_offset(cx, &inner, lookup)
        }
        _ if lookup == Lookup::Isset => Ok(None),
        _ => {
            let kind = crate::convert::value_name(key);
            Err(cx.throw_type_error(format!("Cannot access offset of type {kind} on string")))
        }
    }
}

/// The byte position for an offset that may count from the end.
fn position(string: &PhpString, offset: i64) -> Option<usize> {
    let len = string.len() as i64;
    let at = if offset < 0 { offset + len } else { offset };
    (0..len).contains(&at).then_some(at as usize)
}

pub(super) fn read_string(
    cx: &mut Context,
    string: &PhpString,
    key: &Value,
    quiet: bool,
) -> PhpResult<Value> {
    let lookup = if quiet { Lookup::Quiet } else { Lookup::Access };
    let Some(offset) = string_offset(cx, key, lookup)? else { return Ok(Value::NULL) };
    match position(string, offset) {
        Some(at) => Ok(Value::string(PhpString::byte(string[at]))),
        None if quiet => Ok(Value::NULL),
        None => {
            cx.warning(format!("Uninitialized string offset {offset}"))?;
            Ok(Value::string(PhpString::new()))
        }
    }
}

pub(super) fn is_set_string(
    cx: &mut Context,
    string: &PhpString,
    key: &Value,
    not_empty: bool,
) -> PhpResult<bool> {
    let Some(offset) = string_offset(cx, key, Lookup::Isset)? else { return Ok(false) };
    Ok(position(string, offset).is_some_and(|at| !not_empty || string[at] != b'0'))
}

/// `$string[key] = value`.
pub(super) unsafe fn write_string(
    cx: &mut Context,
    place: *mut Value,
    key: Option<&Value>,
    value: Value,
) -> PhpResult<Value> {
    // SAFETY: the caller's place is a live value; it is looked at anew after everything that runs user code.
    let string = unsafe { (*place).as_string().expect("by its tag").clone() };
    let Some(key) = key else { return Err(cx.throw_error("[] operator not supported for strings")) };
    let Some(offset) = string_offset(cx, key, Lookup::Access)? else { return Ok(Value::NULL) };
    let len = string.len() as i64;
    if offset < -len {
        cx.warning(format!("Illegal string offset {offset}"))?;
        return Ok(Value::NULL);
    }
    let bytes = match value.as_string() {
        Some(bytes) => bytes.clone(),
        None => cx.to_string(&value)?,
    };
    drop(string);
    let Some(&byte) = bytes.first() else {
        return Err(cx.throw_error("Cannot assign an empty string to a string offset"));
    };
    if bytes.len() > 1 {
        cx.warning("Only the first byte will be assigned to the string offset")?;
    }
    // SAFETY: as above.
    unsafe {
        let Some(mut string) = std::ptr::replace(place, Value::NULL).into_string() else {
            return Ok(Value::NULL);
        };
        let at = if offset < 0 { (offset + len) as usize } else { offset as usize };
        while string.len() <= at {
            string.push(b' ');
        }
        string.make_mut()[at] = byte;
        *place = Value::string(string);
    }
    Ok(Value::string(PhpString::byte(byte)))
}
