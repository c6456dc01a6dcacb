//! `clone`.

use crate::Context;
use crate::class::{ClassRef, slot_flag, state};
use crate::thrown::{PhpResult, Thrown};
use phalanx_bytecode::flags::{class as class_flags, func as flags, member};
use phalanx_value::{ObjRef, Value};

impl Context {
    /// `clone $object` by code in `scope`.
    pub fn clone_object(&mut self, object: &ObjRef, scope: Option<ClassRef>) -> PhpResult<ObjRef> {
        let class = ClassRef::of(object);
        if class.has(class_flags::ENUM) || class.hooks().is_some_and(|hooks| hooks.uncloneable) {
            return Err(self.uncloneable(class));
        }
        if let Some(method) = class.magic.clone
            && !method.has(flags::PUBLIC)
            && method.scope != scope
        {
            let root = method.prototype.get().unwrap_or(method).scope;
            let related = root.is_some_and(|root| crate::props::related(root, scope));
            if method.has(flags::PRIVATE) || !related {
                let place =
                    scope.map_or("global scope".to_owned(), |scope| format!("scope {}", scope.shown_name()));
                return Err(self.throw_error(format!(
                    "Call to {} {}::__clone() from {place}",
                    crate::link::visibility_name(method.flags),
                    class.shown_name()
                )));
            }
        }
        if let Some(real) = self.lazy_target(object)?
            && !real.ptr_eq(object)
        {
            return self.clone_proxy(object, &real, scope);
        }
        let copy = self.copy_object(object, class)?;
        if let Some(method) = class.magic.clone {
            if class.has(state::HAS_READONLY_PROPS) {
                mark_reinit(&copy, class);
            }
            let result = self.call_method(&copy, method, &[]);
            if class.has(state::HAS_READONLY_PROPS) {
                clear_reinit(&copy, class);
            }
            result?;
        }
        Ok(copy)
    }

    #[cold]
    fn uncloneable(&mut self, class: ClassRef) -> Thrown {
        self.throw_error(format!("Trying to clone an uncloneable object of class {}", class.shown_name()))
    }

    /// A copy with the same properties and a copy of the native state.
    fn copy_object(&mut self, object: &ObjRef, class: ClassRef) -> PhpResult<ObjRef> {
        let native = object.native_dyn().and_then(|state| state.clone_state());
        let copy = match native {
            Some(state) => {
                // SAFETY: as in `allocate`; the state takes the place of what `create` would make.
                let copy = unsafe { ObjRef::alloc(class.as_ptr().cast()) };
                if copy.set_native(state).is_err() {
                    unreachable!("a new object has no state");
                }
                copy
            }
            None => self.allocate(class),
        };
        for (slot, info) in class.slots.iter().enumerate() {
            let mut value = object.get_slot(slot as u32);
            if value.as_ref().is_some_and(|reference| reference.ref_count() == 2) {
                value = value.into_deref();
            }
            if let Some(reference) = value.as_ref() {
                crate::props::add_source(reference, *info);
            }
            copy.set_slot(slot as u32, value);
        }
        if let Some(dynamic) = object.dynamic() {
            copy.set_dynamic(Some(dynamic));
        }
        if let Some(clone) = class.hook(|hooks| hooks.clone) {
            clone(self, object, &copy)?;
        }
        Ok(copy)
    }
}

fn mark_reinit(object: &ObjRef, class: ClassRef) {
    change_spare(object, class, |value| value.set_spare(value.spare() | slot_flag::REINIT));
}

fn clear_reinit(object: &ObjRef, class: ClassRef) {
    change_spare(object, class, |value| value.set_spare(value.spare() & !slot_flag::REINIT));
}

fn change_spare(object: &ObjRef, class: ClassRef, change: impl Fn(&mut Value)) {
    for (slot, info) in class.slots.iter().enumerate() {
        if info.has(member::READONLY) {
            // SAFETY: the slot exists and is initialised; nothing runs while it is borrowed.
            change(unsafe { &mut *object.slot_ptr(slot as u32) });
        }
    }
}
