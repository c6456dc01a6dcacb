//! `++` and `--`, compound assignment and reference assignment on properties.

use super::guard::Magic;
use super::{Found, Place, PlaceMode, ReadMode, dynamic_value, find_cached, reference};
use crate::Context;
use crate::class::{ClassRef, NO_SLOT, PropRef, slot_flag};
use crate::func::CacheSlot;
use crate::thrown::{PhpResult, Thrown};
use crate::types::TypeScope;
use phalanx_bytecode::flags::{member, op as op_flag};
use phalanx_bytecode::types as bit;
use phalanx_value::object::{OBJ_LAZY, OBJ_PROXY};
use phalanx_value::{ObjRef, PhpRef, PhpString, Value};

impl Context {
    /// The value of a property that is going to be changed. Before it is read, one that is not declared is made if need be.
    fn value_to_change(
        &mut self,
        object: &ObjRef,
        name: &PhpString,
        scope: Option<ClassRef>,
        cache: *mut CacheSlot,
    ) -> PhpResult<Value> {
        let class = ClassRef::of(object);
        let is_plain = class.magic.get.is_none()
            && class.hooks().is_none()
            && !object.has_flags(OBJ_LAZY | OBJ_PROXY)
            && matches!(find_cached(class, name, scope, cache), Found::Dynamic);
        if is_plain && dynamic_value(object, name).is_none() {
            self.new_dynamic(object, name, PlaceMode::ReadWrite)?;
            return Ok(Value::NULL);
        }
        self.read_prop(object, name, scope, ReadMode::Read, cache)
    }

    /// Replaces the value of a property by what `change` makes of it: old and new value.
    ///
    /// PHP reads and writes: a property that `__get` answers for is read and then assigned.
    pub fn update_prop(
        &mut self,
        object: &ObjRef,
        name: &PhpString,
        scope: Option<ClassRef>,
        cache: *mut CacheSlot,
        change: &mut dyn FnMut(&mut Context, &Value) -> PhpResult<Value>,
    ) -> PhpResult<(Value, Value)> {
        let old = self.value_to_change(object, name, scope, cache)?;
        let new = change(self, &old)?;
        let new = self.write_prop(object, name, new, scope, cache)?;
        Ok((old, new))
    }

    /// `++` (or `--`) on a property: old and new value. `change` is the operator.
    pub fn step_prop(
        &mut self,
        object: &ObjRef,
        name: &PhpString,
        scope: Option<ClassRef>,
        up: bool,
        cache: *mut CacheSlot,
        change: &mut dyn FnMut(&mut Context, &Value) -> PhpResult<Value>,
    ) -> PhpResult<(Value, Value)> {
        let old = self.value_to_change(object, name, scope, cache)?;
        let new = change(self, &old)?;
        if old.is_int()
            && new.is_float()
            && let Found::Declared(info) = find_cached(ClassRef::of(object), name, scope, cache)
            && info.ty.is_some()
            && info.ty.bits() & bit::FLOAT == 0
        {
            let reference = if info.slot == NO_SLOT { Value::NULL } else { object.get_slot(info.slot) };
            if let Some(reference) = reference.as_ref().filter(|reference| reference.has_type_sources()) {
                let new = reference::step_reference(self, reference, &old, new, up)?;
                return Ok((old, new));
            }
            return Err(self.step_error(info, up));
        }
        let new = self.write_prop(object, name, new, scope, cache)?;
        Ok((old, new))
    }

    /// The TypeError of `++` or `--` that leaves the range of int.
    #[cold]
    pub fn step_error(&mut self, info: PropRef, up: bool) -> Thrown {
        let text = format!(
            "Cannot {} property {}::${} of type {} past its {} value",
            if up { "increment" } else { "decrement" },
            info.class.shown_name(),
            info.name,
            info.ty.text(TypeScope { class: Some(info.class), called: None }),
            if up { "maximal" } else { "minimal" },
        );
        self.throw("typeerror", text)
    }

    /// `$object->name =& reference`.
    pub fn bind_prop(
        &mut self,
        object: &ObjRef,
        name: &PhpString,
        value: &PhpRef,
        scope: Option<ClassRef>,
        cache: *mut CacheSlot,
    ) -> PhpResult {
        let class = ClassRef::of(object);
        let info = match find_cached(class, name, scope, cache) {
            Found::Declared(info) => Some(info),
            _ => None,
        };
        if let Some(info) = info
            && info.slot != NO_SLOT
            && !info.has_hooks()
            && !info.has(member::READONLY)
            && super::may_set(info, scope)
        {
            reference::bind_check(self, info, value)?;
            let old = object.replace_slot(info.slot, Value::reference(value.clone()));
            if let Some(old) = old.as_ref() {
                reference::remove_source(old, info);
            }
            reference::add_source(value, info);
            drop(old);
            return Ok(());
        }
        if self.is_overloaded(object, name, info) {
            // The getter is called all the same.
            match info.and_then(|info| info.hooks[0]) {
                Some(get) => drop(self.call_method_raw(object, get, &[])?),
                None => {
                    drop(self.prop_place(object, name, scope, PlaceMode::Write, op_flag::FETCH_REF, cache)?)
                }
            }
            return Err(self.throw_error("Cannot assign by reference to overloaded object"));
        }
        match self.prop_place(object, name, scope, PlaceMode::Write, op_flag::FETCH_REF, cache)? {
            Place::Slot(slot) => {
                // SAFETY: the address was given just now. The old value is dropped last.
                let old = unsafe { std::ptr::replace(slot, Value::reference(value.clone())) };
                drop(old);
                Ok(())
            }
            Place::Temp(_) => Err(self.throw_error("Cannot assign by reference to overloaded object")),
        }
    }

    /// Whether a hook or `__get` answers for the property, so that it has no place of its own.
    fn is_overloaded(&self, object: &ObjRef, name: &PhpString, info: Option<PropRef>) -> bool {
        if let Some(info) = info.filter(|info| info.has_hooks()) {
            return self.calls_hook(object, info);
        }
        if ClassRef::of(object).magic.get.is_none() || self.oop.guards.is_in(object, name, Magic::Get) {
            return false;
        }
        match info {
            Some(info) if info.slot != NO_SLOT => {
                let value = object.get_slot(info.slot);
                value.is_undef() && value.spare() & slot_flag::UNINIT == 0
            }
            _ => super::dynamic_value(object, name).is_none(),
        }
    }
}
