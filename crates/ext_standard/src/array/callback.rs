//! Arrays and callbacks: mapping, filtering, reducing, walking.

use super::query::unshared;
use crate::args::call;
use phalanx_macros::php_fn;
use phalanx_value::array::iterators;
use phalanx_value::{ArrayKey, PhpArray, PhpRef, Value};
use phalanx_vm::args::Callable;
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[
    &ARRAY_MAP,
    &ARRAY_FILTER,
    &ARRAY_REDUCE,
    &ARRAY_WALK,
    &ARRAY_WALK_RECURSIVE,
    &ARRAY_FIND,
    &ARRAY_FIND_KEY,
    &ARRAY_ANY,
    &ARRAY_ALL,
];

/// <https://www.php.net/array_map>
#[php_fn("array_map(?callable $callback, array $array, array ...$arrays): array")]
fn array_map(
    cx: &mut Context,
    callback: Option<Callable>,
    array: &PhpArray,
    arrays: &[Value],
) -> PhpResult<PhpArray> {
    if arrays.is_empty() {
        let Some(callback) = callback else { return Ok(array.clone()) };
        if !array.is_hash() && array.is_list() {
            let mut result = PhpArray::with_capacity(array.len());
            for value in array.values() {
                result.push_value(call(cx, &callback, &[value.deref_clone()])?);
            }
            return Ok(result);
        }
        let mut result = PhpArray::with_hash_capacity(array.len());
        for (key, value) in array {
            let new = call(cx, &callback, &[value.deref_clone()])?;
            result.insert(key, new);
        }
        return Ok(result);
    }
    let mut all: Vec<_> =
        std::iter::once(array).chain(super::merge::arrays(arrays)).map(PhpArray::values).collect();
    let longest =
        std::iter::once(array).chain(super::merge::arrays(arrays)).map(PhpArray::len).max().unwrap_or(0);
    let mut result = PhpArray::with_capacity(longest);
    for _ in 0..longest {
        let row: Vec<Value> =
            all.iter_mut().map(|values| values.next().map_or(Value::NULL, Value::deref_clone)).collect();
        result.push_value(match &callback {
            Some(callback) => call(cx, callback, &row)?,
            None => Value::array(PhpArray::from_list(row)),
        });
    }
    Ok(result)
}

/// <https://www.php.net/array_filter>
#[php_fn("array_filter(array $array, ?callable $callback = null, int $mode = 0): array")]
fn array_filter(
    cx: &mut Context,
    array: &PhpArray,
    callback: Option<Callable>,
    mode: i64,
) -> PhpResult<PhpArray> {
    let mut result = PhpArray::new();
    for (key, value) in array {
        let keep = match &callback {
            None => cx.to_bool(&value.deref_clone())?,
            Some(callback) => {
                let answer = match mode {
                    2 => call(cx, callback, &[Value::from(key)])?,
                    1 => call(cx, callback, &[value.deref_clone(), Value::from(key)])?,
                    _ => call(cx, callback, &[value.deref_clone()])?,
                };
                cx.to_bool(&answer)?
            }
        };
        if keep {
            result.insert(key, unshared(value));
        }
    }
    Ok(result)
}

/// <https://www.php.net/array_reduce>
#[php_fn("array_reduce(array $array, callable $callback, mixed $initial = null): mixed")]
fn array_reduce(cx: &mut Context, array: &PhpArray, callback: Callable, initial: Value) -> PhpResult<Value> {
    let mut carry = initial;
    for value in array.values() {
        carry = call(cx, &callback, &[carry, value.deref_clone()])?;
    }
    Ok(carry)
}

/// The first element that the callback says `wanted` to.
fn search(
    cx: &mut Context,
    array: &PhpArray,
    callback: &Callable,
    wanted: bool,
) -> PhpResult<Option<(ArrayKey, Value)>> {
    for (key, value) in array {
        let value = value.deref_clone();
        let answer = call(cx, callback, &[value.clone(), Value::from(key)])?;
        if cx.to_bool(&answer)? == wanted {
            return Ok(Some((key.to_owned(), value)));
        }
    }
    Ok(None)
}

/// <https://www.php.net/array_find>
#[php_fn("array_find(array $array, callable $callback): mixed")]
fn array_find(cx: &mut Context, array: &PhpArray, callback: Callable) -> PhpResult<Value> {
    Ok(search(cx, array, &callback, true)?.map_or(Value::NULL, |(_, value)| value))
}

/// <https://www.php.net/array_find_key>
#[php_fn("array_find_key(array $array, callable $callback): mixed")]
fn array_find_key(cx: &mut Context, array: &PhpArray, callback: Callable) -> PhpResult<Value> {
    Ok(search(cx, array, &callback, true)?.map_or(Value::NULL, |(key, _)| Value::from(key)))
}

/// <https://www.php.net/array_any>
#[php_fn("array_any(array $array, callable $callback): bool")]
fn array_any(cx: &mut Context, array: &PhpArray, callback: Callable) -> PhpResult<bool> {
    Ok(search(cx, array, &callback, true)?.is_some())
}

/// <https://www.php.net/array_all>
#[php_fn("array_all(array $array, callable $callback): bool")]
fn array_all(cx: &mut Context, array: &PhpArray, callback: Callable) -> PhpResult<bool> {
    Ok(search(cx, array, &callback, false)?.is_none())
}

/// <https://www.php.net/array_walk>
#[php_fn("array_walk(array|object &$array, callable $callback, mixed $arg = UNKNOWN): true", default(arg = Value::UNDEF))]
fn array_walk(cx: &mut Context, array: &PhpRef, callback: Callable, arg: Value) -> PhpResult<bool> {
    walk(cx, array, &callback, some(&arg), false).map(|()| true)
}

/// <https://www.php.net/array_walk_recursive>
#[php_fn("array_walk_recursive(array|object &$array, callable $callback, mixed $arg = UNKNOWN): true", default(arg = Value::UNDEF))]
fn array_walk_recursive(cx: &mut Context, array: &PhpRef, callback: Callable, arg: Value) -> PhpResult<bool> {
    walk(cx, array, &callback, some(&arg), true).map(|()| true)
}

/// Calls the callback with a reference of each element. The callback may change the array; the walk goes on where the
/// array's own iterator stands, as `foreach` by reference does.
fn walk(
    cx: &mut Context,
    variable: &PhpRef,
    callback: &Callable,
    arg: Option<&Value>,
    recursive: bool,
) -> PhpResult {
    if let Some(object) = variable.get().as_object() {
        return walk_object(cx, &object.clone(), callback, arg, recursive);
    }
    let mut value = variable.take();
    let array = value.make_array();
    let start = array.first_pos();
    let iterator = iterators::begin(array, start);
    variable.set(value);
    let result = walk_elements(cx, variable, iterator, callback, arg, recursive);
    iterators::end(iterator);
    result
}

/// The extra argument, if one was passed.
fn some(arg: &Value) -> Option<&Value> {
    (!arg.is_undef()).then_some(arg)
}

fn walk_elements(
    cx: &mut Context,
    variable: &PhpRef,
    iterator: iterators::IteratorId,
    callback: &Callable,
    arg: Option<&Value>,
    recursive: bool,
) -> PhpResult {
    loop {
        let mut value = variable.take();
        let Some(array) = value.as_array_mut() else {
            variable.set(value);
            return Ok(());
        };
        let pos = iterators::position(iterator, array);
        let pos = array.pos_from(pos);
        let entry = array.pos_entry(pos).map(|(key, _)| key.to_owned());
        let element = entry.and_then(|key| Some((key, array.pos_value_mut(pos)?.make_ref())));
        iterators::set_position(iterator, array.next_pos(pos));
        variable.set(value);
        let Some((key, element)) = element else { return Ok(()) };
        if recursive && element.get().is_array() {
            if !enter(&element) {
                return Err(cx.throw_error("Recursion detected"));
            }
            let result = cx.nested(|cx| walk(cx, &element, callback, arg, true));
            leave(&element);
            result?;
        } else {
            visit(cx, callback, element.clone(), key, arg)?;
        }
    }
}

fn enter(element: &PhpRef) -> bool {
    element.get().as_array().is_none_or(PhpArray::enter)
}

fn leave(element: &PhpRef) {
    if let Some(array) = element.get().as_array() {
        array.leave();
    }
}

fn visit(
    cx: &mut Context,
    callback: &Callable,
    element: PhpRef,
    key: ArrayKey,
    arg: Option<&Value>,
) -> PhpResult {
    let mut args = vec![Value::reference(element), Value::from(key)];
    args.extend(arg.cloned());
    call(cx, callback, &args).map(|_| ())
}

fn walk_object(
    cx: &mut Context,
    object: &phalanx_value::ObjRef,
    callback: &Callable,
    arg: Option<&Value>,
    recursive: bool,
) -> PhpResult {
    let object = &cx.realize(object)?;
    for prop in crate::var::props::stored(object) {
        let element = match prop.info {
            Some(_) if prop.value.is_undef() => continue,
            Some(info) => {
                let mut value = object.get_slot(info.slot);
                let element = value.make_ref();
                object.set_slot(info.slot, value);
                element
            }
            None => {
                let Some(element) =
                    object.with_dynamic(|table| table.get_mut(prop.name.as_key()).map(Value::make_ref))
                else {
                    continue;
                };
                element
            }
        };
        if recursive && element.get().is_array() {
            walk(cx, &element, callback, arg, true)?;
        } else {
            visit(cx, callback, element, ArrayKey::Str(prop.mangled()), arg)?;
        }
    }
    Ok(())
}
