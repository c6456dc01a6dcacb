//! Reading properties.

use super::guard::Magic;
use super::{Found, dynamic_value, find_cached, slot_of};
use crate::Context;
use crate::class::{ClassRef, PropRef, slot_flag};
use crate::func::CacheSlot;
use crate::thrown::PhpResult;
use phalanx_value::{ObjRef, PhpString, Value};

/// Why a property is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReadMode {
    /// For its value.
    Read,
    /// Inside `isset` or `??`: silent.
    Isset,
}

impl Context {
    /// The value of `$object->name` for code in `scope`. `cache` is null or the three words of an instruction.
    pub fn read_prop(
        &mut self,
        object: &ObjRef,
        name: &PhpString,
        scope: Option<ClassRef>,
        mode: ReadMode,
        cache: *mut CacheSlot,
    ) -> PhpResult<Value> {
        let class = ClassRef::of(object);
        if let Some(read) = class.hook(|hooks| hooks.read_prop)
            && let Some(value) = read(self, object, name)?
        {
            return Ok(value);
        }
        let mut typed = None;
        let mut denied = None;
        let mut declared = false;
        match find_cached(class, name, scope, cache) {
            Found::Declared(info) => {
                if info.has_hooks() && self.calls_hook(object, info) {
                    return self.read_hooked(object, info, mode);
                }
                if info.slot == crate::class::NO_SLOT {
                    return Err(self.virtual_access(info, "read from"));
                }
                // SAFETY: the slot is initialised; the copy is made at once.
                let value = unsafe { &*slot_of(object, info) };
                if !value.is_undef() {
                    return Ok(value.deref_clone());
                }
                typed = info.ty.is_some().then_some(info);
                declared = true;
                let spare = value.spare();
                if spare & slot_flag::LAZY != 0
                    && let Some(real) = self.lazy_target(object)?
                {
                    return self.on_real((object, &real), name, Magic::Get, |cx| {
                        cx.read_prop(&real, name, scope, mode, std::ptr::null_mut())
                    });
                }
                if spare & slot_flag::UNINIT != 0 {
                    return self.no_value(class, name, typed, mode);
                }
            }
            Found::Dynamic => {
                if let Some(value) = dynamic_value(object, name) {
                    return Ok(value);
                }
            }
            Found::Static(info) => {
                if mode == ReadMode::Read && class.magic.get.is_none() {
                    self.static_notice(info, class)?;
                }
                if let Some(value) = dynamic_value(object, name) {
                    return Ok(value);
                }
            }
            found => denied = Some(found),
        }
        if mode == ReadMode::Isset
            && class.magic.isset.is_some()
            && self.oop.guards.enter(object, name, Magic::Isset)
        {
            let set = self.call_magic(object, name, Magic::Isset);
            self.oop.guards.leave(object, name, Magic::Isset);
            if !set?.truthy() {
                return Ok(Value::NULL);
            }
        }
        if class.magic.get.is_some() && self.oop.guards.enter(object, name, Magic::Get) {
            let value = self.call_magic(object, name, Magic::Get);
            self.oop.guards.leave(object, name, Magic::Get);
            let value = value?.into_deref();
            return match typed {
                Some(info) => self.check_get(info, value),
                None => Ok(value),
            };
        }
        if denied.is_none()
            && !declared
            && let Some(real) = self.lazy_target(object)?
        {
            return self.on_real((object, &real), name, Magic::Get, |cx| {
                cx.read_prop(&real, name, scope, mode, std::ptr::null_mut())
            });
        }
        match denied {
            None => self.no_value(class, name, typed, mode),
            Some(_) if mode == ReadMode::Isset => Ok(Value::NULL),
            Some(Found::Denied(info)) => Err(self.denied(info, class)),
            Some(_) => Err(self.bad_property_name()),
        }
    }

    /// What `__get` answers for a typed property that was unset must be of its type.
    fn check_get(&mut self, info: PropRef, mut value: Value) -> PhpResult<Value> {
        let strict = self.strict_types();
        if self.fit_prop(info, &mut value, strict)? {
            return Ok(value);
        }
        let text = format!(
            "Value of type {} returned from {}::__get() must be compatible with unset property {}::${} of type {}",
            crate::types::value_name(&value),
            info.class.shown_name(),
            info.class.shown_name(),
            info.name,
            info.ty.text(crate::types::TypeScope { class: Some(info.class), called: None }),
        );
        Err(self.throw("typeerror", text))
    }

    #[cold]
    fn no_value(
        &mut self,
        class: ClassRef,
        name: &PhpString,
        typed: Option<PropRef>,
        mode: ReadMode,
    ) -> PhpResult<Value> {
        match (mode, typed) {
            (ReadMode::Isset, _) => Ok(Value::NULL),
            (ReadMode::Read, Some(info)) => Err(self.uninitialized(info)),
            (ReadMode::Read, None) => {
                self.undefined_property(class, name)?;
                Ok(Value::NULL)
            }
        }
    }

    /// Calls `__get`, `__isset` or `__unset`, which the class has.
    pub(super) fn call_magic(&mut self, object: &ObjRef, name: &PhpString, magic: Magic) -> PhpResult<Value> {
        let methods = &ClassRef::of(object).magic;
        let method = match magic {
            Magic::Get => methods.get,
            Magic::Set => methods.set,
            Magic::Isset => methods.isset,
            Magic::Unset => methods.unset,
        };
        let Some(method) = method else { return Ok(Value::NULL) };
        self.call_method_raw(object, method, &[Value::string(name.clone())])
    }
}
