//! Addresses of properties, for what changes them in place: dimensions, references, compound assignment.

use super::guard::Magic;
use super::{Found, dynamic_place, find_cached, may_set, reference, slot_of};
use crate::Context;
use crate::class::{ClassRef, NO_SLOT, PropRef, slot_flag};
use crate::func::CacheSlot;
use crate::thrown::PhpResult;
use crate::types::TypeScope;
use phalanx_bytecode::flags::{func as flags, member, op as op_flag};
use phalanx_bytecode::types as bit;
use phalanx_value::{Key, ObjRef, PhpString, Value};

/// Where a property can be changed.
pub enum Place {
    /// Here. The address is good until PHP code runs or a property is removed.
    Slot(*mut Value),
    /// It cannot: this value, or what it refers to, is changed instead.
    Temp(Value),
}

/// Why an address is wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PlaceMode {
    /// To write it or a part of it.
    Write,
    /// To read it and write it: it should be there.
    ReadWrite,
    /// To unset a part of it.
    Unset,
}

impl Context {
    /// The address of `$object->name` for code in `scope`. `wanted` has the `FETCH_*` flags of the instruction.
    pub fn prop_place(
        &mut self,
        object: &ObjRef,
        name: &PhpString,
        scope: Option<ClassRef>,
        mode: PlaceMode,
        wanted: u16,
        cache: *mut CacheSlot,
    ) -> PhpResult<Place> {
        let class = ClassRef::of(object);
        if let Some(read) = class.hook(|hooks| hooks.read_prop)
            && let Some(value) = read(self, object, name)?
        {
            return Ok(Place::Temp(value));
        }
        let found = find_cached(class, name, scope, cache);
        match found {
            Found::Declared(info) => {
                if info.has_hooks() && self.calls_hook(object, info) {
                    return self.hooked_place(object, info);
                }
                if info.slot == NO_SLOT {
                    return Err(self.virtual_access(info, "read from"));
                }
                if super::slot_spare(object, info) & slot_flag::LAZY != 0
                    && let Some(real) = self.lazy_target(object)?
                {
                    return self.prop_place(&real, name, scope, mode, wanted, std::ptr::null_mut());
                }
                if let Some(place) = self.declared_place(object, info, scope, mode)? {
                    return self.prepare(place, info, wanted);
                }
            }
            Found::Dynamic | Found::Static(_) => {
                if let Found::Static(info) = found {
                    self.static_notice(info, class)?;
                }
                if let Some(place) = dynamic_place(object, name) {
                    return Ok(Place::Slot(place));
                }
                if class.magic.get.is_none() || self.oop.guards.is_in(object, name, Magic::Get) {
                    if let Some(real) = self.lazy_target(object)? {
                        return self.prop_place(&real, name, scope, mode, wanted, std::ptr::null_mut());
                    }
                    return self.new_dynamic(object, name, mode);
                }
            }
            Found::Denied(info) if class.magic.get.is_none() => return Err(self.denied(info, class)),
            Found::BadName if class.magic.get.is_none() => return Err(self.bad_property_name()),
            _ => {}
        }
        self.magic_place(object, name, found)
    }

    /// None if `__get` is to be asked.
    fn declared_place(
        &mut self,
        object: &ObjRef,
        info: PropRef,
        scope: Option<ClassRef>,
        mode: PlaceMode,
    ) -> PhpResult<Option<Place>> {
        let slot = slot_of(object, info);
        // SAFETY: the slot is initialised; nothing runs while it is looked at.
        let value = unsafe { &mut *slot };
        let guarded = info.has(member::READONLY | member::PRIVATE_SET | member::PROTECTED_SET);
        if !value.is_undef() {
            if guarded {
                return self.guarded_place(object, info, scope).map(Some);
            }
            return Ok(Some(Place::Slot(slot)));
        }
        let uninit = value.spare() & slot_flag::UNINIT != 0;
        if !uninit
            && ClassRef::of(object).magic.get.is_some()
            && !self.oop.guards.is_in(object, &info.name, Magic::Get)
        {
            return Ok(None);
        }
        if mode == PlaceMode::ReadWrite {
            if info.ty.is_some() {
                return Err(self.uninitialized(info));
            }
            *value = Value::NULL;
            self.undefined_property(ClassRef::of(object), &info.name)?;
            return Ok(Some(Place::Slot(slot_of(object, info))));
        }
        if guarded && mode == PlaceMode::Unset {
            // What has no value has no part to be unset.
            return Ok(Some(Place::Temp(Value::NULL)));
        }
        if info.has(member::READONLY) {
            return Err(self.readonly_error(info, "indirectly modify"));
        }
        if !may_set(info, scope) {
            return Err(self.set_denied(info, "indirectly modify", scope));
        }
        if !info.ty.is_some() {
            *value = Value::NULL;
        }
        Ok(Some(Place::Slot(slot)))
    }

    /// A property that not everybody may write: an object in it may be changed all the same.
    fn guarded_place(&mut self, object: &ObjRef, info: PropRef, scope: Option<ClassRef>) -> PhpResult<Place> {
        let value = object.get_slot(info.slot);
        let again = value.spare() & slot_flag::REINIT != 0;
        let allowed = (!info.has(member::READONLY) || again) && may_set(info, scope);
        if allowed {
            return Ok(Place::Slot(slot_of(object, info)));
        }
        let value = value.into_deref();
        if value.is_object() {
            return Ok(Place::Temp(value));
        }
        if info.has(member::READONLY) && !again {
            return Err(self.readonly_error(info, "indirectly modify"));
        }
        Err(self.set_denied(info, "indirectly modify", scope))
    }

    fn hooked_place(&mut self, object: &ObjRef, info: PropRef) -> PhpResult<Place> {
        let value = match info.hooks[0] {
            Some(get) => {
                let value = self.call_method_raw(object, get, &[])?;
                if get.has(flags::RETURNS_REF) && value.is_ref() {
                    return Ok(Place::Temp(value));
                }
                value
            }
            None => self.read_hooked(object, info, super::ReadMode::Read)?,
        };
        if value.is_object() {
            return Ok(Place::Temp(value));
        }
        let text =
            format!("Indirect modification of {}::${} is not allowed", info.class.shown_name(), info.name);
        Err(self.throw_error(text))
    }

    /// Makes a property that is not declared; what reads before it writes warns that there was none.
    pub(super) fn new_dynamic(
        &mut self,
        object: &ObjRef,
        name: &PhpString,
        mode: PlaceMode,
    ) -> PhpResult<Place> {
        self.check_dynamic(object, name)?;
        object.with_dynamic(|table| table.insert(Key::Str(name), Value::NULL));
        if mode == PlaceMode::ReadWrite {
            self.undefined_property(ClassRef::of(object), name)?;
        }
        match dynamic_place(object, name) {
            Some(place) => Ok(Place::Slot(place)),
            None => Ok(Place::Temp(Value::NULL)),
        }
    }

    /// What `__get` answers: a reference can be changed, anything but an object cannot.
    fn magic_place(&mut self, object: &ObjRef, name: &PhpString, found: Found) -> PhpResult<Place> {
        let class = ClassRef::of(object);
        if !self.oop.guards.enter(object, name, Magic::Get) {
            return match found {
                Found::Denied(info) => Err(self.denied(info, class)),
                _ => Err(self.bad_property_name()),
            };
        }
        let value = self.call_magic(object, name, Magic::Get);
        self.oop.guards.leave(object, name, Magic::Get);
        let value = value?;
        if !value.is_ref() && !value.is_object() {
            let text = format!(
                "Indirect modification of overloaded property {}::${name} has no effect",
                class.shown_name()
            );
            self.notice(text)?;
        }
        Ok(Place::Temp(value))
    }

    /// Does what the flags of a fetch ask for: checks that an array may come into being, makes a reference.
    pub(crate) fn prepare(&mut self, place: Place, info: PropRef, wanted: u16) -> PhpResult<Place> {
        let Place::Slot(slot) = place else { return Ok(place) };
        if !info.ty.is_some() {
            return Ok(place);
        }
        if wanted & op_flag::FETCH_DIM_WRITE != 0 {
            // SAFETY: the slot is initialised.
            let value = unsafe { (*slot).deref() };
            let promotes = value.is_nullish() || value.is_false();
            if promotes && info.ty.plain_bits() & bit::ARRAY == 0 && !info.ty.is_mixed() {
                let text = format!(
                    "Cannot auto-initialize an array inside property {}::${} of type {}",
                    info.class.shown_name(),
                    info.name,
                    info.ty.text(TypeScope { class: Some(info.class), called: None }),
                );
                return Err(self.throw("typeerror", text));
            }
        }
        if wanted & op_flag::FETCH_REF != 0 {
            // SAFETY: as above.
            let value = unsafe { &mut *slot };
            if !value.is_ref() {
                if value.is_undef() && !info.ty.allows_null() {
                    let text = format!(
                        "Cannot access uninitialized non-nullable property {}::${} by reference",
                        info.class.shown_name(),
                        info.name
                    );
                    return Err(self.throw_error(text));
                }
                let made = value.make_ref();
                reference::add_source(&made, info);
            }
        }
        Ok(Place::Slot(slot))
    }
}
