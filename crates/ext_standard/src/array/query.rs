//! Questions about arrays: counting, searching, keys and values.

use super::order::Order;
use crate::var::types::is_instance;
use phalanx_macros::php_fn;
use phalanx_value::convert::numeric::{self, Numeric};
use phalanx_value::{ArrayKey, Key, PhpArray, PhpString, Value, View};
use phalanx_vm::args::OrFalse;
use phalanx_vm::class::{CastTo, ClassRef};
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult, compare};
use std::cmp::Ordering;
use std::collections::HashSet;

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[
    &COUNT,
    &SIZEOF,
    &IN_ARRAY,
    &ARRAY_SEARCH,
    &ARRAY_KEYS,
    &ARRAY_VALUES,
    &ARRAY_KEY_EXISTS,
    &KEY_EXISTS,
    &ARRAY_KEY_FIRST,
    &ARRAY_KEY_LAST,
    &ARRAY_IS_LIST,
    &ARRAY_COUNT_VALUES,
    &ARRAY_UNIQUE,
    &ARRAY_SUM,
    &ARRAY_PRODUCT,
    &MIN,
    &MAX,
];

/// <https://www.php.net/count>
#[php_fn("count(Countable|array $value, int $mode = COUNT_NORMAL): int", default(mode = 0))]
fn count(cx: &mut Context, value: &Value, mode: i64) -> PhpResult<i64> {
    count_of(cx, value, mode)
}

/// <https://www.php.net/sizeof>
#[php_fn("sizeof(Countable|array $value, int $mode = COUNT_NORMAL): int", default(mode = 0))]
fn sizeof(cx: &mut Context, value: &Value, mode: i64) -> PhpResult<i64> {
    count_of(cx, value, mode)
}

fn count_of(cx: &mut Context, value: &Value, mode: i64) -> PhpResult<i64> {
    if mode != 0 && mode != 1 {
        return Err(cx.arg_value_error(2, "must be either COUNT_NORMAL or COUNT_RECURSIVE"));
    }
    match value.view() {
        View::Array(array) if mode == 0 => Ok(array.len() as i64),
        View::Array(array) => count_recursive(cx, array),
        View::Object(object) => {
            let counts = ClassRef::of(object).hook(|hooks| hooks.count).is_some();
            if !counts && !is_instance(cx, value, b"countable") {
                return Err(cx.arg_type_error(1, "Countable|array", value));
            }
            phalanx_vm::iterate::count(cx, value)
        }
        _ => Err(cx.arg_type_error(1, "Countable|array", value)),
    }
}

fn count_recursive(cx: &mut Context, array: &PhpArray) -> PhpResult<i64> {
    if !array.enter() {
        cx.doc_warning("Recursion detected")?;
        return Ok(0);
    }
    let mut count = array.len() as i64;
    let mut result = Ok(());
    for value in array.values() {
        if let Some(inner) = value.deref_clone().as_array() {
            match cx.nested(|cx| count_recursive(cx, inner)) {
                Ok(more) => count += more,
                Err(thrown) => result = Err(thrown),
            }
        }
    }
    array.leave();
    result.map(|()| count)
}

/// <https://www.php.net/in_array>
#[php_fn("in_array(mixed $needle, array $haystack, bool $strict = false): bool")]
fn in_array(cx: &mut Context, needle: &Value, haystack: &PhpArray, strict: bool) -> PhpResult<bool> {
    Ok(find(cx, needle, haystack, strict)?.is_some())
}

/// <https://www.php.net/array_search>
#[php_fn("array_search(mixed $needle, array $haystack, bool $strict = false): string|int|false")]
fn array_search(
    cx: &mut Context,
    needle: &Value,
    haystack: &PhpArray,
    strict: bool,
) -> PhpResult<OrFalse<ArrayKey>> {
    find(cx, needle, haystack, strict).map(OrFalse)
}

/// The key of the first element that equals `needle`.
fn find(cx: &mut Context, needle: &Value, haystack: &PhpArray, strict: bool) -> PhpResult<Option<ArrayKey>> {
    if strict && let View::Int(wanted) = needle.view() {
        let found = haystack.iter().find(|(_, value)| match value.view() {
            View::Int(int) => int == wanted,
            View::Ref(reference) => reference.get().as_int() == Some(wanted),
            _ => false,
        });
        return Ok(found.map(|(key, _)| key.to_owned()));
    }
    for (key, value) in haystack {
        if equal(cx, value, needle, strict)? {
            return Ok(Some(key.to_owned()));
        }
    }
    Ok(None)
}

/// Whether an element, perhaps a reference, equals a value.
pub fn equal(cx: &mut Context, element: &Value, value: &Value, strict: bool) -> PhpResult<bool> {
    let inner;
    let element = match element.as_ref() {
        Some(reference) => {
            inner = reference.get();
            &inner
        }
        None => element,
    };
    if strict { compare::identical(cx, element, value) } else { compare::loose_equal(cx, element, value) }
}

/// <https://www.php.net/array_keys>
#[php_fn("array_keys(array $array, mixed $filter_value = UNKNOWN, bool $strict = false): array", default(filter_value = Value::UNDEF))]
fn array_keys(cx: &mut Context, array: &PhpArray, filter_value: Value, strict: bool) -> PhpResult<PhpArray> {
    if filter_value.is_undef() {
        let mut keys = PhpArray::with_capacity(array.len());
        keys.extend(array.keys().map(Value::from));
        return Ok(keys);
    }
    let mut keys = PhpArray::new();
    for (key, value) in array {
        if equal(cx, value, &filter_value, strict)? {
            keys.push_value(Value::from(key));
        }
    }
    Ok(keys)
}

/// <https://www.php.net/array_values>
#[php_fn("array_values(array $array): array")]
fn array_values(array: &PhpArray) -> PhpArray {
    if array.is_list() && !array.is_hash() {
        return array.clone();
    }
    array.values().map(unshared).collect()
}

/// A copy of an element; a reference that nobody shares is a plain value.
pub fn unshared(element: &Value) -> Value {
    match element.as_ref() {
        Some(reference) if reference.ref_count() == 1 => reference.get(),
        _ => element.clone(),
    }
}

/// <https://www.php.net/array_key_exists>
#[php_fn("array_key_exists($key, array $array): bool")]
fn array_key_exists(cx: &mut Context, key: &Value, array: &PhpArray) -> PhpResult<bool> {
    has_key(cx, key, array)
}

/// <https://www.php.net/key_exists>
#[php_fn("key_exists($key, array $array): bool")]
fn key_exists(cx: &mut Context, key: &Value, array: &PhpArray) -> PhpResult<bool> {
    has_key(cx, key, array)
}

fn has_key(cx: &mut Context, key: &Value, array: &PhpArray) -> PhpResult<bool> {
    Ok(match key.view() {
        View::Str(name) => array.contains(name),
        View::Int(int) => array.contains(int),
        View::Null | View::Undef => array.contains(&PhpString::new()),
        View::Float(float) => array.contains(phalanx_value::convert::float_to_int(float)),
        View::Bool(on) => array.contains(i64::from(on)),
        View::Resource(resource) => {
            let id = resource.id();
            cx.warning(format!("Resource ID#{id} used as offset, casting to integer ({id})"))?;
            array.contains(id)
        }
        _ => return Err(cx.arg_error(1, "must be a valid array offset type")),
    })
}

/// <https://www.php.net/array_key_first>
#[php_fn("array_key_first(array $array): string|int|null", pure, leaf, nothrow)]
fn array_key_first(array: &PhpArray) -> Option<ArrayKey> {
    array.keys().next().map(Key::to_owned)
}

/// <https://www.php.net/array_key_last>
#[php_fn("array_key_last(array $array): string|int|null", pure, leaf, nothrow)]
fn array_key_last(array: &PhpArray) -> Option<ArrayKey> {
    array.keys().next_back().map(Key::to_owned)
}

/// <https://www.php.net/array_is_list>
#[php_fn("array_is_list(array $array): bool", pure, leaf, nothrow)]
fn array_is_list(array: &PhpArray) -> bool {
    array.is_list()
}

/// <https://www.php.net/array_count_values>
#[php_fn("array_count_values(array $array): array")]
fn array_count_values(cx: &mut Context, array: &PhpArray) -> PhpResult<PhpArray> {
    let mut counts = PhpArray::new();
    for value in array.values() {
        let value = value.deref_clone();
        let slot = match value.view() {
            View::Int(int) => counts.get_or_insert(int),
            View::Str(name) => counts.get_or_insert(name),
            _ => {
                cx.doc_warning("Can only count string and integer values, entry skipped")?;
                continue;
            }
        };
        *slot = Value::int(slot.as_int().unwrap_or(0) + 1);
    }
    Ok(counts)
}

/// <https://www.php.net/array_unique>
#[php_fn("array_unique(array $array, int $flags = SORT_STRING): array", default(flags = 2))]
fn array_unique(cx: &mut Context, array: &PhpArray, flags: i64) -> PhpResult<PhpArray> {
    if array.len() <= 1 {
        return Ok(array.clone());
    }
    let mut result = PhpArray::new();
    if flags == 2 {
        let mut seen: HashSet<PhpString> = HashSet::with_capacity(array.len());
        for (key, value) in array {
            if seen.insert(cx.to_string(&value.deref_clone())?) {
                result.insert(key, unshared(value));
            }
        }
        return Ok(result);
    }
    // Sorted, equal ones stand side by side; of them the one that came first stays.
    let order = Order::from_flags(flags);
    let mut sorted = array.clone();
    super::sort::sort_array(&mut sorted, false, |a, b| {
        order.compare(cx, &a.1.deref_clone(), &b.1.deref_clone())
    })?;
    let mut doomed: HashSet<ArrayKey> = HashSet::new();
    let mut last: Option<(ArrayKey, Value)> = None;
    for (key, value) in &sorted {
        let value = value.deref_clone();
        match &last {
            Some((_, kept)) if order.compare(cx, kept, &value)? == Ordering::Equal => {
                doomed.insert(key.to_owned());
            }
            _ => last = Some((key.to_owned(), value)),
        }
    }
    for (key, value) in array {
        if !doomed.contains(&key.to_owned()) {
            result.insert(key, unshared(value));
        }
    }
    Ok(result)
}

/// <https://www.php.net/array_sum>
#[php_fn("array_sum(array $array): int|float")]
fn array_sum(cx: &mut Context, array: &PhpArray) -> PhpResult<Value> {
    fold(cx, array, Value::int(0), "Addition", phalanx_vm::arith::add)
}

/// <https://www.php.net/array_product>
#[php_fn("array_product(array $array): int|float")]
fn array_product(cx: &mut Context, array: &PhpArray) -> PhpResult<Value> {
    fold(cx, array, Value::int(1), "Multiplication", phalanx_vm::arith::mul)
}

fn fold(
    cx: &mut Context,
    array: &PhpArray,
    first: Value,
    name: &str,
    operate: fn(&mut Context, &Value, &Value) -> PhpResult<Value>,
) -> PhpResult<Value> {
    let mut total = first;
    for value in array.values() {
        let value = value.deref_clone();
        let number = match value.view() {
            View::Int(_) | View::Float(_) => value,
            View::Str(text) => {
                let prefix = numeric::classify_prefix(text);
                if prefix.number == Numeric::No {
                    unsupported(cx, name, &value)?;
                } else if prefix.trailing {
                    cx.warning("A non-numeric value encountered")?;
                }
                match prefix.number {
                    Numeric::Int(int) => Value::int(int),
                    Numeric::Float(float) => Value::float(float),
                    Numeric::No => Value::int(0),
                }
            }
            View::Object(object) => {
                let number = match ClassRef::of(object).hook(|hooks| hooks.cast) {
                    Some(cast) => cast(cx, object, CastTo::Number)?,
                    None => None,
                };
                match number {
                    Some(number) => number,
                    None => {
                        unsupported(cx, name, &value)?;
                        continue;
                    }
                }
            }
            View::Array(_) => {
                unsupported(cx, name, &value)?;
                continue;
            }
            View::Resource(resource) => {
                unsupported(cx, name, &value)?;
                Value::int(resource.id())
            }
            View::Bool(on) => Value::int(i64::from(on)),
            _ => Value::int(0),
        };
        total = operate(cx, &total, &number)?;
    }
    Ok(total)
}

fn unsupported(cx: &mut Context, name: &str, value: &Value) -> PhpResult {
    let given = phalanx_vm::convert::type_name(value);
    cx.doc_warning(format!("{name} is not supported on type {given}"))
}

/// <https://www.php.net/min>
#[php_fn("min(mixed $value, mixed ...$values): mixed")]
fn min(cx: &mut Context, value: &Value, values: &[Value]) -> PhpResult<Value> {
    extreme(cx, value, values, Ordering::Less)
}

/// <https://www.php.net/max>
#[php_fn("max(mixed $value, mixed ...$values): mixed")]
fn max(cx: &mut Context, value: &Value, values: &[Value]) -> PhpResult<Value> {
    extreme(cx, value, values, Ordering::Greater)
}

/// The value that stands on the `wanted` side of all others; the first of equal ones.
fn extreme(cx: &mut Context, value: &Value, values: &[Value], wanted: Ordering) -> PhpResult<Value> {
    if !values.is_empty() {
        let mut best = value;
        for other in values {
            if beats(cx, other, best, wanted)? {
                best = other;
            }
        }
        return Ok(best.clone());
    }
    let Some(array) = value.as_array() else {
        return Err(cx.arg_type_error(1, "array", value));
    };
    let mut elements = array.values();
    let Some(first) = elements.next() else {
        return Err(cx.arg_value_error(1, "must contain at least one element"));
    };
    let mut best = first.deref_clone();
    for other in elements {
        let other = other.deref_clone();
        if beats(cx, &other, &best, wanted)? {
            best = other;
        }
    }
    Ok(best)
}

fn beats(cx: &mut Context, other: &Value, best: &Value, wanted: Ordering) -> PhpResult<bool> {
    if let (View::Int(a), View::Int(b)) = (other.view(), best.view()) {
        return Ok(a.cmp(&b) == wanted);
    }
    match wanted {
        Ordering::Less => Ok(compare::order(cx, other, best)? == Ordering::Less),
        // NAN is neither greater nor less, so which operand stands where is visible.
        _ => Ok(compare::order(cx, best, other)? == Ordering::Less),
    }
}
