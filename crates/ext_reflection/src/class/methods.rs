//! Methods of a class.

use super::*;
use crate::function;

#[php_method("ReflectionClass::getConstructor(): ?ReflectionMethod", tentative)]
fn get_constructor(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    match class_of(cx, this)?.magic.construct {
        Some(constructor) => function::method_object(cx, constructor).map(Value::object),
        None => Ok(Value::NULL),
    }
}

#[php_method("ReflectionClass::hasMethod(string $name): bool", tentative)]
fn has_method(cx: &mut Context, this: &ObjRef, name: &PhpString) -> PhpResult<bool> {
    let class = class_of(cx, this)?;
    let lower = name.to_ascii_lowercase();
    Ok(class.method(&lower).is_some() || class.lc_name == "closure" && lower == b"__invoke")
}

#[php_method("ReflectionClass::getMethod(string $name): ReflectionMethod", tentative)]
fn get_method(cx: &mut Context, this: &ObjRef, name: &PhpString) -> PhpResult<ObjRef> {
    let class = class_of(cx, this)?;
    match class.method(&name.to_ascii_lowercase()) {
        Some(method) => function::method_object(cx, method),
        None => Err(fail(cx, format!("Method {}::{name}() does not exist", class.shown_name()))),
    }
}

#[php_method("ReflectionClass::getMethods(?int $filter = null): array", tentative)]
fn get_methods(cx: &mut Context, this: &ObjRef, filter: Option<i64>) -> PhpResult<PhpArray> {
    let class = class_of(cx, this)?;
    let mut list = PhpArray::new();
    for method in class.methods.iter() {
        if method.has(func_flag::PRIVATE) && method.scope != Some(class) {
            continue;
        }
        if filter.is_none_or(|filter| show::modifiers(method.flags, true) & filter != 0) {
            list.push_value(Value::object(function::method_object(cx, *method)?));
        }
    }
    Ok(list)
}
