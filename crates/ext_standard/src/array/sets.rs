//! Arrays as sets: `array_diff()`, `array_intersect()` and their many variants.
//!
//! Values compare as strings and keys as they are, through hash tables, unless a callback compares them. With a
//! callback the arrays are sorted and then walked side by side, in the sequence of comparisons that PHP makes.

use super::merge::arrays;
use super::query::unshared;
use super::sort::{callback_order, sort_array};
use crate::args::call;
use phalanx_macros::php_fn;
use phalanx_value::{ArrayKey, PhpArray, PhpString, Value};
use phalanx_vm::args::Callable;
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult, callable};
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[
    &ARRAY_DIFF,
    &ARRAY_DIFF_KEY,
    &ARRAY_DIFF_ASSOC,
    &ARRAY_DIFF_UKEY,
    &ARRAY_DIFF_UASSOC,
    &ARRAY_UDIFF,
    &ARRAY_UDIFF_ASSOC,
    &ARRAY_UDIFF_UASSOC,
    &ARRAY_INTERSECT,
    &ARRAY_INTERSECT_KEY,
    &ARRAY_INTERSECT_ASSOC,
    &ARRAY_INTERSECT_UKEY,
    &ARRAY_INTERSECT_UASSOC,
    &ARRAY_UINTERSECT,
    &ARRAY_UINTERSECT_ASSOC,
    &ARRAY_UINTERSECT_UASSOC,
];

/// <https://www.php.net/array_diff>
#[php_fn("array_diff(array $array, array ...$arrays): array")]
fn array_diff(cx: &mut Context, array: &PhpArray, others: &[Value]) -> PhpResult<PhpArray> {
    let mut gone: HashSet<PhpString> = HashSet::new();
    if !array.is_empty() {
        for value in arrays(others).flat_map(PhpArray::values) {
            gone.insert(cx.to_string(&value.deref_clone())?);
        }
    }
    if gone.is_empty() {
        return Ok(array.clone());
    }
    let mut result = PhpArray::new();
    for (key, value) in array {
        if !gone.contains(&cx.to_string(&value.deref_clone())?) {
            result.insert(key, unshared(value));
        }
    }
    Ok(result)
}

/// <https://www.php.net/array_intersect>
#[php_fn("array_intersect(array $array, array ...$arrays): array")]
fn array_intersect(cx: &mut Context, array: &PhpArray, others: &[Value]) -> PhpResult<PhpArray> {
    // How many of the arrays in a row hold the value.
    let mut seen: HashMap<PhpString, usize> = HashMap::new();
    let count = arrays(others).count();
    for (index, other) in arrays(others).enumerate() {
        for value in other.values() {
            let text = cx.to_string(&value.deref_clone())?;
            let number = seen.entry(text).or_insert(0);
            if *number == index {
                *number += 1;
            }
        }
    }
    let mut result = PhpArray::new();
    for (key, value) in array {
        let text = cx.to_string(&value.deref_clone())?;
        if count == 0 || seen.get(&text) == Some(&count) {
            result.insert(key, unshared(value));
        }
    }
    Ok(result)
}

/// Keeps the elements of the first array whose keys (and values, as `same` tells) are in all or none of the others.
fn by_key(
    cx: &mut Context,
    array: &PhpArray,
    others: &[Value],
    intersect: bool,
    mut same: impl FnMut(&mut Context, &Value, &Value) -> PhpResult<bool>,
) -> PhpResult<PhpArray> {
    let mut result = PhpArray::new();
    for (key, value) in array {
        let mut keep = true;
        for other in arrays(others) {
            let found = match other.get(key) {
                Some(there) => same(cx, &value.deref_clone(), &there.deref_clone())?,
                None => false,
            };
            if found != intersect {
                keep = false;
                break;
            }
        }
        if keep {
            result.insert(key, unshared(value));
        }
    }
    Ok(result)
}

fn same_text(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<bool> {
    Ok(cx.to_string(a)? == cx.to_string(b)?)
}

/// <https://www.php.net/array_diff_key>
#[php_fn("array_diff_key(array $array, array ...$arrays): array")]
fn array_diff_key(cx: &mut Context, array: &PhpArray, others: &[Value]) -> PhpResult<PhpArray> {
    by_key(cx, array, others, false, |_, _, _| Ok(true))
}

/// <https://www.php.net/array_diff_assoc>
#[php_fn("array_diff_assoc(array $array, array ...$arrays): array")]
fn array_diff_assoc(cx: &mut Context, array: &PhpArray, others: &[Value]) -> PhpResult<PhpArray> {
    by_key(cx, array, others, false, same_text)
}

/// <https://www.php.net/array_intersect_key>
#[php_fn("array_intersect_key(array $array, array ...$arrays): array")]
fn array_intersect_key(cx: &mut Context, array: &PhpArray, others: &[Value]) -> PhpResult<PhpArray> {
    by_key(cx, array, others, true, |_, _, _| Ok(true))
}

/// <https://www.php.net/array_intersect_assoc>
#[php_fn("array_intersect_assoc(array $array, array ...$arrays): array")]
fn array_intersect_assoc(cx: &mut Context, array: &PhpArray, others: &[Value]) -> PhpResult<PhpArray> {
    by_key(cx, array, others, true, same_text)
}

/// <https://www.php.net/array_udiff_assoc>
#[php_fn("array_udiff_assoc(array $array, ...$rest): array")]
fn array_udiff_assoc(cx: &mut Context, array: &Value, rest: &[Value]) -> PhpResult<PhpArray> {
    with_keys(cx, array, rest, false)
}

/// <https://www.php.net/array_uintersect_assoc>
#[php_fn("array_uintersect_assoc(array $array, ...$rest): array")]
fn array_uintersect_assoc(cx: &mut Context, array: &Value, rest: &[Value]) -> PhpResult<PhpArray> {
    with_keys(cx, array, rest, true)
}

fn with_keys(cx: &mut Context, array: &Value, rest: &[Value], intersect: bool) -> PhpResult<PhpArray> {
    let (lists, callbacks) = operands(cx, array, rest, 1)?;
    by_key(cx, &lists[0], rest.split_last().map_or(&[], |(_, others)| others), intersect, |cx, a, b| {
        let answer = call(cx, &callbacks[0], &[a.clone(), b.clone()])?;
        Ok(callback_order(cx, &answer)? == Ordering::Equal)
    })
}

/// The arrays and, behind them, the callbacks of a call.
fn operands(
    cx: &mut Context,
    array: &Value,
    rest: &[Value],
    callbacks: usize,
) -> PhpResult<(Vec<PhpArray>, Vec<Callable>)> {
    if rest.len() < callbacks {
        let name = String::from_utf8_lossy(&cx.active_function_name()).into_owned();
        let (least, given) = (callbacks + 1, rest.len() + 1);
        let text = format!("{name}() expects at least {least} arguments, {given} given");
        return Err(cx.throw_argument_count_error(text));
    }
    let split = rest.len() - callbacks;
    let mut found = Vec::with_capacity(callbacks);
    for (index, value) in rest[split..].iter().enumerate() {
        let scope = cx.caller_scope();
        match callable::resolve(cx, value, scope)? {
            Ok(callee) => found.push(Callable { value: value.clone(), callee }),
            Err(why) => {
                let text = [&b"must be a valid callback, "[..], &why].concat();
                return Err(cx.arg_error((split + index + 2) as u32, text));
            }
        }
    }
    let mut lists = Vec::with_capacity(split + 1);
    for (index, value) in std::iter::once(array).chain(&rest[..split]).enumerate() {
        match value.as_array() {
            Some(array) => lists.push(array.clone()),
            None => return Err(cx.arg_type_error(index as u32 + 1, "array", value)),
        }
    }
    Ok((lists, found))
}

type Entry = (ArrayKey, Value);

/// What makes elements the same.
enum Same {
    /// Their values, as the callback says.
    Data(Callable),
    /// Their keys, as the callback says.
    Key(Callable),
    /// Their keys, and values too: as text, or as a callback says.
    Both(Callable, Option<Callable>),
}

impl Same {
    fn user(cx: &mut Context, callback: &Callable, a: Value, b: Value) -> PhpResult<Ordering> {
        let answer = call(cx, callback, &[a, b])?;
        callback_order(cx, &answer)
    }

    fn data(cx: &mut Context, callback: Option<&Callable>, a: &Entry, b: &Entry) -> PhpResult<Ordering> {
        let (a, b) = (a.1.deref_clone(), b.1.deref_clone());
        match callback {
            Some(callback) => Same::user(cx, callback, a, b),
            None => Ok(cx.to_string(&a)?.cmp(&cx.to_string(&b)?)),
        }
    }

    /// The order that lists are sorted in.
    fn order(&self, cx: &mut Context, a: &Entry, b: &Entry) -> PhpResult<Ordering> {
        match self {
            Same::Data(callback) => Same::data(cx, Some(callback), a, b),
            Same::Key(callback) | Same::Both(callback, _) => {
                Same::user(cx, callback, Value::from(a.0.clone()), Value::from(b.0.clone()))
            }
        }
    }

    /// Whether several elements of one array can be the same.
    fn repeats(&self) -> bool {
        matches!(self, Same::Data(_))
    }
}

fn sorted(cx: &mut Context, array: &PhpArray, same: &Same) -> PhpResult<Vec<Entry>> {
    let mut copy = array.clone();
    if copy.len() > 1 {
        sort_array(&mut copy, false, |a, b| {
            same.order(cx, &(a.0.to_owned(), a.1.clone()), &(b.0.to_owned(), b.1.clone()))
        })?;
    }
    Ok(copy.into_iter().collect())
}

/// Elements of the first list that are in one of the others.
fn in_any(cx: &mut Context, lists: &[Vec<Entry>], same: &Same) -> PhpResult<HashSet<ArrayKey>> {
    let mut found = HashSet::new();
    let first = &lists[0];
    let mut places = vec![0; lists.len()];
    let mut at = 0;
    while at < first.len() {
        let mut hit = false;
        for (list, place) in lists.iter().zip(&mut places).skip(1) {
            hit = match same {
                Same::Data(_) => {
                    let mut order = Ordering::Greater;
                    while let Some(other) = list.get(*place) {
                        order = same.order(cx, &first[at], other)?;
                        if order != Ordering::Greater {
                            break;
                        }
                        *place += 1;
                    }
                    if order == Ordering::Equal {
                        *place += 1;
                    }
                    order == Ordering::Equal
                }
                Same::Key(_) => find_key(cx, &first[at], list, same)?.is_some(),
                Same::Both(_, data) => match find_key(cx, &first[at], list, same)? {
                    Some(other) => Same::data(cx, data.as_ref(), &first[at], other)? == Ordering::Equal,
                    None => false,
                },
            };
            if hit {
                break;
            }
        }
        // Equal elements of the first list share the answer.
        loop {
            if hit {
                found.insert(first[at].0.clone());
            }
            at += 1;
            if at == first.len() || !same.repeats() {
                break;
            }
            if same.order(cx, &first[at - 1], &first[at])? != Ordering::Equal {
                break;
            }
        }
    }
    Ok(found)
}

fn find_key<'a>(
    cx: &mut Context,
    entry: &Entry,
    list: &'a [Entry],
    same: &Same,
) -> PhpResult<Option<&'a Entry>> {
    for other in list {
        if same.order(cx, entry, other)? == Ordering::Equal {
            return Ok(Some(other));
        }
    }
    Ok(None)
}

/// Elements of the first list that are in all of the others.
fn in_all(cx: &mut Context, lists: &[Vec<Entry>], same: &Same) -> PhpResult<HashSet<ArrayKey>> {
    let mut found = HashSet::new();
    let first = &lists[0];
    let mut places = vec![0; lists.len()];
    let mut at = 0;
    'elements: while at < first.len() {
        let mut missing_in = None;
        for (index, list) in lists.iter().enumerate().skip(1) {
            let mut order = Ordering::Greater;
            while let Some(other) = list.get(places[index]) {
                order = same.order(cx, &first[at], other)?;
                if order != Ordering::Greater {
                    break;
                }
                places[index] += 1;
            }
            if let (Ordering::Equal, Same::Both(_, data), Some(other)) =
                (order, same, list.get(places[index]))
            {
                order = Same::data(cx, data.as_ref(), &first[at], other)?;
                if order != Ordering::Equal {
                    order = Ordering::Greater;
                }
            }
            if places[index] >= list.len() {
                // Nothing more can be in that list.
                break 'elements;
            }
            if order != Ordering::Equal {
                missing_in = Some(index);
                break;
            }
            places[index] += 1;
        }
        match missing_in {
            Some(index) => loop {
                at += 1;
                if at == first.len() || !same.repeats() {
                    break;
                }
                if same.order(cx, &first[at], &lists[index][places[index]])? != Ordering::Less {
                    break;
                }
            },
            None => loop {
                found.insert(first[at].0.clone());
                at += 1;
                if at == first.len() || !same.repeats() {
                    break;
                }
                if same.order(cx, &first[at - 1], &first[at])? != Ordering::Equal {
                    break;
                }
            },
        }
    }
    Ok(found)
}

fn by_callback(cx: &mut Context, lists: &[PhpArray], same: &Same, intersect: bool) -> PhpResult<PhpArray> {
    let mut entries = Vec::with_capacity(lists.len());
    for list in lists {
        if intersect && list.is_empty() {
            return Ok(PhpArray::new());
        }
        entries.push(sorted(cx, list, same)?);
    }
    let found = if intersect { in_all(cx, &entries, same)? } else { in_any(cx, &entries, same)? };
    let mut result = PhpArray::new();
    for (key, value) in &lists[0] {
        if found.contains(&key.to_owned()) == intersect {
            result.insert(key, unshared(value));
        }
    }
    Ok(result)
}

/// <https://www.php.net/array_diff_ukey>
#[php_fn("array_diff_ukey(array $array, ...$rest): array")]
fn array_diff_ukey(cx: &mut Context, array: &Value, rest: &[Value]) -> PhpResult<PhpArray> {
    let (lists, mut callbacks) = operands(cx, array, rest, 1)?;
    by_callback(cx, &lists, &Same::Key(callbacks.remove(0)), false)
}

/// <https://www.php.net/array_diff_uassoc>
#[php_fn("array_diff_uassoc(array $array, ...$rest): array")]
fn array_diff_uassoc(cx: &mut Context, array: &Value, rest: &[Value]) -> PhpResult<PhpArray> {
    let (lists, mut callbacks) = operands(cx, array, rest, 1)?;
    by_callback(cx, &lists, &Same::Both(callbacks.remove(0), None), false)
}

/// <https://www.php.net/array_udiff>
#[php_fn("array_udiff(array $array, ...$rest): array")]
fn array_udiff(cx: &mut Context, array: &Value, rest: &[Value]) -> PhpResult<PhpArray> {
    let (lists, mut callbacks) = operands(cx, array, rest, 1)?;
    by_callback(cx, &lists, &Same::Data(callbacks.remove(0)), false)
}

/// <https://www.php.net/array_udiff_uassoc>
#[php_fn("array_udiff_uassoc(array $array, ...$rest): array")]
fn array_udiff_uassoc(cx: &mut Context, array: &Value, rest: &[Value]) -> PhpResult<PhpArray> {
    let (lists, mut callbacks) = operands(cx, array, rest, 2)?;
    let data = callbacks.remove(0);
    by_callback(cx, &lists, &Same::Both(callbacks.remove(0), Some(data)), false)
}

/// <https://www.php.net/array_intersect_ukey>
#[php_fn("array_intersect_ukey(array $array, ...$rest): array")]
fn array_intersect_ukey(cx: &mut Context, array: &Value, rest: &[Value]) -> PhpResult<PhpArray> {
    let (lists, mut callbacks) = operands(cx, array, rest, 1)?;
    by_callback(cx, &lists, &Same::Key(callbacks.remove(0)), true)
}

/// <https://www.php.net/array_intersect_uassoc>
#[php_fn("array_intersect_uassoc(array $array, ...$rest): array")]
fn array_intersect_uassoc(cx: &mut Context, array: &Value, rest: &[Value]) -> PhpResult<PhpArray> {
    let (lists, mut callbacks) = operands(cx, array, rest, 1)?;
    by_callback(cx, &lists, &Same::Both(callbacks.remove(0), None), true)
}

/// <https://www.php.net/array_uintersect>
#[php_fn("array_uintersect(array $array, ...$rest): array")]
fn array_uintersect(cx: &mut Context, array: &Value, rest: &[Value]) -> PhpResult<PhpArray> {
    let (lists, mut callbacks) = operands(cx, array, rest, 1)?;
    by_callback(cx, &lists, &Same::Data(callbacks.remove(0)), true)
}

/// <https://www.php.net/array_uintersect_uassoc>
#[php_fn("array_uintersect_uassoc(array $array, ...$rest): array")]
fn array_uintersect_uassoc(cx: &mut Context, array: &Value, rest: &[Value]) -> PhpResult<PhpArray> {
    let (lists, mut callbacks) = operands(cx, array, rest, 2)?;
    let data = callbacks.remove(0);
    by_callback(cx, &lists, &Same::Both(callbacks.remove(0), Some(data)), true)
}
