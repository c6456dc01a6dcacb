//! Constants of a class.

use super::*;
use crate::constant;

#[php_method("ReflectionClass::hasConstant(string $name): bool", tentative)]
fn has_constant(cx: &mut Context, this: &ObjRef, name: &PhpString) -> PhpResult<bool> {
    Ok(class_of(cx, this)?.consts.get(name).is_some())
}

#[php_method("ReflectionClass::getConstants(?int $filter = null): array", tentative)]
fn get_constants(cx: &mut Context, this: &ObjRef, filter: Option<i64>) -> PhpResult<PhpArray> {
    let class = class_of(cx, this)?;
    let mut list = PhpArray::new();
    for constant in class.consts.iter() {
        if filter.is_none_or(|filter| show::modifiers(constant.flags, true) & filter != 0) {
            let value = cx.constant_value(class, *constant)?;
            list.insert(&constant.name, value);
        }
    }
    Ok(list)
}

#[php_method("ReflectionClass::getReflectionConstants(?int $filter = null): array", tentative)]
fn get_reflection_constants(cx: &mut Context, this: &ObjRef, filter: Option<i64>) -> PhpResult<PhpArray> {
    let class = class_of(cx, this)?;
    let mut list = PhpArray::new();
    for constant in class.consts.iter() {
        if filter.is_none_or(|filter| show::modifiers(constant.flags, true) & filter != 0) {
            list.push_value(Value::object(constant::object_of(cx, class, *constant)?));
        }
    }
    Ok(list)
}

#[php_method("ReflectionClass::getConstant(string $name): mixed", tentative)]
fn get_constant(cx: &mut Context, this: &ObjRef, name: &PhpString) -> PhpResult<Value> {
    let class = class_of(cx, this)?;
    match class.consts.get(name).copied() {
        Some(constant) => cx.constant_value(class, constant),
        None => Ok(Value::FALSE),
    }
}

#[php_method(
    "ReflectionClass::getReflectionConstant(string $name): ReflectionClassConstant|false",
    tentative
)]
fn get_reflection_constant(cx: &mut Context, this: &ObjRef, name: &PhpString) -> PhpResult<Value> {
    let class = class_of(cx, this)?;
    match class.consts.get(name).copied() {
        Some(constant) => constant::object_of(cx, class, constant).map(Value::object),
        None => Ok(Value::FALSE),
    }
}
