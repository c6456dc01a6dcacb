//! Lazy objects: their properties come into being when one of them is first used.
//!
//! A lazy object has its declared properties unset, each slot marked [`slot_flag::LAZY`] and `UNINIT`, so that the quick
//! ways to properties miss and `__get` and its like are not asked. Where property access finds nothing it asks
//! [`Context::lazy_target`], which initializes the object and says where to go on:
//!
//! - a **ghost** is filled by its initializer and is an ordinary object from then on;
//! - a **proxy** gets a real instance from its factory and stays empty: all access goes to the instance.
//!
//! `OBJ_LAZY` is set until the object is initialized, `OBJ_PROXY` as long as it is a proxy. Initializer and instance are
//! the object's native state, which classes of scripts have no other use for.
#![allow(unsafe_code, reason = "writes the flags of slots")]

use crate::Context;
use crate::class::{ClassRef, slot_flag};
use crate::thrown::{PhpResult, Thrown};
use phalanx_bytecode::flags::{class as class_flag, member};
use phalanx_value::object::{OBJ_DESTRUCTED, OBJ_LAZY, OBJ_PROXY};
use phalanx_value::{NativeSlot, NativeState, ObjRef, PhpArray, Value};
use std::cell::RefCell;

/// `ReflectionClass::SKIP_INITIALIZATION_ON_SERIALIZE`
pub const SKIP_INITIALIZATION_ON_SERIALIZE: i64 = 8;
/// `ReflectionClass::SKIP_DESTRUCTOR`
pub const SKIP_DESTRUCTOR: i64 = 16;

/// How a lazy object gets its state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Its initializer fills it.
    Ghost,
    /// Its factory makes the object that it stands for.
    Proxy,
}

#[derive(Default)]
struct Lazy {
    initializer: Value,
    instance: Value,
    options: i64,
    initializing: bool,
}

struct State(RefCell<Lazy>);

impl NativeState for State {
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        let lazy = self.0.borrow();
        visit(&lazy.initializer);
        visit(&lazy.instance);
    }

    fn clear(&self) {
        drop(self.0.take());
    }
}

fn state(object: &ObjRef) -> Option<&State> {
    object.native::<State>()
}

/// Whether the object is lazy and not initialized.
pub fn is_uninitialized(object: &ObjRef) -> bool {
    object.has_flags(OBJ_LAZY)
}

/// Whether the object is a proxy, initialized or not.
pub fn is_proxy(object: &ObjRef) -> bool {
    object.has_flags(OBJ_PROXY)
}

/// The object that an initialized proxy stands for.
pub fn instance(object: &ObjRef) -> Option<ObjRef> {
    if !is_proxy(object) {
        return None;
    }
    state(object)?.0.borrow().instance.as_object().cloned()
}

/// The object whose properties count as they are now: nothing is initialized. Casts to arrays look this way.
pub fn as_it_is(object: &ObjRef) -> ObjRef {
    let mut object = object.clone();
    while let Some(real) = instance(&object) {
        object = real;
    }
    object
}

/// The initializer of an object that waits for it.
pub fn initializer(object: &ObjRef) -> Option<Value> {
    is_uninitialized(object).then(|| state(object).map(|state| state.0.borrow().initializer.clone()))?
}

/// Whether `serialize()` leaves the object as it is.
pub fn skips_serialize(object: &ObjRef) -> bool {
    is_uninitialized(object)
        && state(object).is_some_and(|state| state.0.borrow().options & SKIP_INITIALIZATION_ON_SERIALIZE != 0)
}

/// Whether the object's initializer runs.
pub fn is_initializing(object: &ObjRef) -> bool {
    state(object).is_some_and(|state| state.0.borrow().initializing)
}

/// Whether a declared property waits for the initializer.
pub fn is_lazy_slot(object: &ObjRef, slot: u32) -> bool {
    let value = object.get_slot(slot);
    is_uninitialized(object) && value.is_undef() && value.spare() & slot_flag::LAZY != 0
}

/// Ends laziness when no property waits any more.
pub fn settle(object: &ObjRef) {
    if is_uninitialized(object) && (0..object.slot_count()).all(|slot| !is_lazy_slot(object, slot)) {
        finish(object);
    }
}

fn finish(object: &ObjRef) {
    object.clear_flags(OBJ_LAZY | OBJ_PROXY);
    if let Some(state) = state(object) {
        drop(state.0.take());
    }
}

fn lazy_value() -> Value {
    let mut value = Value::UNDEF;
    value.set_spare(slot_flag::UNINIT | slot_flag::LAZY);
    value
}

/// Gives a lazy slot its default value.
pub fn use_default(object: &ObjRef, slot: u32) {
    let default = ClassRef::of(object).default_value(slot).unwrap_or(Value::UNDEF);
    object.set_slot(slot, default);
}

/// Whether `instance` can stand behind a proxy of `class`.
fn compatible(class: ClassRef, instance: ClassRef) -> bool {
    class == instance
        || class.is_a(instance)
            && class.slots.len() == instance.slots.len()
            && class.magic.destruct == instance.magic.destruct
            && class.magic.clone == instance.magic.clone
}

impl Context {
    /// Makes an object wait for `initializer`: a new one, or one that gives up its state.
    pub fn make_lazy(&mut self, object: &ObjRef, kind: Kind, initializer: Value, options: i64) {
        let class = ClassRef::of(object);
        let mut waiting = false;
        for info in &class.slots {
            let kept = info.has(member::READONLY)
                && (class.has(class_flag::FINAL) || info.has(member::FINAL))
                && !object.get_slot(info.slot).is_undef();
            if !kept {
                let old = object.replace_slot(info.slot, lazy_value());
                if let Some(reference) = old.as_ref()
                    && reference.has_type_sources()
                {
                    reference.remove_type_source(info.as_ptr().expose_provenance());
                }
                waiting = true;
            }
        }
        object.set_dynamic(None);
        object.clear_flags(OBJ_LAZY | OBJ_PROXY | OBJ_DESTRUCTED);
        if !waiting {
            return;
        }
        let lazy = Lazy { initializer, options, ..Lazy::default() };
        match state(object) {
            Some(state) => drop(state.0.replace(lazy)),
            None => drop(object.set_native(NativeSlot::new(State(RefCell::new(lazy))))),
        }
        object.set_flags(if kind == Kind::Proxy { OBJ_LAZY | OBJ_PROXY } else { OBJ_LAZY });
    }

    /// Where to look for properties that a lazy object does not have itself, after it was initialized. None for an object
    /// that is not lazy.
    #[inline]
    pub fn lazy_target(&mut self, object: &ObjRef) -> PhpResult<Option<ObjRef>> {
        if !object.has_flags(OBJ_LAZY | OBJ_PROXY) {
            return Ok(None);
        }
        if is_uninitialized(object) {
            return self.initialize_lazy(object).map(Some);
        }
        Ok(instance(object))
    }

    /// The object whose properties count, for what looks at all of them.
    #[inline]
    pub fn realize(&mut self, object: &ObjRef) -> PhpResult<ObjRef> {
        let mut object = object.clone();
        while let Some(real) = self.lazy_target(&object)? {
            if real.ptr_eq(&object) {
                break;
            }
            object = real;
        }
        Ok(object)
    }

    #[cold]
    fn initialize_lazy(&mut self, object: &ObjRef) -> PhpResult<ObjRef> {
        let class = ClassRef::of(object);
        let Some(state) = state(object) else { return Ok(object.clone()) };
        self.init_class(class)?;
        let slots: Vec<Value> = (0..object.slot_count()).map(|slot| object.get_slot(slot)).collect();
        let dynamic = object.dynamic();
        let proxy = is_proxy(object);
        if !proxy {
            for slot in
                (0..object.slot_count()).filter(|&slot| is_lazy_slot(object, slot)).collect::<Vec<_>>()
            {
                use_default(object, slot);
            }
        }
        object.clear_flags(OBJ_LAZY);
        let initializer = {
            let mut lazy = state.0.borrow_mut();
            lazy.initializing = true;
            lazy.initializer.clone()
        };
        let result = self.call_value(&initializer, &[Value::object(object.clone())]);
        state.0.borrow_mut().initializing = false;
        let result = match result {
            Ok(value) if proxy => self.take_instance(object, value.into_deref()),
            Ok(value) if value.is_null() => Ok(object.clone()),
            Ok(_) => Err(self.throw("typeerror", "Lazy object initializer must return NULL or no value")),
            Err(thrown) => Err(thrown),
        };
        match result {
            Ok(real) => {
                let old = std::mem::take(&mut state.0.borrow_mut().initializer);
                drop(old);
                Ok(real)
            }
            Err(thrown) => {
                revert(object, slots, dynamic);
                Err(thrown)
            }
        }
    }

    /// Takes what a factory gave.
    fn take_instance(&mut self, proxy: &ObjRef, value: Value) -> PhpResult<ObjRef> {
        let class = ClassRef::of(proxy);
        let Some(instance) = value.as_object() else {
            let text = format!(
                "Lazy proxy factory must return an instance of a class compatible with {}, {} returned",
                class.shown_name(),
                crate::types::value_name(&value),
            );
            return Err(self.throw("typeerror", text));
        };
        if !compatible(class, ClassRef::of(instance)) {
            let text = format!(
                "The real instance class {} is not compatible with the proxy class {}. The proxy must be a instance of the \
                 same class as the real instance, or a sub-class with no additional properties, and no overrides of the \
                 __destructor or __clone methods.",
                ClassRef::of(instance).shown_name(),
                class.shown_name(),
            );
            return Err(self.throw("typeerror", text));
        }
        if instance.ptr_eq(proxy) || is_uninitialized(instance) {
            return Err(self.throw_error("Lazy proxy factory must return a non-lazy object"));
        }
        // What the factory did to the proxy itself is gone.
        for slot in 0..proxy.slot_count() {
            proxy.set_slot(slot, lazy_value());
        }
        proxy.set_dynamic(None);
        if let Some(state) = state(proxy) {
            state.0.borrow_mut().instance = value.clone();
        }
        Ok(instance.clone())
    }

    /// Ends the laziness of an object without its initializer: the properties get their defaults.
    pub fn mark_initialized(&mut self, object: &ObjRef) -> PhpResult {
        if is_uninitialized(object) {
            self.init_class(ClassRef::of(object))?;
            for slot in
                (0..object.slot_count()).filter(|&slot| is_lazy_slot(object, slot)).collect::<Vec<_>>()
            {
                use_default(object, slot);
            }
            finish(object);
        }
        Ok(())
    }

    /// A clone of an initialized proxy: a proxy for a clone of what it stands for.
    pub(crate) fn clone_proxy(
        &mut self,
        proxy: &ObjRef,
        real: &ObjRef,
        scope: Option<ClassRef>,
    ) -> PhpResult<ObjRef> {
        let instance = self.clone_object(real, scope)?;
        let copy = self.allocate(ClassRef::of(proxy));
        self.make_lazy(&copy, Kind::Proxy, Value::NULL, 0);
        copy.clear_flags(OBJ_LAZY);
        if let Some(state) = state(&copy) {
            state.0.borrow_mut().instance = Value::object(instance);
        }
        Ok(copy)
    }

    /// Calls the destructor of an object that is about to lose its state; a proxy's is its instance's.
    pub fn destruct_for_reset(&mut self, object: &ObjRef) -> PhpResult {
        if is_proxy(object) {
            // The instance goes when the proxy lets it go, with its destructor.
            return Ok(());
        }
        if !object.has_flags(OBJ_DESTRUCTED) {
            object.set_flags(OBJ_DESTRUCTED);
            self.destruct(object)?;
        }
        Ok(())
    }

    /// Refuses to reset an object that is in use.
    pub fn check_resettable(&mut self, object: &ObjRef) -> Result<(), Thrown> {
        if is_initializing(object) {
            return Err(self.throw_error("Can not reset an object while it is being initialized"));
        }
        Ok(())
    }
}

/// Makes the object as it was before its initializer failed.
fn revert(object: &ObjRef, slots: Vec<Value>, dynamic: Option<PhpArray>) {
    for (slot, value) in slots.into_iter().enumerate() {
        let spare = value.spare();
        object.set_slot(slot as u32, value);
        // SAFETY: the slot exists and is initialised; nothing runs while it is borrowed.
        unsafe { (*object.slot_ptr(slot as u32)).set_spare(spare) };
    }
    object.set_dynamic(dynamic);
    object.set_flags(OBJ_LAZY);
}
