//! `unset` of properties.

use super::guard::Magic;
use super::{Found, find_cached, may_set, slot_of};
use crate::Context;
use crate::class::{ClassRef, PropRef, slot_flag};
use crate::func::CacheSlot;
use crate::thrown::PhpResult;
use phalanx_bytecode::flags::member;
use phalanx_value::{Key, ObjRef, PhpString, Value};

impl Context {
    /// `unset($object->name)` for code in `scope`.
    pub fn unset_prop(
        &mut self,
        object: &ObjRef,
        name: &PhpString,
        scope: Option<ClassRef>,
        cache: *mut CacheSlot,
    ) -> PhpResult {
        let class = ClassRef::of(object);
        if let Some(unset) = class.hook(|hooks| hooks.unset_prop)
            && unset(self, object, name)?
        {
            return Ok(());
        }
        let found = find_cached(class, name, scope, cache);
        match found {
            Found::Declared(info) => {
                if info.has_hooks() {
                    let text = format!("Cannot unset hooked property {}::${}", class.shown_name(), info.name);
                    return Err(self.throw_error(text));
                }
                if crate::props::slot_spare(object, info) & slot_flag::LAZY != 0
                    && let Some(real) = self.lazy_target(object)?
                {
                    return self.on_real((object, &real), name, Magic::Unset, |cx| {
                        cx.unset_prop(&real, name, scope, std::ptr::null_mut())
                    });
                }
                if self.unset_declared(object, info, scope)? {
                    return Ok(());
                }
            }
            Found::Dynamic | Found::Static(_)
                if object.dynamic().is_some_and(|table| table.get_str(name).is_some()) =>
            {
                let old = object.with_dynamic(|table| table.remove(Key::Str(name)));
                drop(old);
                return Ok(());
            }
            _ => {}
        }
        if class.magic.unset.is_some() && self.oop.guards.enter(object, name, Magic::Unset) {
            let result = self.call_magic(object, name, Magic::Unset);
            self.oop.guards.leave(object, name, Magic::Unset);
            return result.map(drop);
        }
        if matches!(found, Found::Dynamic | Found::Static(_))
            && let Some(real) = self.lazy_target(object)?
        {
            return self.on_real((object, &real), name, Magic::Unset, |cx| {
                cx.unset_prop(&real, name, scope, std::ptr::null_mut())
            });
        }
        match found {
            Found::Denied(info) => Err(self.denied(info, class)),
            Found::BadName => Err(self.bad_property_name()),
            _ => Ok(()),
        }
    }

    /// True if it is done; false if `__unset` may be asked.
    fn unset_declared(&mut self, object: &ObjRef, info: PropRef, scope: Option<ClassRef>) -> PhpResult<bool> {
        let slot = slot_of(object, info);
        // SAFETY: the slot is initialised.
        let (undef, spare) = unsafe { ((*slot).is_undef(), (*slot).spare()) };
        if undef && spare & slot_flag::UNINIT == 0 {
            return Ok(false);
        }
        if info.has(member::READONLY) && !undef && spare & slot_flag::REINIT == 0 {
            return Err(self.readonly_error(info, "unset"));
        }
        if !may_set(info, scope) {
            return Err(self.set_denied(info, "unset", scope));
        }
        let old = object.replace_slot(info.slot, Value::UNDEF);
        if let Some(reference) = old.as_ref()
            && reference.has_type_sources()
        {
            reference.remove_type_source(info.as_ptr().expose_provenance());
        }
        drop(old);
        Ok(true)
    }
}
