//! The internal pointer: `current()`, `next()` and so on.

use crate::args::with_array;
use phalanx_macros::php_fn;
use phalanx_value::{ArrayKey, Key, ObjRef, PhpArray, PhpRef, Value};
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult, props};
use rustc_hash::FxHashMap;

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&END, &PREV, &NEXT, &RESET, &CURRENT, &POS, &KEY];

/// Where the internal pointers of objects stand, by handle.
#[derive(Default)]
struct Pointers(FxHashMap<u32, u32>);

/// The properties of an object as an array whose pointer stands where it did.
fn object_table(cx: &mut Context, object: &ObjRef) -> PhpResult<PhpArray> {
    let mut table = props::raw_table(&cx.realize(object)?);
    if let Some(pos) = cx.state::<Pointers>().0.get(&object.handle()) {
        table.set_internal_pos(*pos);
    }
    Ok(table)
}

/// Moves the pointer of an array, or of an object's properties, and gives what it points to then.
fn step(
    cx: &mut Context,
    variable: &PhpRef,
    step: impl for<'a> FnOnce(&'a mut PhpArray) -> Option<(Key<'a>, &'a Value)>,
) -> PhpResult<Value> {
    let shown =
        |entry: Option<(Key<'_>, &Value)>| entry.map_or(Value::FALSE, |(_, value)| value.deref_clone());
    let value = variable.get();
    if let Some(object) = value.as_object() {
        let text = format!(
            "Calling {}() on an object is deprecated",
            String::from_utf8_lossy(&cx.active_function_name())
        );
        cx.deprecated(text)?;
        let mut table = object_table(cx, object)?;
        let result = shown(step(&mut table));
        cx.state::<Pointers>().0.insert(object.handle(), table.internal_pos());
        return Ok(result);
    }
    drop(value);
    with_array(cx, variable, |_, array| Ok(shown(step(array))))
}

/// <https://www.php.net/end>
#[php_fn("end(array|object &$array): mixed")]
fn end(cx: &mut Context, array: &PhpRef) -> PhpResult<Value> {
    step(cx, array, PhpArray::move_last)
}

/// <https://www.php.net/prev>
#[php_fn("prev(array|object &$array): mixed")]
fn prev(cx: &mut Context, array: &PhpRef) -> PhpResult<Value> {
    step(cx, array, PhpArray::move_prev)
}

/// <https://www.php.net/next>
#[php_fn("next(array|object &$array): mixed")]
fn next(cx: &mut Context, array: &PhpRef) -> PhpResult<Value> {
    step(cx, array, PhpArray::move_next)
}

/// <https://www.php.net/reset>
#[php_fn("reset(array|object &$array): mixed")]
fn reset(cx: &mut Context, array: &PhpRef) -> PhpResult<Value> {
    step(cx, array, PhpArray::move_first)
}

/// <https://www.php.net/current>
#[php_fn("current(array|object $array): mixed")]
fn current(cx: &mut Context, array: &Value) -> PhpResult<Value> {
    Ok(here(cx, array)?.map_or(Value::FALSE, |(_, value)| value))
}

/// <https://www.php.net/pos>
#[php_fn("pos(array|object $array): mixed")]
fn pos(cx: &mut Context, array: &Value) -> PhpResult<Value> {
    Ok(here(cx, array)?.map_or(Value::FALSE, |(_, value)| value))
}

/// <https://www.php.net/key>
#[php_fn("key(array|object $array): int|string|null")]
fn key(cx: &mut Context, array: &Value) -> PhpResult<Option<ArrayKey>> {
    Ok(here(cx, array)?.map(|(key, _)| key))
}

fn here(cx: &mut Context, value: &Value) -> PhpResult<Option<(ArrayKey, Value)>> {
    let entry = |array: &PhpArray| array.current().map(|(key, value)| (key.to_owned(), value.deref_clone()));
    if let Some(object) = value.as_object() {
        let text = format!(
            "Calling {}() on an object is deprecated",
            String::from_utf8_lossy(&cx.active_function_name())
        );
        cx.deprecated(text)?;
        return Ok(entry(&object_table(cx, object)?));
    }
    Ok(value.as_array().and_then(entry))
}
