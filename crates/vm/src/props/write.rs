//! Assigning to properties.

use super::guard::Magic;
use super::{Found, dynamic_place, find_cached, may_set, reference, slot_of};
use crate::Context;
use crate::class::{ClassRef, NO_SLOT, PropRef, slot_flag, state};
use crate::func::CacheSlot;
use crate::thrown::PhpResult;
use crate::types::TypeScope;
use phalanx_bytecode::flags::member;
use phalanx_value::{Key, ObjRef, PhpString, Value};

impl Context {
    /// `$object->name = value` for code in `scope`; the result is the value as it was stored.
    pub fn write_prop(
        &mut self,
        object: &ObjRef,
        name: &PhpString,
        value: Value,
        scope: Option<ClassRef>,
        cache: *mut CacheSlot,
    ) -> PhpResult<Value> {
        let class = ClassRef::of(object);
        if let Some(write) = class.hook(|hooks| hooks.write_prop)
            && write(self, object, name, &value)?
        {
            return Ok(value);
        }
        let found = find_cached(class, name, scope, cache);
        match found {
            Found::Declared(info) => {
                if info.has_hooks() && self.calls_hook(object, info) {
                    return self.write_hooked(object, info, value, scope);
                }
                if info.slot == NO_SLOT {
                    return Err(self.virtual_access(info, "write to"));
                }
                let slot = slot_of(object, info);
                // SAFETY: the slot is initialised.
                let (undef, spare) = unsafe { ((*slot).is_undef(), (*slot).spare()) };
                if !undef {
                    return self.store_declared(object, info, value, scope);
                }
                if spare & slot_flag::LAZY != 0
                    && let Some(real) = self.lazy_target(object)?
                {
                    return self.on_real((object, &real), name, Magic::Set, |cx| {
                        cx.write_prop(&real, name, value, scope, std::ptr::null_mut())
                    });
                }
                if spare & slot_flag::UNINIT != 0 || class.magic.set.is_none() {
                    return self.initialize(object, info, value, scope);
                }
            }
            Found::Dynamic | Found::Static(_) => {
                if let Some(place) = dynamic_place(object, name) {
                    // SAFETY: the place is live; nothing runs before it is used.
                    return unsafe { reference::store(self, place, value) };
                }
            }
            Found::Denied(_) | Found::BadName => {}
        }
        if let Some(method) = class.magic.set
            && self.oop.guards.enter(object, name, Magic::Set)
        {
            let result = self.call_method(object, method, &[Value::string(name.clone()), value.clone()]);
            self.oop.guards.leave(object, name, Magic::Set);
            result?;
            return Ok(value);
        }
        if matches!(found, Found::Dynamic | Found::Static(_))
            && let Some(real) = self.lazy_target(object)?
        {
            return self.on_real((object, &real), name, Magic::Set, |cx| {
                cx.write_prop(&real, name, value, scope, std::ptr::null_mut())
            });
        }
        match found {
            Found::Declared(info) => self.initialize(object, info, value, scope),
            Found::Denied(info) => Err(self.denied(info, class)),
            Found::BadName => Err(self.bad_property_name()),
            Found::Static(info) => {
                self.static_notice(info, class)?;
                self.add_dynamic(object, name, value)
            }
            Found::Dynamic => self.add_dynamic(object, name, value),
        }
    }

    /// Assigns to a declared property that has a value.
    fn store_declared(
        &mut self,
        object: &ObjRef,
        info: PropRef,
        mut value: Value,
        scope: Option<ClassRef>,
    ) -> PhpResult<Value> {
        let slot = slot_of(object, info);
        if info.has(member::READONLY | member::PRIVATE_SET | member::PROTECTED_SET) {
            // SAFETY: the slot is initialised.
            let again = unsafe { (*slot).spare() } & slot_flag::REINIT != 0;
            if info.has(member::READONLY) && !again {
                return Err(self.readonly_error(info, "modify"));
            }
            if !may_set(info, scope) {
                return Err(self.set_denied(info, "modify", scope));
            }
        }
        if info.ty.is_some() {
            let strict = self.strict_types();
            if !self.fit_prop(info, &mut value, strict)? {
                return Err(self.property_type_error(info, &value));
            }
        }
        // Conversions may have run PHP code, but the slot is still there.
        // SAFETY: the slot is initialised.
        unsafe { reference::store(self, slot_of(object, info), value) }
    }

    /// Assigns to a declared property that has no value.
    fn initialize(
        &mut self,
        object: &ObjRef,
        info: PropRef,
        mut value: Value,
        scope: Option<ClassRef>,
    ) -> PhpResult<Value> {
        if !may_set(info, scope) {
            return Err(self.set_denied(info, "modify", scope));
        }
        if info.ty.is_some() {
            let strict = self.strict_types();
            if !self.fit_prop(info, &mut value, strict)? {
                return Err(self.property_type_error(info, &value));
            }
        }
        object.set_slot(info.slot, value.clone());
        Ok(value)
    }

    /// Gives a declared property a value, or a reference, past visibility, hooks and `readonly`: for objects that are
    /// being put together from outside. The value must be of the property's type as it stands.
    pub fn init_prop(&mut self, object: &ObjRef, info: PropRef, value: Value) -> PhpResult {
        if info.ty.is_some() {
            let mut plain = value.deref_clone();
            if !self.fit_prop(info, &mut plain, true)? {
                return Err(self.property_type_error(info, &plain));
            }
            match value.as_ref() {
                Some(shared) => {
                    shared.set(plain);
                    reference::add_source(shared, info);
                }
                None => {
                    object.set_slot(info.slot, plain);
                    return Ok(());
                }
            }
        }
        object.set_slot(info.slot, value);
        Ok(())
    }

    /// Makes `value` fit a typed property.
    pub(super) fn fit_prop(&mut self, info: PropRef, value: &mut Value, strict: bool) -> PhpResult<bool> {
        info.ty.fit(self, value, TypeScope { class: Some(info.class), called: Some(info.class) }, strict)
    }

    /// Adds a property that is not declared.
    pub(super) fn add_dynamic(
        &mut self,
        object: &ObjRef,
        name: &PhpString,
        value: Value,
    ) -> PhpResult<Value> {
        self.check_dynamic(object, name)?;
        object.with_dynamic(|table| table.insert(Key::Str(name), value.clone()));
        Ok(value)
    }

    /// Whether the object may get a property that is not declared.
    pub fn check_dynamic(&mut self, object: &ObjRef, name: &PhpString) -> PhpResult {
        let class = ClassRef::of(object);
        if class.has(state::NO_DYNAMIC) {
            let text = format!("Cannot create dynamic property {}::${name}", class.shown_name());
            return Err(self.throw_error(text));
        }
        if !class.has(state::ALLOW_DYNAMIC) {
            let text = format!("Creation of dynamic property {}::${name} is deprecated", class.shown_name());
            // The handler of the deprecation may drop the last other owner of the object.
            let _keep = object.clone();
            return self.deprecated(text);
        }
        Ok(())
    }
}
