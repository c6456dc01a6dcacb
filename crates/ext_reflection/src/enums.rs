//! ReflectionEnum.

use crate::constant;
use crate::state::{Subject, class_of, fail, lookup, set_subject};
use crate::types::{TypeInfo, object_of as type_object};
use phalanx_macros::{native_class, php_method};
use phalanx_value::{ObjRef, PhpArray, PhpString, Value};
use phalanx_vm::flags::{class as class_flag, member};
use phalanx_vm::native::NativeType;
use phalanx_vm::types::Type;
use phalanx_vm::{Context, PhpResult};

native_class! {
    /// <https://www.php.net/class.reflectionenum>
    pub static REFLECTION_ENUM = "class ReflectionEnum extends ReflectionClass";
    flags: not_serializable;
    methods: CONSTRUCT, HAS_CASE, GET_CASE, GET_CASES, IS_BACKED, GET_BACKING_TYPE;
}

#[php_method("ReflectionEnum::__construct(object|string $objectOrClass)", rename = CONSTRUCT)]
fn construct(cx: &mut Context, this: &ObjRef, object_or_class: &Value) -> PhpResult {
    let class = lookup(cx, object_or_class)?;
    if !class.has(class_flag::ENUM) {
        return Err(cx.throw_code(
            "reflectionexception",
            format!("Class \"{}\" is not an enum", class.shown_name()),
            -1,
        ));
    }
    this.set_slot(0, Value::string(class.name.clone()));
    set_subject(this, Subject::Class(class, None));
    Ok(())
}

#[php_method("ReflectionEnum::hasCase(string $name): bool")]
fn has_case(cx: &mut Context, this: &ObjRef, name: &PhpString) -> PhpResult<bool> {
    let class = class_of(cx, this)?;
    Ok(class.consts.get(name).is_some_and(|constant| constant.flags & member::ENUM_CASE != 0))
}

#[php_method("ReflectionEnum::getCase(string $name): ReflectionEnumUnitCase")]
fn get_case(cx: &mut Context, this: &ObjRef, name: &PhpString) -> PhpResult<ObjRef> {
    let class = class_of(cx, this)?;
    match class.consts.get(name).copied() {
        Some(case) if case.flags & member::ENUM_CASE != 0 => constant::case_object(cx, class, case),
        Some(_) => Err(fail(cx, format!("{}::{name} is not a case", class.shown_name()))),
        None => Err(fail(cx, format!("Case {}::{name} does not exist", class.shown_name()))),
    }
}

#[php_method("ReflectionEnum::getCases(): array")]
fn get_cases(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpArray> {
    let class = class_of(cx, this)?;
    let mut list = PhpArray::new();
    for case in class.consts.iter().filter(|constant| constant.flags & member::ENUM_CASE != 0) {
        list.push_value(Value::object(constant::case_object(cx, class, *case)?));
    }
    Ok(list)
}

#[php_method("ReflectionEnum::isBacked(): bool")]
fn is_backed(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    Ok(class_of(cx, this)?.enum_type != 0)
}

#[php_method("ReflectionEnum::getBackingType(): ?ReflectionNamedType")]
fn get_backing_type(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    let bits = class_of(cx, this)?.enum_type;
    let ty = NativeType { bits, classes: &[], text: "" };
    type_object(cx, TypeInfo::of(Type::native(&ty)))
}
