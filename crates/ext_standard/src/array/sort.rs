//! Sorting arrays. All sorts are stable.

use super::order::Order;
use crate::args::{call, with_array};
use phalanx_macros::php_fn;
use phalanx_value::{Key, PhpArray, PhpRef, Value};
use phalanx_vm::args::Callable;
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult, Thrown};
use std::cmp::Ordering;

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] =
    &[&SORT, &RSORT, &ASORT, &ARSORT, &KSORT, &KRSORT, &NATSORT, &NATCASESORT, &USORT, &UASORT, &UKSORT];

type Entry<'a> = (Key<'a>, &'a Value);

/// Sorts with a comparison that may throw; after it has, the order does not matter any more.
pub fn sort_array(
    array: &mut PhpArray,
    renumber: bool,
    mut order: impl FnMut(&Entry<'_>, &Entry<'_>) -> PhpResult<Ordering>,
) -> PhpResult {
    let mut failed: Option<Thrown> = None;
    array.sort_by(
        |a, b| {
            if failed.is_some() {
                return Ordering::Equal;
            }
            order(a, b).unwrap_or_else(|thrown| {
                failed = Some(thrown);
                Ordering::Equal
            })
        },
        renumber,
    );
    failed.map_or(Ok(()), Err)
}

fn by_value(cx: &mut Context, array: &PhpRef, flags: i64, reverse: bool, renumber: bool) -> PhpResult<bool> {
    let order = Order::from_flags(flags);
    with_array(cx, array, |cx, array| {
        sort_array(array, renumber, |a, b| {
            let (a, b) = if reverse { (b, a) } else { (a, b) };
            match (a.1.as_ref(), b.1.as_ref()) {
                (None, None) => order.compare(cx, a.1, b.1),
                _ => order.compare(cx, &a.1.deref_clone(), &b.1.deref_clone()),
            }
        })
    })?;
    Ok(true)
}

fn by_key(cx: &mut Context, array: &PhpRef, flags: i64, reverse: bool) -> PhpResult<bool> {
    let order = Order::from_flags(flags);
    with_array(cx, array, |cx, array| {
        sort_array(array, false, |a, b| {
            let (a, b) = if reverse { (b, a) } else { (a, b) };
            order.compare_keys(cx, a.0, b.0)
        })
    })?;
    Ok(true)
}

/// <https://www.php.net/sort>
#[php_fn("sort(array &$array, int $flags = SORT_REGULAR): true", default(flags = 0))]
fn sort(cx: &mut Context, array: &PhpRef, flags: i64) -> PhpResult<bool> {
    by_value(cx, array, flags, false, true)
}

/// <https://www.php.net/rsort>
#[php_fn("rsort(array &$array, int $flags = SORT_REGULAR): true", default(flags = 0))]
fn rsort(cx: &mut Context, array: &PhpRef, flags: i64) -> PhpResult<bool> {
    by_value(cx, array, flags, true, true)
}

/// <https://www.php.net/asort>
#[php_fn("asort(array &$array, int $flags = SORT_REGULAR): true", default(flags = 0))]
fn asort(cx: &mut Context, array: &PhpRef, flags: i64) -> PhpResult<bool> {
    by_value(cx, array, flags, false, false)
}

/// <https://www.php.net/arsort>
#[php_fn("arsort(array &$array, int $flags = SORT_REGULAR): true", default(flags = 0))]
fn arsort(cx: &mut Context, array: &PhpRef, flags: i64) -> PhpResult<bool> {
    by_value(cx, array, flags, true, false)
}

/// <https://www.php.net/ksort>
#[php_fn("ksort(array &$array, int $flags = SORT_REGULAR): true", default(flags = 0))]
fn ksort(cx: &mut Context, array: &PhpRef, flags: i64) -> PhpResult<bool> {
    by_key(cx, array, flags, false)
}

/// <https://www.php.net/krsort>
#[php_fn("krsort(array &$array, int $flags = SORT_REGULAR): true", default(flags = 0))]
fn krsort(cx: &mut Context, array: &PhpRef, flags: i64) -> PhpResult<bool> {
    by_key(cx, array, flags, true)
}

/// <https://www.php.net/natsort>
#[php_fn("natsort(array &$array): true")]
fn natsort(cx: &mut Context, array: &PhpRef) -> PhpResult<bool> {
    by_value(cx, array, 6, false, false)
}

/// <https://www.php.net/natcasesort>
#[php_fn("natcasesort(array &$array): true")]
fn natcasesort(cx: &mut Context, array: &PhpRef) -> PhpResult<bool> {
    by_value(cx, array, 6 | 8, false, false)
}

/// <https://www.php.net/usort>
#[php_fn("usort(array &$array, callable $callback): true")]
fn usort(cx: &mut Context, array: &PhpRef, callback: Callable) -> PhpResult<bool> {
    by_callback(cx, array, &callback, true, |entry| entry.1.deref_clone())
}

/// <https://www.php.net/uasort>
#[php_fn("uasort(array &$array, callable $callback): true")]
fn uasort(cx: &mut Context, array: &PhpRef, callback: Callable) -> PhpResult<bool> {
    by_callback(cx, array, &callback, false, |entry| entry.1.deref_clone())
}

/// <https://www.php.net/uksort>
#[php_fn("uksort(array &$array, callable $callback): true")]
fn uksort(cx: &mut Context, array: &PhpRef, callback: Callable) -> PhpResult<bool> {
    by_callback(cx, array, &callback, false, |entry| Value::from(entry.0))
}

/// The callback sees a copy: what it does to the variable meanwhile is lost.
fn by_callback(
    cx: &mut Context,
    variable: &PhpRef,
    callback: &Callable,
    renumber: bool,
    part: impl Fn(&Entry<'_>) -> Value,
) -> PhpResult<bool> {
    let value = variable.get();
    let Some(mut array) = value.clone().into_array() else { return Ok(true) };
    let mut deprecated = false;
    let result = sort_array(&mut array, renumber, |a, b| {
        let (first, second) = (part(a), part(b));
        let answer = call(cx, callback, &[first.clone(), second.clone()])?;
        if let Some(order) = answer.as_bool() {
            // A callback that answers "greater?" cannot tell less from equal, so it is asked the other way round.
            if !deprecated {
                deprecated = true;
                cx.doc_deprecated(
                    "Returning bool from comparison function is deprecated, return an integer less than, equal to, \
                     or greater than zero",
                )?;
            }
            if order {
                return Ok(Ordering::Greater);
            }
            let swapped = call(cx, callback, &[second, first])?;
            return Ok(if swapped.truthy() { Ordering::Less } else { Ordering::Equal });
        }
        callback_order(cx, &answer)
    });
    variable.set(Value::array(array));
    result.map(|()| true)
}

/// What the answer of a comparing callback means.
pub fn callback_order(cx: &mut Context, answer: &Value) -> PhpResult<Ordering> {
    Ok(cx.to_int(answer)?.cmp(&0))
}
