//! Class constants, constant expressions and default values: computed when they are first needed.

use crate::Context;
use crate::class::{ClassRef, ConstRef, Lazy, PropRef, state};
use crate::errors::level;
use crate::frame::VmThis;
use crate::func::{Func, FuncRef};
use crate::props::related;
use crate::thrown::PhpResult;
use crate::types::{TypeScope, value_name};
use phalanx_bytecode::flags::{class as class_flags, member};
use phalanx_bytecode::unit::UnitRef;
use phalanx_value::{PhpString, Value};
use std::borrow::Cow;

/// Computes constant expression number `code` of a Unit in the scope of a class.
pub fn evaluate(cx: &mut Context, unit: UnitRef, code: u32, scope: Option<ClassRef>) -> PhpResult<Value> {
    let func = match scope {
        None => cx.units.function(unit, code),
        Some(_) => cx.const_function(unit, code, scope),
    };
    let this = scope.map_or(VmThis::NONE, VmThis::class);
    Ok(cx.call_function(func, this, None, &[])?.into_deref())
}

impl Context {
    /// The function that computes a constant expression in the scope of a class.
    fn const_function(&mut self, unit: UnitRef, code: u32, scope: Option<ClassRef>) -> FuncRef {
        let key = (unit.function(code).addr(), scope.map_or(0, |class| class.as_ptr().addr()));
        if let Some(func) = self.oop.scoped.get(&key) {
            return *func;
        }
        let func = FuncRef::leak(Func::user(&unit.functions[code as usize], scope));
        self.oop.scoped.insert(key, func);
        func
    }

    /// The value of an initial value.
    pub fn force(&mut self, lazy: &Lazy) -> PhpResult<Value> {
        match lazy {
            Lazy::Value(value) => Ok(value.clone()),
            Lazy::Code(unit, code, scope) => evaluate(self, *unit, *code, Some(*scope)),
            Lazy::Busy => Err(self.throw_error("Cannot evaluate a constant expression inside of itself")),
        }
    }

    /// The value of constant `name` of `class`, for code in `scope` that calls the class by the name `asked`.
    pub fn class_constant(
        &mut self,
        class: ClassRef,
        asked: &str,
        name: &PhpString,
        scope: Option<ClassRef>,
    ) -> PhpResult<Value> {
        let constant = self.find_class_constant(class, Some(asked), name, scope)?;
        self.marked_constant_value(class, Some(asked), constant)
    }

    /// The constant called `name` that code in `scope` may read. `asked` is the name by which a constant expression calls the
    /// class, for messages; other code calls it by its own.
    pub fn find_class_constant(
        &mut self,
        class: ClassRef,
        asked: Option<&str>,
        name: &PhpString,
        scope: Option<ClassRef>,
    ) -> PhpResult<ConstRef> {
        let shown = asked.map_or_else(|| class.shown_name(), Cow::Borrowed);
        let Some(&constant) = class.consts.get(name) else {
            return Err(self.throw_error(format!("Undefined constant {shown}::{name}")));
        };
        let visible = match constant.flags {
            bits if bits & member::PRIVATE != 0 => Some(constant.class) == scope,
            bits if bits & member::PROTECTED != 0 => related(constant.class, scope),
            _ => true,
        };
        if !visible {
            return Err(self.throw_error(format!(
                "Cannot access {} constant {shown}::{name}",
                crate::link::visibility_name(constant.flags),
            )));
        }
        if class.has(class_flags::TRAIT) && scope != Some(class) {
            return Err(self.throw_error(format!("Cannot access trait constant {shown}::{name} directly")));
        }
        self.report_deprecated_constant(class, constant)?;
        Ok(constant)
    }

    fn report_deprecated_constant(&mut self, class: ClassRef, constant: ConstRef) -> PhpResult {
        let kind = if constant.flags & member::ENUM_CASE != 0 { "Enum case" } else { "Constant" };
        if let Some(native) = constant.native {
            let Some(why) = native.deprecated else { return Ok(()) };
            return self.deprecated(format!("{kind} {}::{} is deprecated{why}", class.name, constant.name));
        }
        let Some(decl) = constant.decl else { return Ok(()) };
        if !decl.attributes.iter().any(|attribute| attribute.lc_name == "deprecated") {
            return Ok(());
        }
        let Some(unit) = constant.class.decl.map(|decl| decl.unit()) else { return Ok(()) };
        // The message may be made of the constant itself, which is then used in silence.
        let key = std::ptr::from_ref(&*constant).addr();
        if self.oop.reporting.contains(&key) {
            return Ok(());
        }
        self.oop.reporting.push(key);
        let suffix = crate::link::deprecation(self, &decl.attributes, unit, Some(constant.class));
        self.oop.reporting.pop();
        let suffix = suffix?;
        let text = format!("{kind} {}::{} is deprecated{suffix}", class.shown_name(), constant.name);
        self.raise(level::E_USER_DEPRECATED, text)
    }

    /// The value of a constant, whoever asks. `class` is the one it was asked of.
    pub fn constant_value(&mut self, class: ClassRef, constant: ConstRef) -> PhpResult<Value> {
        self.marked_constant_value(class, None, constant)
    }

    /// The same for a constant expression, or for code that asks by the same rules, which calls the class `asked`.
    pub(crate) fn marked_constant_value(
        &mut self,
        class: ClassRef,
        asked: Option<&str>,
        constant: ConstRef,
    ) -> PhpResult<Value> {
        if constant.flags & member::ENUM_CASE != 0 {
            return self.enum_case(constant);
        }
        if let Lazy::Value(value) = &*constant.value.borrow() {
            return Ok(value.clone());
        }
        // As in PHP, only what a constant expression asks for is marked: a cycle is noticed one step later if code
        // began it.
        let lazy = constant.value.borrow().clone();
        if asked.is_some() {
            constant.value.replace(Lazy::Busy);
        }
        if matches!(lazy, Lazy::Busy) {
            let asked = asked.map_or_else(|| class.shown_name(), Cow::Borrowed);
            let text = format!("Cannot declare self-referencing constant {asked}::{}", constant.name);
            return Err(self.throw_error(text));
        }
        let value = self.force(&lazy).and_then(|value| self.check_constant(constant, value));
        match value {
            Ok(value) => {
                constant.value.replace(Lazy::Value(value.clone()));
                Ok(value)
            }
            Err(thrown) => {
                constant.value.replace(lazy);
                Err(thrown)
            }
        }
    }

    fn check_constant(&mut self, constant: ConstRef, mut value: Value) -> PhpResult<Value> {
        if !constant.ty.is_some() {
            return Ok(value);
        }
        let scope = TypeScope::of(constant.class);
        if constant.ty.fit(self, &mut value, scope, true)? {
            return Ok(value);
        }
        let text = format!(
            "Cannot assign {} to class constant {}::{} of type {}",
            value_name(&value),
            constant.class.shown_name(),
            constant.name,
            constant.ty.text(TypeScope { class: Some(constant.class), called: None }),
        );
        Err(self.throw("typeerror", text))
    }

    /// Computes what the first instance of a class, or the first access to its static properties, needs: constants,
    /// default values, static properties.
    #[cold]
    pub fn init_class(&mut self, class: ClassRef) -> PhpResult {
        if class.defaults.get().is_some() && class.statics_ready.get() && class.consts_ready.get() {
            return Ok(());
        }
        // A parent whose constants do not concern the class is left alone.
        if let Some(parent) = class.parent.filter(|_| class.waits()) {
            self.init_class(parent)?;
        }
        if !class.consts_ready.get() {
            for constant in class.consts.iter() {
                if constant.flags & member::ENUM_CASE == 0 {
                    self.constant_value(class, *constant)?;
                }
            }
            class.consts_ready.set(true);
        }
        if class.defaults.get().is_none() {
            let mut defaults = Vec::with_capacity(class.inits.len());
            for (index, init) in class.inits.iter().enumerate() {
                let value = self.force(init)?;
                let value = match init {
                    Lazy::Code(..) => self.check_default(class.slots[index], value)?,
                    _ => value,
                };
                defaults.push(value);
            }
            class.set_defaults(defaults);
        }
        if !class.statics_ready.get() {
            self.init_statics(class)?;
            class.statics_ready.set(true);
        }
        Ok(())
    }

    pub(crate) fn check_default(&mut self, info: PropRef, mut value: Value) -> PhpResult<Value> {
        if info.ty.is_some() && !info.ty.fit(self, &mut value, TypeScope::of(info.class), true)? {
            return Err(self.property_type_error(info, &value));
        }
        Ok(value)
    }

    /// Whether a class is known to be complete.
    pub fn is_linked(&self, class: ClassRef) -> bool {
        class.has(state::LINKED)
    }
}
