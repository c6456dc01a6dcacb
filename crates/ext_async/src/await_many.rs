//! The functions that wait for several at once.

use crate::await_::{completion_argument, unwrap, wait_any};
use crate::completion::{Completion, Outcome};
use phalanx_macros::php_fn;
use phalanx_value::{ArrayKey, ObjRef, PhpArray, Value};
use phalanx_vm::native::NativeFn;
use phalanx_vm::traverse::iterator_of;
use phalanx_vm::{Context, PhpResult};
use std::rc::Rc;

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[
    &AWAIT_ANY_OR_FAIL,
    &AWAIT_FIRST_SUCCESS,
    &AWAIT_ALL_OR_FAIL,
    &AWAIT_ALL,
    &AWAIT_ANY_OF_OR_FAIL,
    &AWAIT_ANY_OF,
];

type Entries = Vec<(ArrayKey, Rc<Completion>)>;

/// What is to be waited for, by key. Going through it may start coroutines.
fn entries(cx: &mut Context, triggers: &Value) -> PhpResult<Entries> {
    let mut entries = Vec::new();
    if let Some(array) = triggers.as_array() {
        for (key, value) in array.iter() {
            entries.push((key.to_owned(), trigger(cx, &value.deref_clone())?));
        }
    }
    if let Some(object) = triggers.as_object() {
        let mut iterator = iterator_of(cx, object, false)?;
        iterator.rewind(cx)?;
        while iterator.valid(cx)? {
            let value = iterator.current(cx)?.into_deref();
            let key = iterator.key(cx)?;
            let key = match key.as_int() {
                Some(int) => ArrayKey::Int(int),
                None => ArrayKey::from_bytes(&cx.to_string(&key)?),
            };
            entries.push((key, trigger(cx, &value)?));
            iterator.next(cx)?;
        }
    }
    Ok(entries)
}

fn trigger(cx: &mut Context, value: &Value) -> PhpResult<Rc<Completion>> {
    match value.as_object() {
        Some(object) => completion_argument(cx, object),
        None => Err(cx.throw_type_error("Each trigger must be of type Async\\Completable")),
    }
}

fn token(cx: &mut Context, cancellation: Option<&ObjRef>) -> PhpResult<Option<Rc<Completion>>> {
    cancellation.map(|object| completion_argument(cx, object)).transpose()
}

/// Waits until `enough` of the numbers of those that are done, in the order in which they were seen, are.
fn wait_until(
    cx: &mut Context,
    entries: &Entries,
    token: Option<&Rc<Completion>>,
    mut enough: impl FnMut(&[(usize, Outcome)]) -> bool,
) -> PhpResult<Vec<(usize, Outcome)>> {
    let mut seen: Vec<(usize, Outcome)> = Vec::new();
    let mut open: Vec<usize> = (0..entries.len()).collect();
    loop {
        open.retain(|&number| match entries[number].1.outcome() {
            Some(outcome) => {
                entries[number].1.handled.set(true);
                seen.push((number, outcome));
                false
            }
            None => true,
        });
        if open.is_empty() || enough(&seen) {
            return Ok(seen);
        }
        let waiting: Vec<_> = open.iter().map(|&number| entries[number].1.clone()).collect();
        wait_any(cx, &waiting, token)?;
    }
}

fn successes(seen: &[(usize, Outcome)]) -> usize {
    seen.iter().filter(|(_, outcome)| matches!(outcome, Outcome::Value(_))).count()
}

fn has_failed(seen: &[(usize, Outcome)]) -> bool {
    successes(seen) < seen.len()
}

/// The values of those that have succeeded; in the order of the triggers, or in that of their ends.
fn values(entries: &Entries, mut seen: Vec<(usize, Outcome)>, in_order: bool, fill: bool) -> PhpArray {
    if in_order {
        seen.sort_by_key(|(number, _)| *number);
    }
    let mut array = PhpArray::new();
    for (number, outcome) in seen {
        match outcome {
            Outcome::Value(value) => drop(array.insert(entries[number].0.as_key(), value)),
            Outcome::Thrown(_) if fill => drop(array.insert(entries[number].0.as_key(), Value::NULL)),
            Outcome::Thrown(_) => {}
        }
    }
    array
}

fn errors(entries: &Entries, seen: &[(usize, Outcome)]) -> PhpArray {
    let mut array = PhpArray::new();
    for (number, outcome) in seen {
        if let Outcome::Thrown(exception) = outcome {
            array.insert(entries[*number].0.as_key(), Value::object(exception.clone()));
        }
    }
    array
}

fn throw_first(cx: &mut Context, seen: &[(usize, Outcome)]) -> PhpResult {
    for (_, outcome) in seen {
        if let Outcome::Thrown(exception) = outcome {
            return Err(cx.throw_object(exception.clone()));
        }
    }
    Ok(())
}

fn pair(results: Value, errors: PhpArray) -> PhpArray {
    PhpArray::from_list([results, Value::array(errors)])
}

#[php_fn("Async\\await_any_or_fail(iterable $triggers, ?Async\\Awaitable $cancellation = null): mixed")]
fn await_any_or_fail(cx: &mut Context, triggers: &Value, cancellation: Option<&ObjRef>) -> PhpResult<Value> {
    let entries = entries(cx, triggers)?;
    let token = token(cx, cancellation)?;
    let seen = wait_until(cx, &entries, token.as_ref(), |seen| !seen.is_empty())?;
    match seen.into_iter().next() {
        Some((_, outcome)) => unwrap(cx, outcome),
        None => Ok(Value::NULL),
    }
}

#[php_fn("Async\\await_first_success(iterable $triggers, ?Async\\Awaitable $cancellation = null): mixed")]
fn await_first_success(
    cx: &mut Context,
    triggers: &Value,
    cancellation: Option<&ObjRef>,
) -> PhpResult<PhpArray> {
    let entries = entries(cx, triggers)?;
    let token = token(cx, cancellation)?;
    let seen = wait_until(cx, &entries, token.as_ref(), |seen| successes(seen) > 0)?;
    let first = seen.iter().find_map(|(_, outcome)| match outcome {
        Outcome::Value(value) => Some(value.clone()),
        Outcome::Thrown(_) => None,
    });
    Ok(pair(first.unwrap_or(Value::NULL), errors(&entries, &seen)))
}

#[php_fn(
    "Async\\await_all_or_fail(iterable $triggers, ?Async\\Awaitable $cancellation = null, bool $preserveKeyOrder = true): array"
)]
fn await_all_or_fail(
    cx: &mut Context,
    triggers: &Value,
    cancellation: Option<&ObjRef>,
    preserve_key_order: bool,
) -> PhpResult<PhpArray> {
    let entries = entries(cx, triggers)?;
    let token = token(cx, cancellation)?;
    let seen = wait_until(cx, &entries, token.as_ref(), has_failed)?;
    throw_first(cx, &seen)?;
    Ok(values(&entries, seen, preserve_key_order, false))
}

#[php_fn(
    "Async\\await_all(iterable $triggers, ?Async\\Awaitable $cancellation = null, bool $preserveKeyOrder = true, bool $fillNull = false): array"
)]
fn await_all(
    cx: &mut Context,
    triggers: &Value,
    cancellation: Option<&ObjRef>,
    preserve_key_order: bool,
    fill_null: bool,
) -> PhpResult<PhpArray> {
    let entries = entries(cx, triggers)?;
    let token = token(cx, cancellation)?;
    let seen = wait_until(cx, &entries, token.as_ref(), |_| false)?;
    let errors = errors(&entries, &seen);
    Ok(pair(Value::array(values(&entries, seen, preserve_key_order, fill_null)), errors))
}

/// How many are to succeed.
fn wanted(cx: &mut Context, count: i64) -> PhpResult<usize> {
    usize::try_from(count).map_err(|_| cx.arg_value_error(1, "must be greater than or equal to 0"))
}

#[php_fn(
    "Async\\await_any_of_or_fail(int $count, iterable $triggers, ?Async\\Awaitable $cancellation = null, bool $preserveKeyOrder = true): array"
)]
fn await_any_of_or_fail(
    cx: &mut Context,
    count: i64,
    triggers: &Value,
    cancellation: Option<&ObjRef>,
    preserve_key_order: bool,
) -> PhpResult<PhpArray> {
    let count = wanted(cx, count)?;
    let entries = entries(cx, triggers)?;
    let token = token(cx, cancellation)?;
    let mut seen = wait_until(cx, &entries, token.as_ref(), |seen| seen.len() >= count || has_failed(seen))?;
    seen.truncate(count);
    throw_first(cx, &seen)?;
    Ok(values(&entries, seen, preserve_key_order, false))
}

#[php_fn(
    "Async\\await_any_of(int $count, iterable $triggers, ?Async\\Awaitable $cancellation = null, bool $preserveKeyOrder = true, bool $fillNull = false): array"
)]
fn await_any_of(
    cx: &mut Context,
    count: i64,
    triggers: &Value,
    cancellation: Option<&ObjRef>,
    preserve_key_order: bool,
    fill_null: bool,
) -> PhpResult<PhpArray> {
    let count = wanted(cx, count)?;
    let entries = entries(cx, triggers)?;
    let token = token(cx, cancellation)?;
    let seen = wait_until(cx, &entries, token.as_ref(), |seen| successes(seen) >= count)?;
    let errors = errors(&entries, &seen);
    let mut left = count;
    let mut kept = seen;
    kept.retain(|(_, outcome)| match outcome {
        Outcome::Value(_) if left == 0 => false,
        Outcome::Value(_) => {
            left -= 1;
            true
        }
        Outcome::Thrown(_) => true,
    });
    Ok(pair(Value::array(values(&entries, kept, preserve_key_order, fill_null)), errors))
}
