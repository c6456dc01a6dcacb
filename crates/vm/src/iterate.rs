//! Walking over anything that can be walked over: iterators in PHP code, generators, plain objects, arrays.
//!
//! # Safety
//!
//! Places of properties are used right after they were found.
#![allow(unsafe_code, reason = "properties become references in place")]

use crate::Context;
use crate::class::ClassRef;
use crate::func::FuncRef;
use crate::props::{Found, Isset, Place, PlaceMode, PropEntry, ReadMode, find, visible_props};
use crate::thrown::PhpResult;
use phalanx_value::{ObjRef, PhpString, Value, View};

/// An iterator whose steps are PHP methods.
pub struct ObjectIterator {
    object: ObjRef,
    rewind: FuncRef,
    valid: FuncRef,
    current: FuncRef,
    key: FuncRef,
    next: FuncRef,
}

impl ObjectIterator {
    /// The iterator that foreach over `object` uses: itself if it is an `Iterator`, or what `getIterator` gives.
    /// None if it is no `Traversable`.
    pub fn of(cx: &mut Context, object: &ObjRef, by_ref: bool) -> PhpResult<Option<ObjectIterator>> {
        let mut object = object.clone();
        loop {
            let class = ClassRef::of(&object);
            let traversable = cx.native_class("traversable");
            if !class.is_a(traversable) {
                return Ok(None);
            }
            if by_ref {
                return Err(cx.throw_error("An iterator cannot be used with foreach by reference"));
            }
            if class.is_a(cx.native_class("iterator")) {
                let method = |name: &[u8]| class.method(name).expect("an Iterator has its methods");
                return Ok(Some(ObjectIterator {
                    rewind: method(b"rewind"),
                    valid: method(b"valid"),
                    current: method(b"current"),
                    key: method(b"key"),
                    next: method(b"next"),
                    object,
                }));
            }
            let get = class.method(b"getiterator").expect("an IteratorAggregate has its method");
            let inner = cx.call_method(&object, get, &[])?;
            match inner.as_object() {
                Some(inner) if ClassRef::of(inner).is_a(traversable) => object = inner.clone(),
                _ => {
                    let name = &class.name;
                    return Err(cx.throw(
                        "Exception",
                        format!("Objects returned by {name}::getIterator() must be traversable or implement interface Iterator"),
                    ));
                }
            }
            if ClassRef::of(&object).native_iterate().is_some() {
                return Ok(Some(ObjectIterator::of_native(cx, object)?));
            }
        }
    }

    fn of_native(cx: &mut Context, object: ObjRef) -> PhpResult<ObjectIterator> {
        let class = ClassRef::of(&object);
        let method = |name: &[u8]| class.method(name);
        match (method(b"rewind"), method(b"valid"), method(b"current"), method(b"key"), method(b"next")) {
            (Some(rewind), Some(valid), Some(current), Some(key), Some(next)) => {
                Ok(ObjectIterator { object, rewind, valid, current, key, next })
            }
            _ => Err(cx.throw_error(format!("Cannot iterate over {} here", class.name))),
        }
    }

    /// Moves to the first element, or to the next one if `started`; its value and key.
    pub fn step(
        &mut self,
        cx: &mut Context,
        started: bool,
        want_key: bool,
    ) -> PhpResult<Option<(Value, Value)>> {
        let advance = if started { self.next } else { self.rewind };
        cx.call_method(&self.object, advance, &[])?;
        let valid = cx.call_method(&self.object, self.valid, &[])?;
        if !cx.to_bool(&valid)? {
            return Ok(None);
        }
        let value = cx.call_method(&self.object, self.current, &[])?;
        let key = if want_key { cx.call_method(&self.object, self.key, &[])? } else { Value::NULL };
        Ok(Some((value, key)))
    }
}

/// A walk over the accessible properties of a plain object.
pub struct PropIterator {
    object: ObjRef,
    scope: Option<ClassRef>,
    entries: Vec<PropEntry>,
    at: usize,
    by_ref: bool,
}

impl PropIterator {
    /// Begins a walk.
    pub fn new(
        cx: &mut Context,
        object: &ObjRef,
        by_ref: bool,
        scope: Option<ClassRef>,
    ) -> PhpResult<PropIterator> {
        let object = cx.realize(object)?;
        let entries = visible_props(&object, scope);
        Ok(PropIterator { object, scope, entries, at: 0, by_ref })
    }

    /// Moves to the next property that is still there; its value and name.
    pub fn step(&mut self, cx: &mut Context, _: bool) -> PhpResult<Option<(Value, Value)>> {
        loop {
            if self.at >= self.entries.len() {
                // Properties that were added meanwhile are walked over too.
                let known: Vec<PhpString> = self.entries.iter().map(|entry| entry.name.clone()).collect();
                let now = visible_props(&self.object, self.scope);
                let before = self.entries.len();
                self.entries.extend(now.into_iter().filter(|entry| !known.contains(&entry.name)));
                if self.entries.len() == before {
                    return Ok(None);
                }
            }
            let name = self.entries[self.at].name.clone();
            self.at += 1;
            if let Some(value) = self.element(cx, &name)? {
                let key = Value::string(name);
                return Ok(Some((value, key)));
            }
        }
    }
}

impl PropIterator {
    /// The value of a property, or a reference to it; none if it is gone.
    fn element(&self, cx: &mut Context, name: &PhpString) -> PhpResult<Option<Value>> {
        let no_cache = std::ptr::null_mut();
        if !cx.has_prop(&self.object, name, self.scope, Isset::Exists, no_cache)? {
            return Ok(None);
        }
        if !self.by_ref {
            return cx.read_prop(&self.object, name, self.scope, ReadMode::Read, no_cache).map(Some);
        }
        if let Found::Declared(info) = find(ClassRef::of(&self.object), name, self.scope)
            && info.has(phalanx_bytecode::flags::member::READONLY)
        {
            let class = info.class.shown_name();
            return Err(
                cx.throw_error(format!("Cannot acquire reference to readonly property {class}::${name}"))
            );
        }
        let wanted = phalanx_bytecode::flags::op::FETCH_REF;
        let place = cx.prop_place(&self.object, name, self.scope, PlaceMode::Write, wanted, no_cache)?;
        Ok(Some(match place {
            // SAFETY: the place was just found.
            Place::Slot(slot) => Value::reference(unsafe { (*slot).make_ref() }),
            Place::Temp(value) => value,
        }))
    }
}

/// What is called for each element: key and value; false ends the walk.
pub type Visit<'a> = dyn FnMut(&mut Context, Value, Value) -> PhpResult<bool> + 'a;

/// Calls `visit` with key and value of each element of an array or Traversable.
pub fn each(cx: &mut Context, source: &Value, visit: &mut Visit<'_>) -> PhpResult {
    match source.view() {
        View::Array(array) => {
            for (key, value) in array.iter() {
                if !visit(cx, Value::from(key.to_owned()), value.deref_clone())? {
                    break;
                }
            }
            Ok(())
        }
        View::Object(object) => {
            let class = ClassRef::of(object);
            if let Some(iterate) = class.native_iterate() {
                let mut iterator = iterate(cx, object, false)?;
                iterator.rewind(cx)?;
                while iterator.valid(cx)? {
                    let value = iterator.current(cx)?.into_deref();
                    let key = iterator.key(cx)?;
                    if !visit(cx, key, value)? {
                        break;
                    }
                    iterator.next(cx)?;
                }
                return Ok(());
            }
            let Some(mut iterator) = ObjectIterator::of(cx, object, false)? else {
                return Err(cx.throw_error("Only arrays and Traversables can be unpacked"));
            };
            let mut started = false;
            while let Some((value, key)) = iterator.step(cx, started, true)? {
                started = true;
                if !visit(cx, key, value.into_deref())? {
                    break;
                }
            }
            Ok(())
        }
        _ => Err(cx.throw_error("Only arrays and Traversables can be unpacked")),
    }
}

/// `count()` of anything.
pub fn count(cx: &mut Context, value: &Value) -> PhpResult<i64> {
    match value.view() {
        View::Array(array) => Ok(array.len() as i64),
        View::Object(object) => {
            let class = ClassRef::of(object);
            if let Some(count) = class.hooks().and_then(|hooks| hooks.count)
                && class.method(b"count").is_none_or(|method| method.as_native().is_some())
            {
                return count(cx, object);
            }
            if class.is_a(cx.native_class("countable")) {
                let method = class.method(b"count").expect("a Countable has its method");
                let result = cx.call_method(object, method, &[])?;
                return cx.to_int(&result);
            }
            Err(not_countable(cx, value))
        }
        View::Ref(reference) => {
            let inner = reference.get();
            count(cx, &inner)
        }
        _ => Err(not_countable(cx, value)),
    }
}

fn not_countable(cx: &mut Context, value: &Value) -> crate::thrown::Thrown {
    let kind = crate::convert::value_name(value);
    cx.throw_type_error(format!(
        "count(): Argument #1 ($value) must be of type Countable|array, {kind} given"
    ))
}
