//! ArrayObject and ArrayIterator: what they have in common.
//!
//! Both hold a store: an array of their own, the properties of an object, or another of their kind, whose store it then
//! is. A position is a place in the table of the store, which stays good while elements come and go.

mod iterator;
mod object;
mod serialize;
mod sort;

pub use iterator::{ARRAY_ITERATOR, RECURSIVE_ARRAY_ITERATOR};
pub use object::ARRAY_OBJECT;

use crate::util::{class_name, state};
use phalanx_macros::php_method;
use phalanx_value::{ArrayKey, Key, NativeSlot, NativeState, ObjRef, PhpArray, PhpString, Value, View};
use phalanx_vm::class::{ClassRef, DimMode, Hooks};
use phalanx_vm::dims;
use phalanx_vm::{Context, PhpResult};
use std::cell::{Cell, RefCell};
use std::ptr;

/// Elements are properties of the object too.
const ARRAY_AS_PROPS: i64 = 2;
/// Flags that scripts may set.
const USER_FLAGS: i64 = 0xFFFF;

/// Where the elements are.
#[derive(Clone)]
enum Store {
    Array(PhpArray),
    Object(ObjRef),
    Other(ObjRef),
}

/// State of an object.
struct State {
    store: RefCell<Store>,
    flags: Cell<i64>,
    pos: Cell<u32>,
    iterator_class: Cell<Option<ClassRef>>,
    sorting: Cell<u32>,
}

impl NativeState for State {
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        if let Ok(store) = self.store.try_borrow() {
            match &*store {
                Store::Array(array) => visit(array.as_value()),
                Store::Object(object) | Store::Other(object) => object.visit(visit),
            }
        }
    }

    fn clear(&self) {
        drop(self.store.replace(Store::Array(PhpArray::new())));
    }
}

static HOOKS: Hooks = Hooks {
    create: Some(create),
    clone: Some(clone),
    count: Some(|_, this| Ok(table(this).len() as i64)),
    debug_info: Some(|_, this| Ok(debug_table(this))),
    to_array: Some(|_, this| {
        Ok(if state::<State>(this).flags.get() & 1 != 0 {
            phalanx_vm::props::to_array(this)
        } else {
            table(this)
        })
    }),
    read_dim: Some(read_dim),
    write_dim: Some(write_dim),
    has_dim: Some(has_dim),
    unset_dim: Some(unset_dim),
    read_prop: Some(read_prop),
    write_prop: Some(write_prop),
    has_prop: Some(has_prop),
    unset_prop: Some(unset_prop),
    compare: Some(compare),
    ..Hooks::NONE
};

fn create(_: &mut Context, this: &ObjRef) {
    let new = State {
        store: RefCell::new(Store::Array(PhpArray::new())),
        flags: Cell::new(0),
        pos: Cell::new(0),
        iterator_class: Cell::new(None),
        sorting: Cell::new(0),
    };
    let _ = this.set_native(NativeSlot::new(new));
}

fn clone(_: &mut Context, old: &ObjRef, new: &ObjRef) -> PhpResult {
    let (from, to) = (state::<State>(old), state::<State>(new));
    let store = from.store.borrow().clone();
    let store = match store {
        // An ArrayObject takes a copy of what it shows; an iterator goes on to show the same.
        Store::Other(_) if ClassRef::of(old).is_named(b"arrayobject") => Store::Array(table(old)),
        Store::Object(_) if ClassRef::of(old).is_named(b"arrayobject") => Store::Array(table(old)),
        store => store,
    };
    to.store.replace(store);
    to.flags.set(from.flags.get());
    to.pos.set(from.pos.get());
    to.iterator_class.set(from.iterator_class.get());
    Ok(())
}

fn compare(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<Option<std::cmp::Ordering>> {
    let (Some(a), Some(b)) = (a.as_object(), b.as_object()) else { return Ok(None) };
    if a.native::<State>().is_none() || b.native::<State>().is_none() {
        return Ok(None);
    }
    let (first, second) = (Value::array(table(a)), Value::array(table(b)));
    let order = phalanx_vm::compare::order(cx, &first, &second)?;
    if !order.is_eq() {
        return Ok(Some(order));
    }
    let (first, second) = (phalanx_vm::props::raw_table(a), phalanx_vm::props::raw_table(b));
    phalanx_vm::compare::order(cx, &Value::array(first), &Value::array(second)).map(Some)
}

/// The object that has the store.
fn root(this: &ObjRef) -> ObjRef {
    let mut object = this.clone();
    loop {
        let store = state::<State>(&object).store.borrow().clone();
        match store {
            Store::Other(other) => object = other,
            _ => return object,
        }
    }
}

/// The elements.
fn table(this: &ObjRef) -> PhpArray {
    let root = root(this);
    let store = state::<State>(&root).store.borrow();
    match &*store {
        Store::Array(array) => array.clone(),
        Store::Object(object) => {
            let mut table = phalanx_vm::props::to_array(object);
            table.retain(|key, _| key.as_str().is_none_or(|name| name.first() != Some(&0)));
            table
        }
        Store::Other(_) => PhpArray::new(),
    }
}

/// Lets `f` change the elements; null if the store is an object, which is the result then.
fn change<T>(
    cx: &mut Context,
    this: &ObjRef,
    f: impl FnOnce(&mut PhpArray) -> T,
) -> PhpResult<Result<T, ObjRef>> {
    let root = root(this);
    let own = state::<State>(&root);
    if own.sorting.get() != 0 {
        return Err(cx.throw_error("Modification of ArrayObject during sorting is prohibited"));
    }
    let mut store = own.store.borrow_mut();
    match &mut *store {
        Store::Array(array) => Ok(Ok(f(array))),
        Store::Object(object) | Store::Other(object) => Ok(Err(object.clone())),
    }
}

/// What dumps and `__debugInfo` show.
fn debug_table(this: &ObjRef) -> PhpArray {
    let storage = match &*state::<State>(this).store.borrow() {
        Store::Array(array) => Value::array(array.clone()),
        Store::Object(object) | Store::Other(object) => Value::object(object.clone()),
    };
    let class = if ClassRef::of(this).is_named(b"arrayiterator") { "ArrayIterator" } else { "ArrayObject" };
    crate::util::with_private(this, class, vec![("storage", storage)])
}

fn key_of(cx: &mut Context, this: &ObjRef, offset: &Value, test: bool) -> PhpResult<ArrayKey> {
    match offset.view() {
        View::Array(_) | View::Object(_) => {
            let kind = phalanx_vm::convert::value_name(offset);
            let class = class_name(&root(this));
            Err(cx.throw_type_error(if test {
                format!("Cannot access offset of type {kind} in isset or empty")
            } else {
                format!("Cannot access offset of type {kind} on {class}")
            }))
        }
        _ => dims::array_key(cx, offset, dims::KeyUse::Access),
    }
}

fn read_dim(cx: &mut Context, this: &ObjRef, offset: Option<&Value>, mode: DimMode) -> PhpResult<Value> {
    let null = Value::NULL;
    let writes = mode == DimMode::Write || mode == DimMode::Unset;
    if writes && offset.is_none() {
        let made = change(cx, this, |table| {
            if table.push(Value::NULL).is_err() {
                return None;
            }
            let last = table.last_pos();
            table.pos_value_mut(last).map(|value| Value::reference(value.make_ref()))
        })?;
        return match made {
            Ok(Some(value)) => Ok(value),
            Ok(None) => Err(cx.throw_error(dims::NEXT_OCCUPIED)),
            Err(_) => Ok(Value::NULL),
        };
    }
    let key = key_of(cx, this, offset.unwrap_or(&null), false)?;
    if writes {
        let made = change(cx, this, |table| {
            let value = table.get_or_insert(&key);
            if value.is_undef() {
                *value = Value::NULL;
            }
            Value::reference(value.make_ref())
        })?;
        match made {
            Ok(value) => return Ok(value),
            Err(object) => {
                let name = key.as_key().to_string();
                return cx.read_prop(
                    &object,
                    &name,
                    None,
                    phalanx_vm::props::ReadMode::Read,
                    ptr::null_mut(),
                );
            }
        }
    }
    match table(this).get(&key) {
        Some(value) => Ok(value.deref_clone()),
        None if mode == DimMode::Isset => Ok(Value::NULL),
        None => {
            dims::undefined_key(cx, &key)?;
            Ok(Value::NULL)
        }
    }
}

fn write_dim(cx: &mut Context, this: &ObjRef, offset: Option<&Value>, value: Value) -> PhpResult {
    let Some(offset) = offset else {
        let pushed = change(cx, this, |table| table.push(value.clone()).is_ok())?;
        return match pushed {
            Ok(true) => Ok(()),
            Ok(false) => Err(cx.throw_error(dims::NEXT_OCCUPIED)),
            Err(_) => {
                let class = class_name(this);
                Err(cx.throw_error(format!(
                    "Cannot append properties to objects, use {class}::offsetSet() instead"
                )))
            }
        };
    };
    let key = key_of(cx, this, offset, false)?;
    let old = change(cx, this, |table| match table.get(&key).and_then(|old| old.as_ref().cloned()) {
        Some(reference) => reference.replace(value.clone()),
        None => table.insert(&key, value.clone()).unwrap_or(Value::NULL),
    })?;
    if let Err(object) = old {
        cx.write_prop(&object, &key.as_key().to_string(), value, None, ptr::null_mut())?;
    }
    Ok(())
}

fn has_dim(cx: &mut Context, this: &ObjRef, offset: &Value, not_empty: bool) -> PhpResult<bool> {
    let key = key_of(cx, this, offset, true)?;
    match table(this).get(&key) {
        Some(value) if not_empty => cx.to_bool(&value.deref_clone()),
        Some(value) => Ok(!value.deref_clone().is_null()),
        None => Ok(false),
    }
}

fn unset_dim(cx: &mut Context, this: &ObjRef, offset: &Value) -> PhpResult {
    let key = key_of(cx, this, offset, false)?;
    let old = change(cx, this, |table| table.remove(&key))?;
    if let Err(object) = old {
        cx.unset_prop(&object, &key.as_key().to_string(), None, ptr::null_mut())?;
    }
    Ok(())
}

/// Whether a property that is not declared is an element.
fn is_element(this: &ObjRef, name: &PhpString) -> bool {
    state::<State>(this).flags.get() & ARRAY_AS_PROPS != 0
        && ClassRef::of(this).props.get(name).is_none_or(|info| info.slot >= this.slot_count())
}

fn read_prop(cx: &mut Context, this: &ObjRef, name: &PhpString) -> PhpResult<Option<Value>> {
    if !is_element(this, name) {
        return Ok(None);
    }
    dims::read_object(cx, this, Some(&Value::string(name.clone())), DimMode::Read).map(Some)
}

fn write_prop(cx: &mut Context, this: &ObjRef, name: &PhpString, value: &Value) -> PhpResult<bool> {
    if !is_element(this, name) {
        return Ok(false);
    }
    dims::write_object(cx, this, Some(&Value::string(name.clone())), value.clone())?;
    Ok(true)
}

fn has_prop(cx: &mut Context, this: &ObjRef, name: &PhpString, not_empty: bool) -> PhpResult<Option<bool>> {
    if !is_element(this, name) {
        return Ok(None);
    }
    let (object, key) = (Value::object(this.clone()), Value::string(name.clone()));
    dims::is_set(cx, &object, &key, not_empty).map(Some)
}

fn unset_prop(cx: &mut Context, this: &ObjRef, name: &PhpString) -> PhpResult<bool> {
    if !is_element(this, name) {
        return Ok(false);
    }
    unset_dim(cx, this, &Value::string(name.clone()))?;
    Ok(true)
}

/// Gives the object a new store, made of an array or an object.
fn set_store(cx: &mut Context, this: &ObjRef, value: &Value) -> PhpResult {
    let own = state::<State>(this);
    let store = match value.view() {
        View::Array(array) => Store::Array(array.clone()),
        View::Object(object) if object.native::<State>().is_some() => {
            if object.ptr_eq(this) {
                Store::Array(table(this))
            } else {
                Store::Other(object.clone())
            }
        }
        View::Object(object) => {
            let class = ClassRef::of(object);
            if class.has(phalanx_vm::flags::class::ENUM) {
                let text = format!("Enums are not compatible with {}", class_name(this));
                return Err(cx.throw("invalidargumentexception", text));
            }
            if class.native_base.is_some() && object.native_dyn().is_some() {
                let text = format!(
                    "Overloaded object of type {} is not compatible with objects of type {}",
                    class.shown_name(),
                    class_name(this)
                );
                return Err(cx.throw("invalidargumentexception", text));
            }
            Store::Object(object.clone())
        }
        _ => return Err(cx.arg_type_error(1, "array", value)),
    };
    drop(own.store.replace(store));
    own.pos.set(0);
    Ok(())
}

#[php_method("ArrayObject::offsetExists(mixed $key): bool", tentative)]
fn offset_exists(cx: &mut Context, this: &ObjRef, key: Value) -> PhpResult<bool> {
    let key = key_of(cx, this, &key, true)?;
    Ok(table(this).contains(&key))
}

#[php_method("ArrayObject::offsetGet(mixed $key): mixed", tentative)]
fn offset_get(cx: &mut Context, this: &ObjRef, key: Value) -> PhpResult<Value> {
    read_dim(cx, this, Some(&key), DimMode::Read)
}

#[php_method("ArrayObject::offsetSet(mixed $key, mixed $value): void", tentative)]
fn offset_set(cx: &mut Context, this: &ObjRef, key: Value, value: Value) -> PhpResult {
    let key = Some(&key).filter(|key| !key.is_null());
    write_dim(cx, this, key, value)
}

#[php_method("ArrayObject::append(mixed $value): void", tentative)]
fn append(cx: &mut Context, this: &ObjRef, value: Value) -> PhpResult {
    dims::write_object(cx, this, None, value)
}

#[php_method("ArrayObject::offsetUnset(mixed $key): void", tentative)]
fn offset_unset(cx: &mut Context, this: &ObjRef, key: Value) -> PhpResult {
    unset_dim(cx, this, &key)
}

#[php_method("ArrayObject::getArrayCopy(): array", tentative)]
fn get_array_copy(this: &ObjRef) -> PhpArray {
    table(this)
}

#[php_method("ArrayObject::count(): int", tentative)]
fn count(this: &ObjRef) -> i64 {
    table(this).len() as i64
}

#[php_method("ArrayObject::getFlags(): int", tentative)]
fn get_flags(this: &ObjRef) -> i64 {
    state::<State>(this).flags.get() & USER_FLAGS
}

#[php_method("ArrayObject::setFlags(int $flags): void", tentative)]
fn set_flags(this: &ObjRef, flags: i64) {
    state::<State>(this).flags.set(flags & USER_FLAGS);
}

#[php_method("ArrayObject::__debugInfo(): array", tentative, rename = DEBUG_INFO)]
fn debug_info(this: &ObjRef) -> PhpArray {
    debug_table(this)
}

/// Position of the current element.
fn position(this: &ObjRef, table: &PhpArray) -> u32 {
    table.pos_from(state::<State>(this).pos.get())
}

/// Key and value at the current position.
fn current_entry(this: &ObjRef) -> Option<(ArrayKey, Value)> {
    let table = table(this);
    let at = position(this, &table);
    table.pos_entry(at).map(|(key, value): (Key<'_>, &Value)| (key.to_owned(), value.deref_clone()))
}
