//! Static properties.
//!
//! # Safety
//!
//! The values of a class's static properties lie in a box that neither moves nor goes before the request ends.
#![allow(unsafe_code, reason = "hands out addresses of static properties")]

use crate::Context;
use crate::class::{ClassRef, Lazy, PropRef};
use crate::props::{Place, related};
use crate::thrown::{PhpResult, Thrown};
use phalanx_bytecode::flags::{class as class_flags, member};
use phalanx_value::{PhpString, Value};

/// Why a static property is looked up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StaticMode {
    /// To read it.
    Read,
    /// Inside `isset` or `??`: silent.
    Isset,
    /// To write it or a part of it.
    Write,
}

impl Context {
    /// The address of static property `name` of `class` for code in `scope`, and its declaration. None inside `isset`
    /// if there is none.
    pub fn static_prop(
        &mut self,
        class: ClassRef,
        name: &PhpString,
        scope: Option<ClassRef>,
        mode: StaticMode,
    ) -> PhpResult<Option<(*mut Value, PropRef)>> {
        let Some(&info) = class.props.get(name) else {
            return self.no_static(class, name, mode);
        };
        if info.has(member::PRIVATE | member::PROTECTED) && Some(info.class) != scope {
            let visible = info.has(member::PROTECTED) && related(info.root, scope);
            if !visible {
                return if mode == StaticMode::Isset {
                    Ok(None)
                } else {
                    Err(self.denied_static(info, class))
                };
            }
        }
        if !info.has(member::STATIC) {
            return self.no_static(class, name, mode);
        }
        if !info.class.statics_ready.get() {
            self.init_class(class)?;
            self.init_class(info.class)?;
        }
        if class.has(class_flags::TRAIT) {
            self.deprecated(format!(
                "Accessing static trait property {}::${name} is deprecated, it should only be accessed on a class \
                 using the trait",
                class.name
            ))?;
        }
        let place = info.class.statics[info.slot as usize].get();
        // SAFETY: statics are initialised values.
        if mode == StaticMode::Read && unsafe { (*place).is_undef() } {
            return Err(self.throw_error(format!(
                "Typed static property {}::${name} must not be accessed before initialization",
                info.class.shown_name()
            )));
        }
        Ok(Some((place, info)))
    }

    #[cold]
    fn no_static(
        &mut self,
        class: ClassRef,
        name: &PhpString,
        mode: StaticMode,
    ) -> PhpResult<Option<(*mut Value, PropRef)>> {
        if mode == StaticMode::Isset {
            return Ok(None);
        }
        Err(self.throw_error(format!("Access to undeclared static property {}::${name}", class.shown_name())))
    }

    #[cold]
    fn denied_static(&mut self, info: PropRef, class: ClassRef) -> Thrown {
        self.throw_error(format!(
            "Cannot access {} property {}::${}",
            crate::link::visibility_name(info.flags),
            class.shown_name(),
            info.name
        ))
    }

    /// The value of a static property.
    pub fn read_static(
        &mut self,
        class: ClassRef,
        name: &PhpString,
        scope: Option<ClassRef>,
    ) -> PhpResult<Value> {
        match self.static_prop(class, name, scope, StaticMode::Read)? {
            // SAFETY: the address is good until the request ends.
            Some((place, _)) => Ok(unsafe { (*place).deref_clone() }),
            None => Ok(Value::NULL),
        }
    }

    /// Assigns to a static property, for native code.
    pub fn write_static(
        &mut self,
        class: ClassRef,
        name: &PhpString,
        value: Value,
        scope: Option<ClassRef>,
    ) -> PhpResult {
        let found = self.static_prop(class, name, scope, StaticMode::Write)?;
        let (place, info) = found.expect("only isset finds nothing");
        // SAFETY: the address was just found, and is good until the request ends.
        unsafe { self.assign_static(place, info, value) }.map(drop)
    }

    /// Assigns to a static property at an address that [`Context::static_prop`] gave; the result is the value as it
    /// was stored.
    ///
    /// # Safety
    /// `place` must be the address of the property `info`.
    pub unsafe fn assign_static(
        &mut self,
        place: *mut Value,
        info: PropRef,
        mut value: Value,
    ) -> PhpResult<Value> {
        if info.ty.is_some() {
            let strict = self.strict_types();
            let scope = crate::types::TypeScope::of(info.class);
            if !info.ty.fit(self, &mut value, scope, strict)? {
                return Err(self.property_type_error(info, &value));
            }
        }
        // SAFETY: the caller's promise.
        unsafe { crate::props::store(self, place, value) }
    }

    /// The address of a static property, made ready for what the `FETCH_*` flags say.
    pub fn static_place(
        &mut self,
        class: ClassRef,
        name: &PhpString,
        scope: Option<ClassRef>,
        wanted: u16,
    ) -> PhpResult<*mut Value> {
        let (place, info) =
            self.static_prop(class, name, scope, StaticMode::Write)?.expect("only isset finds nothing");
        self.prepare(Place::Slot(place), info, wanted)?;
        Ok(place)
    }

    /// Gives the static properties that a class declares their first values.
    pub(crate) fn init_statics(&mut self, class: ClassRef) -> PhpResult {
        for info in class.props.iter() {
            if !info.has(member::STATIC) || info.class != class {
                continue;
            }
            let init = &class.static_inits[info.slot as usize];
            let value = self.force(init)?;
            let value = match init {
                Lazy::Code(..) => self.check_default(*info, value)?,
                _ => value,
            };
            // SAFETY: nobody has the address of a static property before the class is ready.
            unsafe { *class.statics[info.slot as usize].get() = value };
        }
        Ok(())
    }
}
