//! ReflectionClassConstant, and the cases of enums.

use crate::attribute::{self, Place, target};
use crate::show;
use crate::state::{HOOKS, Subject, const_of, fail, lookup, make, set_subject};
use crate::types::{TypeInfo, object_of as type_object};
use phalanx_macros::{native_class, php_method};
use phalanx_value::{ObjRef, PhpArray, PhpString, Value};
use phalanx_vm::class::{ClassRef, ConstRef};
use phalanx_vm::flags::member;
use phalanx_vm::{Context, PhpResult};

native_class! {
    /// <https://www.php.net/class.reflectionclassconstant>
    pub static REFLECTION_CLASS_CONSTANT = "class ReflectionClassConstant implements Reflector";
    flags: not_serializable;
    hooks: HOOKS;
    const "int IS_PUBLIC" = 1;
    const "int IS_PROTECTED" = 2;
    const "int IS_PRIVATE" = 4;
    const "int IS_FINAL" = 32;
    prop "public string $name";
    prop "public string $class";
    methods: CLONE, CONSTRUCT, TO_STRING, GET_NAME, GET_VALUE, IS_PUBLIC, IS_PRIVATE, IS_PROTECTED, IS_FINAL,
        GET_MODIFIERS, GET_DECLARING_CLASS, GET_DOC_COMMENT, GET_ATTRIBUTES, IS_ENUM_CASE, IS_DEPRECATED, HAS_TYPE,
        GET_TYPE;
}

native_class! {
    /// <https://www.php.net/class.reflectionenumunitcase>
    pub static REFLECTION_ENUM_UNIT_CASE = "class ReflectionEnumUnitCase extends ReflectionClassConstant";
    flags: not_serializable;
    methods: CONSTRUCT_CASE, GET_ENUM, GET_CASE_VALUE;
}

native_class! {
    /// <https://www.php.net/class.reflectionenumbackedcase>
    pub static REFLECTION_ENUM_BACKED_CASE = "class ReflectionEnumBackedCase extends ReflectionEnumUnitCase";
    flags: not_serializable;
    methods: CONSTRUCT_BACKED, GET_BACKING_VALUE;
}

/// The ReflectionClassConstant of a constant.
pub fn object_of(cx: &mut Context, class: ClassRef, constant: ConstRef) -> PhpResult<ObjRef> {
    let props = [&constant.name, &constant.class.name];
    make(cx, "reflectionclassconstant", Subject::Const(class, constant), &props)
}

/// The object of a case.
pub fn case_object(cx: &mut Context, class: ClassRef, constant: ConstRef) -> PhpResult<ObjRef> {
    let kind = if class.enum_type != 0 { "reflectionenumbackedcase" } else { "reflectionenumunitcase" };
    make(cx, kind, Subject::Const(class, constant), &[&constant.name, &constant.class.name])
}

#[php_method("private ReflectionClassConstant::__clone(): void", rename = CLONE)]
fn clone(this: &ObjRef) {
    let _ = this;
}

#[php_method("ReflectionClassConstant::__construct(object|string $class, string $constant)", rename = CONSTRUCT)]
fn construct(cx: &mut Context, this: &ObjRef, class: &Value, constant: &PhpString) -> PhpResult {
    let class = lookup(cx, class)?;
    let Some(found) = class.consts.get(constant).copied() else {
        return Err(fail(cx, format!("Constant {}::{constant} does not exist", class.shown_name())));
    };
    this.set_slot(0, Value::string(found.name.clone()));
    this.set_slot(1, Value::string(found.class.name.clone()));
    set_subject(this, Subject::Const(class, found));
    Ok(())
}

#[php_method("ReflectionEnumUnitCase::__construct(object|string $class, string $constant)", rename = CONSTRUCT_CASE)]
fn construct_case(cx: &mut Context, this: &ObjRef, class: &Value, constant: &PhpString) -> PhpResult {
    construct(cx, this, class, constant)?;
    let (class, found) = const_of(cx, this)?;
    if found.flags & member::ENUM_CASE == 0 {
        return Err(fail(cx, format!("Constant {}::{} is not a case", class.shown_name(), found.name)));
    }
    Ok(())
}

#[php_method("ReflectionEnumBackedCase::__construct(object|string $class, string $constant)", rename = CONSTRUCT_BACKED)]
fn construct_backed(cx: &mut Context, this: &ObjRef, class: &Value, constant: &PhpString) -> PhpResult {
    construct_case(cx, this, class, constant)?;
    let (class, found) = const_of(cx, this)?;
    if class.enum_type == 0 {
        let text = format!("Enum case {}::{} is not a backed case", class.shown_name(), found.name);
        return Err(fail(cx, text));
    }
    Ok(())
}

#[php_method("ReflectionClassConstant::__toString(): string", rename = TO_STRING)]
fn to_string(cx: &mut Context, this: &ObjRef) -> PhpResult<String> {
    let (class, constant) = const_of(cx, this)?;
    crate::text::constant(cx, class, constant, "")
}

#[php_method("ReflectionClassConstant::getName(): string", tentative)]
fn get_name(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpString> {
    Ok(const_of(cx, this)?.1.name.clone())
}

#[php_method("ReflectionClassConstant::getValue(): mixed", tentative)]
fn get_value(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    let (class, constant) = const_of(cx, this)?;
    cx.constant_value(class, constant)
}

fn has(cx: &mut Context, this: &ObjRef, bit: i64) -> PhpResult<bool> {
    Ok(show::modifiers(const_of(cx, this)?.1.flags, true) & bit != 0)
}

#[php_method("ReflectionClassConstant::isPublic(): bool", tentative)]
fn is_public(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    has(cx, this, 1)
}

#[php_method("ReflectionClassConstant::isPrivate(): bool", tentative)]
fn is_private(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    has(cx, this, 4)
}

#[php_method("ReflectionClassConstant::isProtected(): bool", tentative)]
fn is_protected(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    has(cx, this, 2)
}

#[php_method("ReflectionClassConstant::isFinal(): bool")]
fn is_final(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    has(cx, this, 32)
}

#[php_method("ReflectionClassConstant::getModifiers(): int", tentative)]
fn get_modifiers(cx: &mut Context, this: &ObjRef) -> PhpResult<i64> {
    Ok(show::modifiers(const_of(cx, this)?.1.flags, true) & (7 | 32))
}

#[php_method("ReflectionClassConstant::getDeclaringClass(): ReflectionClass", tentative)]
fn get_declaring_class(cx: &mut Context, this: &ObjRef) -> PhpResult<ObjRef> {
    let class = const_of(cx, this)?.1.class;
    crate::class::object_of(cx, class)
}

#[php_method("ReflectionClassConstant::getDocComment(): string|false", tentative)]
fn get_doc_comment(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    let constant = const_of(cx, this)?.1;
    Ok(constant.decl.and_then(|decl| decl.doc.clone()).map_or(Value::FALSE, Value::string))
}

#[php_method("ReflectionClassConstant::getAttributes(?string $name = null, int $flags = 0): array")]
fn get_attributes(
    cx: &mut Context,
    this: &ObjRef,
    name: Option<&PhpString>,
    flags: i64,
) -> PhpResult<PhpArray> {
    let constant = const_of(cx, this)?.1;
    let unit = constant.class.decl.map(|decl| decl.unit());
    let place = Place { unit, scope: Some(constant.class), target: target::CLASS_CONSTANT, param: 0 };
    let all = constant.decl.map_or(&[][..], |decl| &decl.attributes);
    attribute::list(cx, all, &place, name, flags)
}

#[php_method("ReflectionClassConstant::isEnumCase(): bool")]
fn is_enum_case(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    Ok(const_of(cx, this)?.1.flags & member::ENUM_CASE != 0)
}

#[php_method("ReflectionClassConstant::isDeprecated(): bool")]
fn is_deprecated(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    let constant = const_of(cx, this)?.1;
    let native = constant.native.is_some_and(|native| native.deprecated.is_some());
    let own = constant.decl.is_some_and(|decl| decl.attributes.iter().any(|one| one.lc_name == "deprecated"));
    Ok(native || own)
}

#[php_method("ReflectionClassConstant::hasType(): bool")]
fn has_type(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    Ok(const_of(cx, this)?.1.ty.is_some())
}

#[php_method("ReflectionClassConstant::getType(): ?ReflectionType")]
fn get_type(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    let ty = TypeInfo::of(const_of(cx, this)?.1.ty);
    type_object(cx, ty)
}

#[php_method("ReflectionEnumUnitCase::getEnum(): ReflectionEnum")]
fn get_enum(cx: &mut Context, this: &ObjRef) -> PhpResult<ObjRef> {
    let class = const_of(cx, this)?.1.class;
    make(cx, "reflectionenum", Subject::Class(class, None), &[&class.name])
}

#[php_method("ReflectionEnumUnitCase::getValue(): UnitEnum", tentative, rename = GET_CASE_VALUE)]
fn get_case_value(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    get_value(cx, this)
}

#[php_method("ReflectionEnumBackedCase::getBackingValue(): int|string")]
fn get_backing_value(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    let case = get_value(cx, this)?;
    Ok(case.as_object().map_or(Value::NULL, |case| case.get_slot(1)))
}
