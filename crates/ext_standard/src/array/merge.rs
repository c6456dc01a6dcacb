//! Putting arrays together.

use super::query::unshared;
use phalanx_macros::php_fn;
use phalanx_value::{Key, PhpArray, Value};
use phalanx_vm::dims::NEXT_OCCUPIED;
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] =
    &[&ARRAY_MERGE, &ARRAY_MERGE_RECURSIVE, &ARRAY_REPLACE, &ARRAY_REPLACE_RECURSIVE];

/// The arrays among the arguments; they were checked to be ones.
pub fn arrays(values: &[Value]) -> impl Iterator<Item = &PhpArray> {
    values.iter().filter_map(Value::as_array)
}

/// <https://www.php.net/array_merge>
#[php_fn("array_merge(array ...$arrays): array")]
fn array_merge(values: &[Value]) -> PhpArray {
    let mut rest = arrays(values).filter(|array| !array.is_empty());
    let Some(first) = rest.next() else { return PhpArray::new() };
    let mut result = first.clone();
    if !first.is_list() || first.is_hash() {
        result = PhpArray::new();
        append(&mut result, first);
    } else {
        let more: usize = arrays(values).map(PhpArray::len).sum();
        result.reserve(more - first.len());
    }
    for array in rest {
        append(&mut result, array);
    }
    result
}

/// Adds all elements: those with integer keys at the end.
fn append(result: &mut PhpArray, array: &PhpArray) {
    for (key, value) in array {
        match key {
            Key::Int(_) => result.push_value(unshared(value)),
            key => drop(result.insert(key, unshared(value))),
        }
    }
}

/// <https://www.php.net/array_merge_recursive>
#[php_fn("array_merge_recursive(array ...$arrays): array")]
fn array_merge_recursive(cx: &mut Context, values: &[Value]) -> PhpResult<PhpArray> {
    let mut result = PhpArray::new();
    for array in arrays(values) {
        merge_into(cx, &mut result, array)?;
    }
    Ok(result)
}

/// Adds a value at the end of an array whose last key may be the largest one.
fn add_last(cx: &mut Context, array: &mut PhpArray, value: Value) -> PhpResult {
    array.push(value).map_err(|_| cx.throw_error(NEXT_OCCUPIED))
}

fn merge_into(cx: &mut Context, result: &mut PhpArray, array: &PhpArray) -> PhpResult {
    for (key, value) in array {
        let Key::Str(name) = key else {
            add_last(cx, result, unshared(value))?;
            continue;
        };
        let Some(old) = result.get_mut(name) else {
            result.insert(name, unshared(value));
            continue;
        };
        if let Some(inner) = value.deref_clone().as_array()
            && !inner.enter()
        {
            return Err(cx.throw_value_error("Recursion detected"));
        }
        let mut merged = old.deref_clone();
        let mut list = match merged.tag() {
            phalanx_value::Tag::Array => std::mem::take(merged.make_array()),
            phalanx_value::Tag::Null | phalanx_value::Tag::Undef => PhpArray::new(),
            _ => PhpArray::from_list([merged]),
        };
        *old = Value::NULL;
        let value = value.deref_clone();
        let outcome = match value.as_array() {
            Some(inner) => {
                let outcome = cx.nested(|cx| merge_into(cx, &mut list, inner));
                inner.leave();
                outcome
            }
            None => add_last(cx, &mut list, value),
        };
        result.insert(name, Value::array(list));
        outcome?;
    }
    Ok(())
}

/// <https://www.php.net/array_replace>
#[php_fn("array_replace(array $array, array ...$replacements): array")]
fn array_replace(array: &PhpArray, replacements: &[Value]) -> PhpArray {
    let mut result = array.clone();
    for replacement in arrays(replacements) {
        for (key, value) in replacement {
            result.insert(key, unshared(value));
        }
    }
    result
}

/// <https://www.php.net/array_replace_recursive>
#[php_fn("array_replace_recursive(array $array, array ...$replacements): array")]
fn array_replace_recursive(
    cx: &mut Context,
    array: &PhpArray,
    replacements: &[Value],
) -> PhpResult<PhpArray> {
    let mut result = array.clone();
    for replacement in arrays(replacements) {
        replace_into(cx, &mut result, replacement)?;
    }
    Ok(result)
}

fn replace_into(cx: &mut Context, result: &mut PhpArray, array: &PhpArray) -> PhpResult {
    for (key, value) in array {
        let new = value.deref_clone();
        let old = result.get(key).map(Value::deref_clone);
        let (Some(inner), Some(old)) = (new.as_array(), old.and_then(Value::into_array)) else {
            result.insert(key, unshared(value));
            continue;
        };
        if !inner.enter() {
            return Err(cx.throw_value_error("Recursion detected"));
        }
        // Emptied first, so that the inner array has one owner while it changes.
        let mut merged = old;
        if let Some(place) = result.get_mut(key) {
            *place = Value::NULL;
        }
        let outcome = cx.nested(|cx| replace_into(cx, &mut merged, inner));
        inner.leave();
        result.insert(key, Value::array(merged));
        outcome?;
    }
    Ok(())
}
