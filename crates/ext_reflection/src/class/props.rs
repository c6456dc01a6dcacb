//! Properties of a class.

use super::*;
use crate::property;
use crate::state::Prop;
use phalanx_vm::class::{NO_SLOT, PropRef};
use phalanx_vm::flags::member;

/// The property of this name that the class itself sees.
pub fn find(class: ClassRef, name: &PhpString) -> Option<PropRef> {
    class.props.get(name).copied().filter(|info| !info.has(member::PRIVATE) || info.class == class)
}

fn object(this: &ObjRef) -> Option<ObjRef> {
    if let Subject::Class(_, object) = subject(this) { object } else { None }
}

fn is_dynamic(this: &ObjRef, name: &PhpString) -> bool {
    let dynamic = object(this).and_then(|object| object.dynamic());
    dynamic.is_some_and(|table| table.get_str(name).is_some())
}

#[php_method("ReflectionClass::hasProperty(string $name): bool", tentative)]
fn has_property(cx: &mut Context, this: &ObjRef, name: &PhpString) -> PhpResult<bool> {
    let class = class_of(cx, this)?;
    Ok(find(class, name).is_some() || is_dynamic(this, name))
}

#[php_method("ReflectionClass::getProperty(string $name): ReflectionProperty", tentative)]
fn get_property(cx: &mut Context, this: &ObjRef, name: &PhpString) -> PhpResult<ObjRef> {
    let class = class_of(cx, this)?;
    if let Some(info) = find(class, name) {
        return property::object_of(cx, Prop { class, name: name.clone(), info: Some(info) });
    }
    if is_dynamic(this, name) {
        return property::object_of(cx, Prop { class, name: name.clone(), info: None });
    }
    if let Some(at) = name.windows(2).position(|two| two == b"::") {
        let wanted = PhpString::from(&name[..at]);
        let prop = PhpString::from(&name[at + 2..]);
        let Some(found) = cx.lookup_class(&wanted, true)? else {
            return Err(cx.throw_code(
                "reflectionexception",
                format!("Class \"{wanted}\" does not exist"),
                -1,
            ));
        };
        if !class.is_a(found) {
            let text = format!(
                "Fully qualified property name {}::${prop} does not specify a base class of {}",
                found.shown_name(),
                class.shown_name()
            );
            return Err(cx.throw_code("reflectionexception", text, -1));
        }
        if let Some(info) = find(found, &prop) {
            return property::object_of(cx, Prop { class: found, name: prop, info: Some(info) });
        }
    }
    Err(fail(cx, format!("Property {}::${name} does not exist", class.shown_name())))
}

#[php_method("ReflectionClass::getProperties(?int $filter = null): array", tentative)]
fn get_properties(cx: &mut Context, this: &ObjRef, filter: Option<i64>) -> PhpResult<PhpArray> {
    let class = class_of(cx, this)?;
    let mut list = PhpArray::new();
    for info in class.props.iter() {
        if info.has(member::PRIVATE) && info.class != class {
            continue;
        }
        if filter.is_none_or(|filter| show::modifiers(info.flags, false) & filter != 0) {
            let prop = Prop { class, name: info.name.clone(), info: Some(*info) };
            list.push_value(Value::object(property::object_of(cx, prop)?));
        }
    }
    let public = filter.is_none_or(|filter| filter & show::modifier::PUBLIC != 0);
    if let Some(dynamic) = object(this).and_then(|object| object.dynamic())
        && public
    {
        for key in dynamic.keys() {
            let prop = Prop { class, name: key.to_string(), info: None };
            list.push_value(Value::object(property::object_of(cx, prop)?));
        }
    }
    Ok(list)
}

#[php_method("ReflectionClass::getStaticProperties(): array", tentative)]
fn get_static_properties(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpArray> {
    let class = class_of(cx, this)?;
    cx.init_class(class)?;
    let mut list = PhpArray::new();
    for info in class.props.iter() {
        if !info.has(member::STATIC) || info.has(member::PRIVATE) && info.class != class {
            continue;
        }
        if !crate::property::static_is_set(cx, class, *info)? {
            continue;
        }
        let value = cx.read_static(class, &info.name, Some(info.class))?;
        list.insert(&info.name, value);
    }
    Ok(list)
}

#[php_method("ReflectionClass::getStaticPropertyValue(string $name, mixed $default = UNKNOWN): mixed", tentative, default(default = Value::UNDEF))]
fn get_static_property_value(
    cx: &mut Context,
    this: &ObjRef,
    name: &PhpString,
    default: Value,
) -> PhpResult<Value> {
    let class = class_of(cx, this)?;
    match class.props.get(name).copied().filter(|info| info.has(member::STATIC)) {
        Some(info) => cx.read_static(class, name, Some(info.class)),
        None if !default.is_undef() => Ok(default),
        None => Err(fail(cx, format!("Property {}::${name} does not exist", class.shown_name()))),
    }
}

#[php_method("ReflectionClass::setStaticPropertyValue(string $name, mixed $value): void", tentative)]
fn set_static_property_value(cx: &mut Context, this: &ObjRef, name: &PhpString, value: Value) -> PhpResult {
    let class = class_of(cx, this)?;
    match class.props.get(name).copied().filter(|info| info.has(member::STATIC)) {
        Some(info) => cx.write_static(class, name, value, Some(info.class)),
        None => {
            let text = format!("Class {} does not have a property named {name}", class.shown_name());
            Err(fail(cx, text))
        }
    }
}

#[php_method("ReflectionClass::getDefaultProperties(): array", tentative)]
fn get_default_properties(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpArray> {
    let class = class_of(cx, this)?;
    cx.init_class(class)?;
    let mut list = PhpArray::new();
    for statics in [true, false] {
        for info in class.props.iter() {
            if info.has(member::STATIC) != statics || info.has(member::PRIVATE) && info.class != class {
                continue;
            }
            if info.slot == NO_SLOT {
                continue;
            }
            let value = property::default_of(cx, class, *info)?;
            if !value.is_undef() {
                list.insert(&info.name, value);
            }
        }
    }
    Ok(list)
}
