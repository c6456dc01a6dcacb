//! Making arrays and changing their shape.

use super::query::unshared;
use crate::args::with_array;
use crate::math::random;
use crate::string::case;
use phalanx_macros::php_fn;
use phalanx_value::{ArrayKey, Key, PhpArray, PhpRef, PhpString, Value, View};
use phalanx_vm::args::StrOrInt;
use phalanx_vm::native::NativeFn;
use phalanx_vm::props::{Isset, ReadMode};
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[
    &ARRAY_FILL,
    &ARRAY_FILL_KEYS,
    &ARRAY_PUSH,
    &ARRAY_POP,
    &ARRAY_SHIFT,
    &ARRAY_UNSHIFT,
    &ARRAY_SLICE,
    &ARRAY_SPLICE,
    &ARRAY_REVERSE,
    &ARRAY_PAD,
    &ARRAY_FLIP,
    &ARRAY_CHANGE_KEY_CASE,
    &ARRAY_CHUNK,
    &ARRAY_COMBINE,
    &ARRAY_COLUMN,
    &ARRAY_RAND,
    &SHUFFLE,
];

/// The most elements that an array can be asked to have at once.
const MAX_SIZE: i64 = 0x4000_0000;

/// <https://www.php.net/array_fill>
#[php_fn("array_fill(int $start_index, int $count, mixed $value): array")]
fn array_fill(cx: &mut Context, start_index: i64, count: i64, value: &Value) -> PhpResult<PhpArray> {
    if count < 0 {
        return Err(cx.arg_value_error(2, "must be greater than or equal to 0"));
    }
    if count >= MAX_SIZE {
        return Err(cx.arg_value_error(2, "is too large"));
    }
    if count > 0 && start_index > i64::MAX - count + 1 {
        return Err(cx.throw_error("Cannot add element to the array as the next element is already occupied"));
    }
    cx.check_alloc_of(count as usize, size_of::<Value>())?;
    if start_index == 0 {
        return Ok(std::iter::repeat_n(value.clone(), count as usize).collect());
    }
    let mut array = PhpArray::new();
    for index in 0..count {
        array.insert(start_index + index, value.clone());
    }
    Ok(array)
}

/// <https://www.php.net/array_fill_keys>
#[php_fn("array_fill_keys(array $keys, mixed $value): array")]
fn array_fill_keys(cx: &mut Context, keys: &PhpArray, value: &Value) -> PhpResult<PhpArray> {
    let mut array = PhpArray::with_hash_capacity(keys.len());
    for key in keys.values() {
        let key = value_key(cx, &key.deref_clone())?;
        array.insert(&key, value.clone());
    }
    Ok(array)
}

/// The key that a value becomes: an integer, or its string.
fn value_key(cx: &mut Context, value: &Value) -> PhpResult<ArrayKey> {
    match value.view() {
        View::Int(int) => Ok(ArrayKey::Int(int)),
        _ => Ok(ArrayKey::from_string(cx.to_string(value)?)),
    }
}

/// <https://www.php.net/array_push>
#[php_fn("array_push(array &$array, mixed ...$values): int")]
fn array_push(cx: &mut Context, array: &PhpRef, values: &[Value]) -> PhpResult<usize> {
    with_array(cx, array, |cx, array| {
        for value in values {
            if array.push(value.clone()).is_err() {
                let text = "Cannot add element to the array as the next element is already occupied";
                return Err(cx.throw_error(text));
            }
        }
        Ok(array.len())
    })
}

/// <https://www.php.net/array_pop>
#[php_fn("array_pop(array &$array): mixed")]
fn array_pop(cx: &mut Context, array: &PhpRef) -> PhpResult<Value> {
    with_array(cx, array, |_, array| Ok(array.pop().map_or(Value::NULL, |(_, value)| value.into_deref())))
}

/// <https://www.php.net/array_shift>
#[php_fn("array_shift(array &$array): mixed")]
fn array_shift(cx: &mut Context, array: &PhpRef) -> PhpResult<Value> {
    with_array(cx, array, |_, array| Ok(array.shift().map_or(Value::NULL, |(_, value)| value.into_deref())))
}

/// <https://www.php.net/array_unshift>
#[php_fn("array_unshift(array &$array, mixed ...$values): int")]
fn array_unshift(cx: &mut Context, array: &PhpRef, values: &[Value]) -> PhpResult<usize> {
    with_array(cx, array, |_, array| {
        array.unshift(values.iter().cloned());
        Ok(array.len())
    })
}

/// Where a part begins and how many elements it has; negative numbers count from the end.
fn part(len: usize, offset: i64, length: Option<i64>) -> (usize, usize) {
    let len = len as i64;
    let start = if offset < 0 { (len.saturating_add(offset)).max(0) } else { offset.min(len) };
    let rest = len - start;
    let count = match length {
        None => rest,
        Some(length) if length < 0 => rest.saturating_add(length).max(0),
        Some(length) => length.min(rest),
    };
    (start as usize, count as usize)
}

/// <https://www.php.net/array_slice>
#[php_fn("array_slice(array $array, int $offset, ?int $length = null, bool $preserve_keys = false): array")]
fn array_slice(array: &PhpArray, offset: i64, length: Option<i64>, preserve_keys: bool) -> PhpArray {
    if offset > array.len() as i64 {
        return PhpArray::new();
    }
    let (start, count) = part(array.len(), offset, length);
    if count == array.len() && (preserve_keys || (array.is_list() && !array.is_hash())) {
        return array.clone();
    }
    array.slice(start, count, preserve_keys)
}

/// <https://www.php.net/array_splice>
#[php_fn("array_splice(array &$array, int $offset, ?int $length = null, mixed $replacement = []): array")]
fn array_splice(
    cx: &mut Context,
    array: &PhpRef,
    offset: i64,
    length: Option<i64>,
    replacement: Value,
) -> PhpResult<PhpArray> {
    let replacement = cx.to_array(&replacement)?;
    with_array(cx, array, |_, array| {
        let (start, count) = part(array.len(), offset, length);
        Ok(array.splice(start, count, replacement.values().map(unshared)))
    })
}

/// <https://www.php.net/array_reverse>
#[php_fn("array_reverse(array $array, bool $preserve_keys = false): array")]
fn array_reverse(array: &PhpArray, preserve_keys: bool) -> PhpArray {
    let mut result = PhpArray::with_capacity(if preserve_keys { 0 } else { array.len() });
    for (key, value) in array.iter().rev() {
        match key {
            Key::Int(_) if !preserve_keys => result.push_value(unshared(value)),
            key => drop(result.insert(key, unshared(value))),
        }
    }
    result
}

/// <https://www.php.net/array_pad>
#[php_fn("array_pad(array $array, int $length, mixed $value): array")]
fn array_pad(cx: &mut Context, array: &PhpArray, length: i64, value: &Value) -> PhpResult<PhpArray> {
    if length.unsigned_abs() > MAX_SIZE as u64 {
        return Err(cx.arg_value_error(2, "must not exceed the maximum allowed array size"));
    }
    let Some(missing) =
        (length.unsigned_abs() as usize).checked_sub(array.len()).filter(|missing| *missing > 0)
    else {
        return Ok(array.clone());
    };
    cx.check_alloc_of(array.len() + missing, size_of::<Value>())?;
    let mut result = PhpArray::with_capacity(array.len() + missing);
    let padding = std::iter::repeat_n(value.clone(), missing);
    if length < 0 {
        result.extend(padding.clone());
    }
    for (key, value) in array {
        match key {
            Key::Int(_) => result.push_value(unshared(value)),
            key => drop(result.insert(key, unshared(value))),
        }
    }
    if length > 0 {
        result.extend(padding);
    }
    Ok(result)
}

/// <https://www.php.net/array_flip>
#[php_fn("array_flip(array $array): array")]
fn array_flip(cx: &mut Context, array: &PhpArray) -> PhpResult<PhpArray> {
    let mut result = PhpArray::with_hash_capacity(array.len());
    for (key, value) in array {
        match value.deref_clone().view() {
            View::Int(int) => drop(result.insert(int, Value::from(key))),
            View::Str(name) => drop(result.insert(name, Value::from(key))),
            _ => cx.doc_warning("Can only flip string and integer values, entry skipped")?,
        }
    }
    Ok(result)
}

/// <https://www.php.net/array_change_key_case>
#[php_fn("array_change_key_case(array $array, int $case = CASE_LOWER): array", default(case = 0))]
fn array_change_key_case(array: &PhpArray, case: i64) -> PhpArray {
    let mut result = PhpArray::with_hash_capacity(array.len());
    for (key, value) in array {
        match key {
            Key::Int(int) => drop(result.insert(int, unshared(value))),
            Key::Str(name) => {
                let name = if case == 1 { case::upper(name.clone()) } else { case::lower(name.clone()) };
                result.insert(&name, unshared(value));
            }
        }
    }
    result
}

/// <https://www.php.net/array_chunk>
#[php_fn("array_chunk(array $array, int $length, bool $preserve_keys = false): array")]
fn array_chunk(cx: &mut Context, array: &PhpArray, length: i64, preserve_keys: bool) -> PhpResult<PhpArray> {
    if length < 1 {
        return Err(cx.arg_value_error(2, "must be greater than 0"));
    }
    let length = length as usize;
    let mut chunks = PhpArray::new();
    let mut chunk = PhpArray::new();
    for (key, value) in array {
        if preserve_keys {
            chunk.insert(key, unshared(value));
        } else {
            chunk.push_value(unshared(value));
        }
        if chunk.len() == length {
            chunks.push_value(std::mem::take(&mut chunk));
        }
    }
    if !chunk.is_empty() {
        chunks.push_value(chunk);
    }
    Ok(chunks)
}

/// <https://www.php.net/array_combine>
#[php_fn("array_combine(array $keys, array $values): array")]
fn array_combine(cx: &mut Context, keys: &PhpArray, values: &PhpArray) -> PhpResult<PhpArray> {
    if keys.len() != values.len() {
        let text = "array_combine(): Argument #1 ($keys) and argument #2 ($values) must have the same number of elements";
        return Err(cx.throw_value_error(text));
    }
    let mut result = PhpArray::with_hash_capacity(keys.len());
    for (key, value) in keys.values().zip(values.values()) {
        let key = value_key(cx, &key.deref_clone())?;
        result.insert(&key, unshared(value));
    }
    Ok(result)
}

/// <https://www.php.net/array_column>
#[php_fn("array_column(array $array, int|string|null $column_key, int|string|null $index_key = null): array")]
fn array_column(
    cx: &mut Context,
    array: &PhpArray,
    column_key: Option<StrOrInt<'_>>,
    index_key: Option<StrOrInt<'_>>,
) -> PhpResult<PhpArray> {
    let mut result = PhpArray::new();
    for row in array.values() {
        let row = row.deref_clone();
        let value = match column_key {
            None => row.clone(),
            Some(key) => match column(cx, &row, key)? {
                Some(value) => value,
                None => continue,
            },
        };
        let key = match index_key {
            None => None,
            Some(key) => column(cx, &row, key)?,
        };
        match key {
            Some(key) if !matches!(key.view(), View::Array(_)) => match offset(cx, &key)? {
                Some(key) => drop(result.insert(&key, value)),
                None => drop(result.push(value)),
            },
            // What has no place behind the largest key is left out.
            _ => drop(result.push(value)),
        }
    }
    Ok(result)
}

/// The key that `$array[$value]` would use; none for objects that are no strings.
fn offset(cx: &mut Context, value: &Value) -> PhpResult<Option<ArrayKey>> {
    Ok(Some(match value.view() {
        View::Int(int) => ArrayKey::Int(int),
        View::Str(name) => ArrayKey::from_string(name.clone()),
        View::Null | View::Undef => ArrayKey::Str(PhpString::new()),
        View::Bool(on) => ArrayKey::Int(i64::from(on)),
        View::Float(float) => ArrayKey::Int(phalanx_value::convert::float_to_int(float)),
        View::Resource(resource) => ArrayKey::Int(resource.id()),
        View::Object(_) => ArrayKey::from_string(cx.to_string(value)?),
        _ => return Ok(None),
    }))
}

/// The column of a row, which is an array or an object.
fn column(cx: &mut Context, row: &Value, key: StrOrInt<'_>) -> PhpResult<Option<Value>> {
    match row.view() {
        View::Array(array) => Ok(match key {
            StrOrInt::Int(int) => array.get_value(int),
            StrOrInt::Str(name) => array.get_value(name),
        }),
        View::Object(object) => {
            let name = match key {
                StrOrInt::Int(int) => PhpString::from(int.to_string()),
                StrOrInt::Str(name) => name.clone(),
            };
            // As `isset()` and a read from outside of the class.
            let no_cache = std::ptr::null_mut();
            if !cx.has_prop(object, &name, None, Isset::Exists, no_cache)? {
                return Ok(None);
            }
            cx.read_prop(object, &name, None, ReadMode::Read, no_cache).map(Some)
        }
        _ => Ok(None),
    }
}

/// <https://www.php.net/array_rand>
#[php_fn("array_rand(array $array, int $num = 1): int|string|array")]
fn array_rand(cx: &mut Context, array: &PhpArray, num: i64) -> PhpResult<Value> {
    let len = array.len() as i64;
    if len == 0 {
        return Err(cx.arg_value_error(1, "must not be empty"));
    }
    if num == 1 {
        let index = random::range(cx, 0, len - 1);
        return Ok(array.keys().nth(index as usize).map_or(Value::NULL, Value::from));
    }
    if num <= 0 || num > len {
        let text = "must be between 1 and the number of elements in argument #1 ($array)";
        return Err(cx.arg_value_error(2, text));
    }
    // What is drawn are the elements to take, or the ones to leave out if these are fewer.
    let leave_out = num > len >> 1;
    let mut draws = if leave_out { len - num } else { num };
    let mut drawn = vec![false; len as usize];
    while draws > 0 {
        let index = random::range(cx, 0, len - 1) as usize;
        if !drawn[index] {
            drawn[index] = true;
            draws -= 1;
        }
    }
    let keys = array.keys().zip(&drawn).filter(|(_, drawn)| **drawn != leave_out);
    Ok(Value::array(keys.map(|(key, _)| Value::from(key)).collect()))
}

/// <https://www.php.net/shuffle>
#[php_fn("shuffle(array &$array): true")]
fn shuffle(cx: &mut Context, array: &PhpRef) -> PhpResult<bool> {
    with_array(cx, array, |cx, array| {
        let mut values: Vec<Value> = std::mem::take(array).into_iter().map(|(_, value)| value).collect();
        shuffle_slice(cx, &mut values);
        *array = PhpArray::from_list(values);
        Ok(true)
    })
}

/// Puts the elements in an order of chance, with the draws that PHP makes.
pub fn shuffle_slice<T>(cx: &mut Context, items: &mut [T]) {
    for left in (1..items.len()).rev() {
        let other = random::range(cx, 0, left as i64) as usize;
        items.swap(left, other);
    }
}
