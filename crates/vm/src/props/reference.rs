//! References to typed properties: what is assigned through them must fit every property that holds them.

use crate::Context;
use crate::class::PropRef;
use crate::thrown::{PhpResult, Thrown};
use crate::types::{TypeScope, value_name};
use phalanx_bytecode::types as bit;
use phalanx_value::{PhpRef, Value};
use std::ptr;

/// The typed properties that hold a reference.
fn sources(reference: &PhpRef) -> Vec<PropRef> {
    let words = reference.type_sources();
    // SAFETY: only this crate adds sources, and they are properties of this request.
    words.into_iter().map(|word| unsafe { PropRef::from_ptr(ptr::with_exposed_provenance(word)) }).collect()
}

/// Makes a reference known as one that a typed property holds.
pub(crate) fn add_source(reference: &PhpRef, info: PropRef) {
    if info.ty.is_some() {
        reference.add_type_source(info.as_ptr().expose_provenance());
    }
}

/// Makes a typed property forget a reference.
pub(super) fn remove_source(reference: &PhpRef, info: PropRef) {
    if info.ty.is_some() {
        reference.remove_type_source(info.as_ptr().expose_provenance());
    }
}

/// Assigns through a reference that typed properties hold; the result is the value as it was stored.
pub fn assign_reference(cx: &mut Context, reference: &PhpRef, value: Value) -> PhpResult<Value> {
    let value = fit_reference(cx, reference, value)?;
    reference.set(value.clone());
    Ok(value)
}

/// Makes a value fit all types of a reference.
fn fit_reference(cx: &mut Context, reference: &PhpRef, value: Value) -> PhpResult<Value> {
    let value = value.into_deref();
    let strict = cx.strict_types();
    // The first property, and what the value was converted to for it and those behind it, if it had to be.
    let mut first: Option<(PropRef, Option<Value>)> = None;
    for info in sources(reference) {
        let scope = TypeScope { class: Some(info.class), called: Some(info.class) };
        let converted = if info.ty.admits(cx, &value, scope) {
            None
        } else {
            if !may_convert(info, &value, strict) {
                return Err(reference_error(cx, info, &value));
            }
            if let Some((other, None)) = first {
                return Err(conflict(cx, other, info, &value));
            }
            let mut converted = value.clone();
            if !info.ty.convert(cx, &mut converted, strict)? {
                return Err(reference_error(cx, info, &value));
            }
            Some(converted)
        };
        match (&first, converted) {
            (None, converted) => first = Some((info, converted)),
            (Some((_, Some(before))), Some(converted)) if same(before, &converted) => {}
            (Some((_, None)), None) => {}
            (Some((other, _)), _) => return Err(conflict(cx, *other, info, &value)),
        }
    }
    Ok(first.and_then(|(_, converted)| converted).unwrap_or(value))
}

/// Whether a conversion of a value that the type does not admit is worth a try.
fn may_convert(info: PropRef, value: &Value, strict: bool) -> bool {
    let bits = info.ty.bits();
    if strict {
        return value.is_int() && bits & bit::FLOAT != 0;
    }
    !value.is_null() && (bits & (bit::INT | bit::FLOAT | bit::STRING) != 0 || bits & bit::BOOL == bit::BOOL)
}

#[cold]
fn conflict(cx: &mut Context, one: PropRef, other: PropRef, value: &Value) -> Thrown {
    let text = format!(
        "Cannot assign {} to reference held by property {} and property {}, as this would result in an inconsistent \
         type conversion",
        value_name(value),
        described(one),
        described(other),
    );
    cx.throw("typeerror", text)
}

/// Whether two conversions of one scalar came out the same.
fn same(one: &Value, other: &Value) -> bool {
    match (one.as_bytes(), other.as_bytes()) {
        (Some(one), Some(other)) => one == other,
        _ => one.identical_bits(other),
    }
}

fn described(info: PropRef) -> String {
    let ty = info.ty.text(TypeScope { class: Some(info.class), called: None });
    format!("{}::${} of type {ty}", info.class.shown_name(), info.name)
}

#[cold]
fn reference_error(cx: &mut Context, info: PropRef, value: &Value) -> Thrown {
    let text =
        format!("Cannot assign {} to reference held by property {}", value_name(value), described(info));
    cx.throw("typeerror", text)
}

/// The result of `++` or `--` through a reference with types: an overflow into float is refused by its own words.
pub fn step_reference(
    cx: &mut Context,
    reference: &PhpRef,
    old: &Value,
    new: Value,
    up: bool,
) -> PhpResult<Value> {
    if old.is_int() && new.is_float() {
        let int_only = sources(reference).into_iter().find(|info| info.ty.bits() & bit::FLOAT == 0);
        if let Some(info) = int_only {
            let text = format!(
                "Cannot {} a reference held by property {} past its {} value",
                if up { "increment" } else { "decrement" },
                described(info),
                if up { "maximal" } else { "minimal" },
            );
            return Err(cx.throw("typeerror", text));
        }
    }
    assign_reference(cx, reference, new)
}

/// Whether a typed property may hold a reference that already has a value; the value is converted if need be.
pub(crate) fn bind_check(cx: &mut Context, info: PropRef, reference: &PhpRef) -> PhpResult {
    if !info.ty.is_some() {
        return Ok(());
    }
    let mut value = reference.get();
    if value.is_undef() {
        value = Value::NULL;
    }
    let before = value.clone();
    let strict = cx.strict_types();
    let scope = TypeScope { class: Some(info.class), called: Some(info.class) };
    if !info.ty.fit(cx, &mut value, scope, strict)? {
        return Err(cx.property_type_error(info, &before));
    }
    for other in sources(reference) {
        let mut again = value.clone();
        let scope = TypeScope { class: Some(other.class), called: Some(other.class) };
        if !other.ty.fit(cx, &mut again, scope, true)? || !same(&again, &value) {
            let text = format!(
                "Reference with value of type {} held by property {} is not compatible with property {}",
                value_name(&before),
                described(other),
                described(info),
            );
            return Err(cx.throw("typeerror", text));
        }
    }
    reference.set(value);
    Ok(())
}

/// Assigns to a place that may hold a reference; the result is the value as it was stored.
///
/// # Safety
/// `place` must be the address of a live value, and stay so while conversions of `value` run.
pub(crate) unsafe fn store(cx: &mut Context, place: *mut Value, value: Value) -> PhpResult<Value> {
    // SAFETY: the caller's promise.
    if let Some(reference) = unsafe { (*place).as_ref() } {
        if reference.has_type_sources() {
            let reference = reference.clone();
            return assign_reference(cx, &reference, value);
        }
        reference.set(value.clone());
        return Ok(value);
    }
    // SAFETY: the caller's promise. The old value is dropped last.
    let old = unsafe { ptr::replace(place, value.clone()) };
    drop(old);
    Ok(value)
}
