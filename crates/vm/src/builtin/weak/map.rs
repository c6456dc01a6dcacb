//! The class WeakMap.
//!
//! # Safety
//!
//! See [`super`].
#![allow(unsafe_code, reason = "turns addresses of live objects into handles")]

use super::{mark, object_at, with_known};
use crate::Context;
use crate::builtin::interfaces::internal_iterator;
use crate::class::{ClassRef, DimMode, Hooks, NativeIterator};
use crate::thrown::{PhpResult, Thrown};
use phalanx_macros::{native_class, php_method};
use phalanx_value::{Key, NativeSlot, NativeState, ObjRef, PhpArray, Value};
use std::cell::RefCell;
use std::rc::Rc;

native_class! {
    /// <https://www.php.net/class.weakmap>
    pub(crate) static WEAK_MAP = "final class WeakMap implements ArrayAccess, Countable, IteratorAggregate";
    flags: not_serializable, no_dynamic_props;
    hooks: HOOKS;
    methods: OFFSET_GET, OFFSET_SET, OFFSET_EXISTS, OFFSET_UNSET, COUNT, GET_ITERATOR;
}

static HOOKS: Hooks = Hooks {
    create: Some(create),
    clone: Some(clone),
    count: Some(|_, this| Ok(entries(this).len() as i64)),
    debug_info: Some(debug_info),
    read_dim: Some(read_dim),
    write_dim: Some(write_dim),
    has_dim: Some(has_dim),
    unset_dim: Some(unset_dim),
    iterate: Some(iterate),
    ..Hooks::NONE
};

/// Values by the address of the object that is their key.
#[derive(Default)]
pub(super) struct Entries(RefCell<PhpArray>);

impl Entries {
    /// The key goes.
    pub(super) fn forget(&self, address: usize) {
        let value = self.0.borrow_mut().remove(address as i64);
        drop(value);
    }

    fn len(&self) -> usize {
        self.0.borrow().len()
    }

    fn get(&self, address: usize) -> Option<Value> {
        self.0.borrow().get_int(address as i64).map(Value::deref_clone)
    }

    /// The first key at or behind a position, its value, and where it stands.
    fn entry_from(&self, pos: u32) -> Option<(u32, usize, Value)> {
        let entries = self.0.borrow();
        let at = entries.pos_from(pos);
        let (key, value) = entries.pos_entry(at)?;
        match key {
            Key::Int(address) => Some((at, address as usize, value.clone())),
            Key::Str(_) => None,
        }
    }
}

struct State(Rc<Entries>);

impl NativeState for State {
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        for value in self.0.0.borrow().values() {
            visit(value);
        }
    }

    fn clear(&self) {
        let entries = self.0.0.replace(PhpArray::new());
        drop(entries);
    }
}

impl Drop for State {
    fn drop(&mut self) {
        let entries = self.0.0.replace(PhpArray::new());
        for key in entries.keys() {
            if let Key::Int(address) = key {
                with_known(address as usize, |known| known.maps.retain(|map| !Rc::ptr_eq(map, &self.0)));
            }
        }
        drop(entries);
    }
}

fn entries(this: &ObjRef) -> Rc<Entries> {
    this.native::<State>().map_or_else(Rc::default, |state| state.0.clone())
}

fn create(_: &mut Context, this: &ObjRef) {
    let _ = this.set_native(NativeSlot::new(State(Rc::default())));
}

fn clone(_: &mut Context, old: &ObjRef, new: &ObjRef) -> PhpResult {
    let (from, to) = (entries(old), entries(new));
    let mut pos = 0;
    while let Some((at, address, value)) = from.entry_from(pos) {
        add(&to, address, value.into_deref());
        pos = at + 1;
    }
    Ok(())
}

fn add(entries: &Rc<Entries>, address: usize, value: Value) {
    let old = entries.0.borrow_mut().insert(address as i64, value);
    if old.is_none() {
        with_known(address, |known| known.maps.push(entries.clone()));
    }
    drop(old);
}

fn key(cx: &mut Context, offset: &Value) -> PhpResult<ObjRef> {
    match offset.deref_clone().into_object() {
        Some(object) => Ok(object),
        None => Err(cx.throw_type_error("WeakMap key must be an object")),
    }
}

fn missing(cx: &mut Context, key: &ObjRef) -> Thrown {
    let class = ClassRef::of(key);
    let name = class.shown_name();
    cx.throw_error(format!("Object {name}#{} not contained in WeakMap", key.handle()))
}

fn read_dim(cx: &mut Context, this: &ObjRef, offset: Option<&Value>, mode: DimMode) -> PhpResult<Value> {
    let Some(offset) = offset else { return Err(cx.throw_error("Cannot append to WeakMap")) };
    let key = key(cx, offset)?;
    let entries = entries(this);
    let address = key.raw().addr();
    if entries.get(address).is_none() {
        return if mode == DimMode::Isset { Ok(Value::NULL) } else { Err(missing(cx, &key)) };
    }
    if mode == DimMode::Write || mode == DimMode::Unset {
        let mut table = entries.0.borrow_mut();
        let reference = table.get_mut(address as i64).expect("looked at before").make_ref();
        return Ok(Value::reference(reference));
    }
    Ok(entries.get(address).unwrap_or(Value::NULL))
}

fn write_dim(cx: &mut Context, this: &ObjRef, offset: Option<&Value>, value: Value) -> PhpResult {
    let Some(offset) = offset else { return Err(cx.throw_error("Cannot append to WeakMap")) };
    let key = key(cx, offset)?;
    let entries = entries(this);
    let address = mark(&key);
    let reference = entries.0.borrow().get_int(address as i64).and_then(|old| old.as_ref().cloned());
    match reference {
        Some(reference) => reference.set(value),
        None => add(&entries, address, value),
    }
    Ok(())
}

fn has_dim(cx: &mut Context, this: &ObjRef, offset: &Value, not_empty: bool) -> PhpResult<bool> {
    let key = key(cx, offset)?;
    match entries(this).get(key.raw().addr()) {
        Some(value) if not_empty => cx.to_bool(&value),
        Some(value) => Ok(!value.is_null()),
        None => Ok(false),
    }
}

fn unset_dim(cx: &mut Context, this: &ObjRef, offset: &Value) -> PhpResult {
    let key = key(cx, offset)?;
    let entries = entries(this);
    let address = key.raw().addr();
    let old = entries.0.borrow_mut().remove(address as i64);
    if old.is_some() {
        with_known(address, |known| known.maps.retain(|map| !Rc::ptr_eq(map, &entries)));
    }
    drop(old);
    Ok(())
}

fn debug_info(_: &mut Context, this: &ObjRef) -> PhpResult<PhpArray> {
    let entries = entries(this);
    let mut info = PhpArray::new();
    let mut pos = 0;
    while let Some((at, address, value)) = entries.entry_from(pos) {
        let mut pair = PhpArray::new();
        // SAFETY: keys of the map are alive.
        pair.insert_bytes("key", Value::object(unsafe { object_at(address) }));
        pair.insert_bytes("value", value);
        info.push_value(Value::array(pair));
        pos = at + 1;
    }
    Ok(info)
}

/// Walks over a map; entries that come and go meanwhile do no harm.
struct MapIterator {
    map: ObjRef,
    pos: u32,
    by_ref: bool,
}

fn iterate(_: &mut Context, this: &ObjRef, by_ref: bool) -> PhpResult<Box<dyn NativeIterator>> {
    Ok(Box::new(MapIterator { map: this.clone(), pos: 0, by_ref }))
}

impl NativeIterator for MapIterator {
    fn rewind(&mut self, _: &mut Context) -> PhpResult {
        self.pos = 0;
        Ok(())
    }

    fn valid(&mut self, _: &mut Context) -> PhpResult<bool> {
        Ok(entries(&self.map).entry_from(self.pos).is_some())
    }

    fn current(&mut self, _: &mut Context) -> PhpResult<Value> {
        let entries = entries(&self.map);
        let Some((_, address, value)) = entries.entry_from(self.pos) else { return Ok(Value::NULL) };
        if !self.by_ref {
            return Ok(value.into_deref());
        }
        let mut table = entries.0.borrow_mut();
        let place = table.get_mut(address as i64);
        Ok(place.map_or(Value::NULL, |place| Value::reference(place.make_ref())))
    }

    fn key(&mut self, _: &mut Context) -> PhpResult<Value> {
        let found = entries(&self.map).entry_from(self.pos);
        // SAFETY: keys of the map are alive.
        Ok(found.map_or(Value::NULL, |(_, address, _)| Value::object(unsafe { object_at(address) })))
    }

    fn next(&mut self, _: &mut Context) -> PhpResult {
        if let Some((at, ..)) = entries(&self.map).entry_from(self.pos) {
            self.pos = at + 1;
        }
        Ok(())
    }

    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        let _ = visit;
    }
}

#[php_method("WeakMap::offsetGet($object): mixed")]
fn offset_get(cx: &mut Context, this: &ObjRef, object: Value) -> PhpResult<Value> {
    read_dim(cx, this, Some(&object), DimMode::Read)
}

#[php_method("WeakMap::offsetSet($object, mixed $value): void")]
fn offset_set(cx: &mut Context, this: &ObjRef, object: Value, value: Value) -> PhpResult {
    if object.is_null() {
        return Err(cx.throw_error("Cannot append to WeakMap"));
    }
    write_dim(cx, this, Some(&object), value)
}

#[php_method("WeakMap::offsetExists($object): bool")]
fn offset_exists(cx: &mut Context, this: &ObjRef, object: Value) -> PhpResult<bool> {
    has_dim(cx, this, &object, false)
}

#[php_method("WeakMap::offsetUnset($object): void")]
fn offset_unset(cx: &mut Context, this: &ObjRef, object: Value) -> PhpResult {
    unset_dim(cx, this, &object)
}

#[php_method("WeakMap::count(): int")]
fn count(this: &ObjRef) -> i64 {
    entries(this).len() as i64
}

#[php_method("WeakMap::getIterator(): Iterator")]
fn get_iterator(cx: &mut Context, this: &ObjRef) -> PhpResult<ObjRef> {
    let iterator = iterate(cx, this, false)?;
    internal_iterator::wrap(cx, iterator)
}
