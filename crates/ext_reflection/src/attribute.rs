//! ReflectionAttribute.

use crate::state::{HOOKS, Subject, make, subject};
use phalanx_macros::{native_class, php_method};
use phalanx_value::{ObjRef, PhpArray, PhpString, Value};
use phalanx_vm::class::{Callee, ClassRef};
use phalanx_vm::constants::evaluate;
use phalanx_vm::flags::{class as class_flag, func as func_flag};
use phalanx_vm::native::class_flag::ATTRIBUTE_SHIFT;
use phalanx_vm::unit::{AttributeRef, InitRef, UnitRef};
use phalanx_vm::{Context, PhpResult, Thrown};
use std::rc::Rc;

/// Bits of `Attribute::TARGET_*`.
pub mod target {
    pub const CLASS: i64 = 1;
    pub const FUNCTION: i64 = 2;
    pub const METHOD: i64 = 4;
    pub const PROPERTY: i64 = 8;
    pub const CLASS_CONSTANT: i64 = 16;
    pub const PARAMETER: i64 = 32;
    pub const ALL: i64 = 63;
    pub const IS_REPEATABLE: i64 = 64;
    /// In the order of the bits.
    pub const NAMES: [&str; 6] = ["class", "function", "method", "property", "class constant", "parameter"];
}

/// A value that is known, or the code that computes it.
#[derive(Clone)]
pub struct Init {
    value: Value,
    code: u32,
}

impl Init {
    /// A copy of what a declaration says.
    pub fn of(init: &InitRef) -> Init {
        Init { value: init.value.clone(), code: init.code }
    }

    /// Its value in the scope of a class.
    pub fn value(&self, cx: &mut Context, unit: UnitRef, scope: Option<ClassRef>) -> PhpResult<Value> {
        if self.code == 0 { Ok(self.value.clone()) } else { evaluate(cx, unit, self.code - 1, scope) }
    }
}

/// An attribute of a declaration.
pub struct Attribute {
    name: PhpString,
    lc_name: PhpString,
    args: Vec<(Option<PhpString>, Init)>,
    unit: UnitRef,
    scope: Option<ClassRef>,
    target: i64,
    repeated: bool,
}

native_class! {
    /// <https://www.php.net/class.reflectionattribute>
    pub static REFLECTION_ATTRIBUTE = "class ReflectionAttribute implements Reflector";
    flags: not_serializable;
    hooks: HOOKS;
    const "int IS_INSTANCEOF" = 2;
    prop "public string $name";
    methods: GET_NAME, GET_TARGET, IS_REPEATED, GET_ARGUMENTS, NEW_INSTANCE, TO_STRING, CLONE, CONSTRUCT;
}

/// What attributes stand on.
pub struct Place {
    pub unit: Option<UnitRef>,
    pub scope: Option<ClassRef>,
    pub target: i64,
    /// Number of the parameter plus 1, or 0.
    pub param: u32,
}

/// The `getAttributes` of all classes.
pub fn list(
    cx: &mut Context,
    all: &[AttributeRef],
    place: &Place,
    name: Option<&PhpString>,
    flags: i64,
) -> PhpResult<PhpArray> {
    if flags & !2 != 0 {
        return Err(cx.arg_value_error(2, "must be a valid attribute filter flag"));
    }
    let mut list = PhpArray::new();
    let Some(unit) = place.unit else { return Ok(list) };
    let mut base = None;
    if let (Some(name), 2) = (name, flags) {
        base = cx.lookup_class(name, true)?;
        if base.is_none() {
            return Err(cx.throw_error(format!("Class \"{name}\" not found")));
        }
    }
    let own = || all.iter().filter(|attribute| attribute.param == place.param);
    for attribute in own() {
        if let Some(base) = base {
            match cx.lookup_class(&attribute.name, true)? {
                Some(class) if class.is_a(base) => {}
                _ => continue,
            }
        } else if let Some(name) = name {
            let wanted = name.strip_prefix(b"\\").unwrap_or(name).to_ascii_lowercase();
            if attribute.lc_name.as_bytes() != wanted {
                continue;
            }
        }
        let repeated = own().filter(|other| other.lc_name == attribute.lc_name).count() > 1;
        let made = Attribute {
            name: attribute.name.clone(),
            lc_name: attribute.lc_name.clone(),
            args: attribute.args.iter().map(|arg| (arg.name.clone(), Init::of(&arg.value))).collect(),
            unit,
            scope: place.scope,
            target: place.target,
            repeated,
        };
        let object = make(cx, "reflectionattribute", Subject::Attribute(Rc::new(made)), &[&attribute.name])?;
        list.push_value(Value::object(object));
    }
    Ok(list)
}

fn own(cx: &mut Context, this: &ObjRef) -> PhpResult<Rc<Attribute>> {
    match subject(this) {
        Subject::Attribute(attribute) => Ok(attribute),
        _ => Err(cx.throw_error("Internal error: Failed to retrieve the reflection object")),
    }
}

#[php_method("private ReflectionAttribute::__clone(): void", rename = CLONE)]
fn clone(this: &ObjRef) {
    let _ = this;
}

#[php_method("private ReflectionAttribute::__construct()", rename = CONSTRUCT)]
fn construct(this: &ObjRef) {
    let _ = this;
}

#[php_method("ReflectionAttribute::getName(): string")]
fn get_name(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpString> {
    Ok(own(cx, this)?.name.clone())
}

#[php_method("ReflectionAttribute::getTarget(): int")]
fn get_target(cx: &mut Context, this: &ObjRef) -> PhpResult<i64> {
    Ok(own(cx, this)?.target)
}

#[php_method("ReflectionAttribute::isRepeated(): bool")]
fn is_repeated(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    Ok(own(cx, this)?.repeated)
}

#[php_method("ReflectionAttribute::getArguments(): array")]
fn get_arguments(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpArray> {
    let own = own(cx, this)?;
    let mut list = PhpArray::new();
    for (name, init) in &own.args {
        let value = init.value(cx, own.unit, own.scope)?;
        match name {
            Some(name) => drop(list.insert(name, value)),
            None => list.push_value(value),
        }
    }
    Ok(list)
}

#[php_method("ReflectionAttribute::__toString(): string", rename = TO_STRING)]
fn to_string(cx: &mut Context, this: &ObjRef) -> PhpResult<String> {
    let own = own(cx, this)?;
    let mut text = format!("Attribute [ {} ]", own.name);
    if own.args.is_empty() {
        text.push('\n');
        return Ok(text);
    }
    text.push_str(&format!(" {{\n  - Arguments [{}] {{\n", own.args.len()));
    for (index, (name, init)) in own.args.iter().enumerate() {
        let value = init.value(cx, own.unit, own.scope)?;
        let shown = crate::show::value(cx, &value)?;
        match name {
            Some(name) => text.push_str(&format!("    Argument #{index} [ {name} = {shown} ]\n")),
            None => text.push_str(&format!("    Argument #{index} [ {shown} ]\n")),
        }
    }
    text.push_str("  }\n}\n");
    Ok(text)
}

/// What the class of an attribute allows, unless it is none.
fn allowed(cx: &mut Context, class: ClassRef) -> PhpResult<Option<i64>> {
    if let Some(native) = class.native {
        let bits = i64::from(native.traits >> ATTRIBUTE_SHIFT);
        return Ok((bits != 0).then_some(bits));
    }
    let Some(decl) = class.decl else { return Ok(None) };
    let Some(attribute) = decl.attributes.iter().find(|attribute| attribute.lc_name == "attribute") else {
        return Ok(None);
    };
    let Some(arg) = attribute.args.first() else { return Ok(Some(target::ALL)) };
    let value = Init::of(&arg.value).value(cx, decl.unit(), Some(class))?;
    match value.as_int() {
        None => {
            let kind = phalanx_vm::convert::value_name(&value);
            let text =
                format!("Attribute::__construct(): Argument #1 ($flags) must be of type int, {kind} given");
            Err(cx.throw_error(text))
        }
        Some(flags) if flags & !127 != 0 => Err(cx.throw_error("Invalid attribute flags specified")),
        Some(flags) => Ok(Some(flags)),
    }
}

fn target_names(bits: i64) -> String {
    let names = target::NAMES.iter().enumerate();
    names.filter(|(bit, _)| bits >> bit & 1 != 0).map(|(_, name)| *name).collect::<Vec<_>>().join(", ")
}

fn not_an_attribute(cx: &mut Context, name: &PhpString) -> Thrown {
    cx.throw_error(format!("Attempting to use non-attribute class \"{name}\" as attribute"))
}

#[php_method("ReflectionAttribute::newInstance(): object")]
fn new_instance(cx: &mut Context, this: &ObjRef) -> PhpResult<ObjRef> {
    let own = own(cx, this)?;
    let Some(class) = cx.lookup_class(&own.name, true)? else {
        return Err(cx.throw_error(format!("Attribute class \"{}\" not found", own.name)));
    };
    let Some(flags) = allowed(cx, class)? else { return Err(not_an_attribute(cx, &own.name)) };
    if flags & own.target == 0 {
        let text = format!(
            "Attribute \"{}\" cannot target {} (allowed targets: {})",
            own.name,
            target_names(own.target),
            target_names(flags)
        );
        return Err(cx.throw_error(text));
    }
    if own.repeated && flags & target::IS_REPEATABLE == 0 {
        return Err(cx.throw_error(format!("Attribute \"{}\" must not be repeated", own.name)));
    }
    let _ = (&own.lc_name, class_flag::ABSTRACT);
    let object = cx.new_object(class)?;
    let mut args = Vec::new();
    let mut named = PhpArray::new();
    for (name, init) in &own.args {
        let value = init.value(cx, own.unit, own.scope)?;
        match name {
            Some(name) => drop(named.insert(name, value)),
            None => args.push(value),
        }
    }
    let Some(constructor) = class.magic.construct else {
        if own.args.is_empty() {
            return Ok(object);
        }
        let text = format!(
            "Attribute class \"{}\" does not have a constructor, cannot pass arguments",
            class.shown_name()
        );
        return Err(cx.throw_error(text));
    };
    if !constructor.has(func_flag::PUBLIC) {
        let text = format!("Attribute constructor of class {} must be public", class.shown_name());
        return Err(cx.throw_error(text));
    }
    let callee = Callee {
        func: constructor,
        this: Some(object.clone()),
        called_class: Some(class),
        closure: None,
        magic_name: None,
    };
    cx.call_callee_named(&callee, &args, (!named.is_empty()).then_some(&named))?;
    Ok(object)
}
