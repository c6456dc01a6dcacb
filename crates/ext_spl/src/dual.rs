//! IteratorIterator and its descendants: iterators around another one.
//!
//! Each holds the inner iterator and what it gave last, element and key, which it has fetched already.

mod append;
mod caching;
mod filter;
mod limit;
mod plain;
mod regex;

pub use append::APPEND_ITERATOR;
pub use caching::{CACHING_ITERATOR, RECURSIVE_CACHING_ITERATOR};
pub use filter::{
    CALLBACK_FILTER_ITERATOR, FILTER_ITERATOR, PARENT_ITERATOR, RECURSIVE_CALLBACK_FILTER_ITERATOR,
    RECURSIVE_FILTER_ITERATOR,
};
pub use limit::LIMIT_ITERATOR;
pub use plain::{EMPTY_ITERATOR, INFINITE_ITERATOR, ITERATOR_ITERATOR, NO_REWIND_ITERATOR};
pub use regex::{RECURSIVE_REGEX_ITERATOR, REGEX_ITERATOR};

use crate::util::{ask, call, is_a, state, uninitialized};
use phalanx_value::{NativeSlot, NativeState, ObjRef, PhpArray, Value};
use phalanx_vm::class::{ClassRef, Hooks};
use phalanx_vm::{Context, PhpResult};
use std::cell::{Cell, RefCell};

/// State of an object; what a class has no use for stays empty.
struct State {
    inner: RefCell<Option<ObjRef>>,
    data: RefCell<Value>,
    key: RefCell<Value>,
    pos: Cell<i64>,
    /// Flags of CachingIterator and RegexIterator.
    flags: Cell<i64>,
    /// LimitIterator: the first element, and how many (-1: all). RegexIterator: mode and flags of preg.
    range: Cell<(i64, i64)>,
    /// The callback of a filter, or the pattern.
    callback: RefCell<Value>,
    /// CachingIterator: the text of the element, its children, all elements so far.
    text: RefCell<Value>,
    children: RefCell<Value>,
    cache: RefCell<PhpArray>,
}

impl NativeState for State {
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        if let Some(inner) = &*self.inner.borrow() {
            inner.visit(visit);
        }
        for value in [&self.data, &self.key, &self.callback, &self.text, &self.children] {
            visit(&value.borrow());
        }
        visit(self.cache.borrow().as_value());
    }

    fn clear(&self) {
        drop(self.inner.take());
        for value in [&self.data, &self.key, &self.callback, &self.text, &self.children] {
            drop(value.replace(Value::UNDEF));
        }
        drop(self.cache.take());
    }
}

static HOOKS: Hooks = Hooks { create: Some(create), clone: Some(clone), ..Hooks::NONE };

fn create(_: &mut Context, this: &ObjRef) {
    let new = State {
        inner: RefCell::new(None),
        data: RefCell::new(Value::UNDEF),
        key: RefCell::new(Value::UNDEF),
        pos: Cell::new(0),
        flags: Cell::new(0),
        range: Cell::new((0, -1)),
        callback: RefCell::new(Value::NULL),
        text: RefCell::new(Value::UNDEF),
        children: RefCell::new(Value::UNDEF),
        cache: RefCell::new(PhpArray::new()),
    };
    let _ = this.set_native(NativeSlot::new(new));
}

fn clone(_: &mut Context, old: &ObjRef, new: &ObjRef) -> PhpResult {
    let (from, to) = (own(old), own(new));
    to.inner.replace(from.inner.borrow().clone());
    to.data.replace(from.data.borrow().clone());
    to.key.replace(from.key.borrow().clone());
    to.pos.set(from.pos.get());
    to.flags.set(from.flags.get());
    to.range.set(from.range.get());
    to.callback.replace(from.callback.borrow().clone());
    to.text.replace(from.text.borrow().clone());
    to.children.replace(from.children.borrow().clone());
    to.cache.replace(from.cache.borrow().clone());
    Ok(())
}

fn own(this: &ObjRef) -> &State {
    state::<State>(this)
}

/// The inner iterator.
fn inner(cx: &mut Context, this: &ObjRef) -> PhpResult<ObjRef> {
    let inner = own(this).inner.borrow().clone();
    match inner {
        Some(inner) => Ok(inner),
        None => Err(uninitialized(cx)),
    }
}

/// The iterator behind a Traversable.
fn iterator_of(cx: &mut Context, source: &ObjRef) -> PhpResult<ObjRef> {
    let mut object = source.clone();
    while !is_a(cx, &object, "iterator") {
        let class = ClassRef::of(&object);
        let next = call(cx, &object, "getiterator", &[])?;
        match next.into_object() {
            Some(next) if is_a(cx, &next, "traversable") => object = next,
            _ => {
                let text = format!(
                    "{}::getIterator() must return an object that implements Traversable",
                    class.shown_name()
                );
                return Err(cx.throw("logicexception", text));
            }
        }
    }
    Ok(object)
}

/// Takes the inner iterator that a constructor was given.
fn set_inner(cx: &mut Context, this: &ObjRef, source: &ObjRef) -> PhpResult {
    if own(this).inner.borrow().is_some() {
        let class = crate::util::class_name(this);
        let text = format!("{class}::getIterator() must be called exactly once per instance");
        return Err(cx.throw("badmethodcallexception", text));
    }
    let iterator = iterator_of(cx, source)?;
    own(this).inner.replace(Some(iterator));
    Ok(())
}

/// Forgets the element.
fn free(this: &ObjRef) {
    let own = own(this);
    drop(own.data.replace(Value::UNDEF));
    drop(own.key.replace(Value::UNDEF));
    drop(own.text.replace(Value::UNDEF));
    drop(own.children.replace(Value::UNDEF));
}

fn rewind_inner(cx: &mut Context, this: &ObjRef) -> PhpResult {
    free(this);
    own(this).pos.set(0);
    let inner = inner(cx, this)?;
    call(cx, &inner, "rewind", &[]).map(drop)
}

fn next_inner(cx: &mut Context, this: &ObjRef) -> PhpResult {
    free(this);
    let inner = inner(cx, this)?;
    call(cx, &inner, "next", &[])?;
    own(this).pos.set(own(this).pos.get() + 1);
    Ok(())
}

/// Takes the element that the inner iterator stands at; false if there is none.
fn fetch(cx: &mut Context, this: &ObjRef, check: bool) -> PhpResult<bool> {
    free(this);
    let inner = inner(cx, this)?;
    if check && !ask(cx, &inner, "valid")? {
        return Ok(false);
    }
    let data = call(cx, &inner, "current", &[])?;
    own(this).data.replace(data);
    let key = call(cx, &inner, "key", &[])?;
    own(this).key.replace(key);
    Ok(true)
}

fn is_valid(this: &ObjRef) -> bool {
    !own(this).data.borrow().is_undef()
}

/// What a getter shows: null where there is nothing.
fn shown(value: &RefCell<Value>) -> Value {
    let value = value.borrow();
    if value.is_undef() { Value::NULL } else { value.clone() }
}
