//! `isset`, `empty` and `property_exists` on properties.

use super::guard::Magic;
use super::{Found, dynamic_value, find_cached, slot_of};
use crate::Context;
use crate::class::{ClassRef, NO_SLOT, slot_flag};
use crate::func::CacheSlot;
use crate::thrown::PhpResult;
use phalanx_value::{ObjRef, PhpString, Value};

/// What is asked about a property.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Isset {
    /// Whether it is there and not null.
    Set,
    /// Whether it is there and not empty.
    NotEmpty,
    /// Whether it is there, null or not.
    Exists,
}

impl Context {
    /// Answers `isset($object->name)` and its like for code in `scope`.
    pub fn has_prop(
        &mut self,
        object: &ObjRef,
        name: &PhpString,
        scope: Option<ClassRef>,
        what: Isset,
        cache: *mut CacheSlot,
    ) -> PhpResult<bool> {
        let class = ClassRef::of(object);
        if let Some(has) = class.hook(|hooks| hooks.has_prop)
            && let Some(answer) = has(self, object, name, what == Isset::NotEmpty)?
        {
            return Ok(answer);
        }
        let mut declared = false;
        let found = find_cached(class, name, scope, cache);
        match found {
            Found::Declared(info) => {
                if info.has_hooks() && self.calls_hook(object, info) {
                    if info.hooks[0].is_some() {
                        if what == Isset::Exists {
                            return Ok(true);
                        }
                        let value = self.read_hooked(object, info, super::ReadMode::Isset)?;
                        return self.answer(&value, what);
                    }
                    if info.slot == NO_SLOT {
                        let text =
                            format!("Property {}::${} is write-only", info.class.shown_name(), info.name);
                        return Err(self.throw_error(text));
                    }
                }
                if info.slot == NO_SLOT {
                    return Err(self.virtual_access(info, "read from"));
                }
                // SAFETY: the slot is initialised; the copy is made at once.
                let value = unsafe { (*slot_of(object, info)).clone() };
                if !value.is_undef() {
                    return self.answer(&value.into_deref(), what);
                }
                if value.spare() & slot_flag::LAZY != 0
                    && let Some(real) = self.lazy_target(object)?
                {
                    return self.on_real((object, &real), name, Magic::Isset, |cx| {
                        cx.has_prop(&real, name, scope, what, std::ptr::null_mut())
                    });
                }
                declared = true;
                if value.spare() & slot_flag::UNINIT != 0 {
                    return Ok(false);
                }
            }
            Found::Dynamic | Found::Static(_) => {
                if let Some(value) = dynamic_value(object, name) {
                    return self.answer(&value, what);
                }
            }
            _ => {}
        }
        if what == Isset::Exists
            || class.magic.isset.is_none()
            || !self.oop.guards.enter(object, name, Magic::Isset)
        {
            if !declared
                && matches!(found, Found::Dynamic | Found::Static(_))
                && let Some(real) = self.lazy_target(object)?
            {
                return self.on_real((object, &real), name, Magic::Isset, |cx| {
                    cx.has_prop(&real, name, scope, what, std::ptr::null_mut())
                });
            }
            return Ok(false);
        }
        let answer = self.ask_isset(object, name, what);
        self.oop.guards.leave(object, name, Magic::Isset);
        answer
    }

    fn ask_isset(&mut self, object: &ObjRef, name: &PhpString, what: Isset) -> PhpResult<bool> {
        if !self.call_magic(object, name, Magic::Isset)?.truthy() {
            return Ok(false);
        }
        if what != Isset::NotEmpty {
            return Ok(true);
        }
        if ClassRef::of(object).magic.get.is_none() || !self.oop.guards.enter(object, name, Magic::Get) {
            return Ok(false);
        }
        let value = self.call_magic(object, name, Magic::Get);
        self.oop.guards.leave(object, name, Magic::Get);
        let value = value?;
        self.to_bool(&value)
    }

    fn answer(&mut self, value: &Value, what: Isset) -> PhpResult<bool> {
        match what {
            Isset::Set => Ok(!value.is_nullish()),
            Isset::NotEmpty => self.to_bool(value),
            Isset::Exists => Ok(true),
        }
    }
}
