//! Property hooks.

use super::{ReadMode, may_set};
use crate::Context;
use crate::class::{ClassRef, NO_SLOT, PropRef};
use crate::thrown::{PhpResult, Thrown};
use phalanx_bytecode::flags::func as flags;
use phalanx_value::{ObjRef, Value};

impl Context {
    /// Whether an access calls a hook of the property: it does not inside of the hooks themselves.
    pub(super) fn calls_hook(&self, object: &ObjRef, info: PropRef) -> bool {
        // SAFETY: the innermost frame is alive.
        let Some(frame) = (unsafe { self.frame.as_ref() }) else { return true };
        if !frame.func.has(flags::HOOK) || !frame.this.as_object().is_some_and(|this| this.ptr_eq(object)) {
            return true;
        }
        let name = &frame.func.name;
        let own = name.strip_prefix(b"$").and_then(|rest| rest.strip_prefix(info.name.as_bytes()));
        !own.is_some_and(|rest| rest.starts_with(b"::"))
            || !frame.func.scope.is_some_and(|scope| super::related(info.root, Some(scope)))
    }

    pub(super) fn read_hooked(&mut self, object: &ObjRef, info: PropRef, mode: ReadMode) -> PhpResult<Value> {
        if let Some(get) = info.hooks[0] {
            return Ok(self.call_method(object, get, &[])?.into_deref());
        }
        if info.slot == NO_SLOT {
            let text = format!("Property {}::${} is write-only", info.class.shown_name(), info.name);
            return Err(self.throw_error(text));
        }
        let value = object.get_slot(info.slot);
        if !value.is_undef() {
            return Ok(value.into_deref());
        }
        if mode == ReadMode::Isset {
            return Ok(Value::NULL);
        }
        Err(self.uninitialized(info))
    }

    pub(super) fn write_hooked(
        &mut self,
        object: &ObjRef,
        info: PropRef,
        value: Value,
        scope: Option<ClassRef>,
    ) -> PhpResult<Value> {
        let Some(set) = info.hooks[1] else {
            if info.slot == NO_SLOT {
                let text = format!("Property {}::${} is read-only", info.class.shown_name(), info.name);
                return Err(self.throw_error(text));
            }
            return self.write_backing(object, info, value, scope);
        };
        if !may_set(info, scope) {
            return Err(self.set_denied(info, "modify", scope));
        }
        self.call_method(object, set, std::slice::from_ref(&value))?;
        Ok(value)
    }

    /// Assigns to the backing store of a property that has only a get hook.
    fn write_backing(
        &mut self,
        object: &ObjRef,
        info: PropRef,
        mut value: Value,
        scope: Option<ClassRef>,
    ) -> PhpResult<Value> {
        if !may_set(info, scope) {
            return Err(self.set_denied(info, "modify", scope));
        }
        let strict = self.strict_types();
        if info.ty.is_some() && !self.fit_prop(info, &mut value, strict)? {
            return Err(self.property_type_error(info, &value));
        }
        object.set_slot(info.slot, value.clone());
        Ok(value)
    }

    #[cold]
    pub(super) fn virtual_access(&mut self, info: PropRef, verb: &str) -> Thrown {
        self.throw_error(format!(
            "Must not {verb} virtual property {}::${}",
            info.class.shown_name(),
            info.name
        ))
    }
}
