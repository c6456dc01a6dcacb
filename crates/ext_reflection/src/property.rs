//! ReflectionProperty.

use crate::attribute::{self, Place, target};
use crate::function;
use crate::property_lazy as lazy;
use crate::show;
use crate::state::{HOOKS, Prop, Subject, fail, lookup, make, prop_of, set_subject};
use crate::types::{TypeInfo, object_of as type_object};
use phalanx_macros::{native_class, php_method};
use phalanx_value::{ObjRef, PhpArray, PhpString, Value};
use phalanx_vm::class::{ClassRef, NO_SLOT, PropRef};
use phalanx_vm::flags::member;
use phalanx_vm::props::ReadMode;
use phalanx_vm::{Context, PhpResult};
use std::ptr;

native_class! {
    /// <https://www.php.net/class.reflectionproperty>
    pub static REFLECTION_PROPERTY = "class ReflectionProperty implements Reflector";
    flags: not_serializable;
    hooks: HOOKS;
    const "int IS_STATIC" = 16;
    const "int IS_READONLY" = 128;
    const "int IS_PUBLIC" = 1;
    const "int IS_PROTECTED" = 2;
    const "int IS_PRIVATE" = 4;
    const "int IS_ABSTRACT" = 64;
    const "int IS_PROTECTED_SET" = 2048;
    const "int IS_PRIVATE_SET" = 4096;
    const "int IS_VIRTUAL" = 512;
    const "int IS_FINAL" = 32;
    prop "public string $name";
    prop "public string $class";
    methods: CLONE, CONSTRUCT, TO_STRING, GET_NAME, GET_VALUE, SET_VALUE, GET_RAW_VALUE, SET_RAW_VALUE,
        lazy::SET_RAW_VALUE_WITHOUT_LAZY_INITIALIZATION, lazy::SKIP_LAZY_INITIALIZATION, lazy::IS_LAZY, IS_INITIALIZED, IS_PUBLIC, IS_PRIVATE, IS_PROTECTED, IS_PRIVATE_SET, IS_PROTECTED_SET, IS_STATIC, IS_READ_ONLY,
        IS_DEFAULT, IS_DYNAMIC, IS_ABSTRACT, IS_VIRTUAL, IS_PROMOTED, IS_FINAL, GET_MODIFIERS, GET_DECLARING_CLASS,
        GET_DOC_COMMENT, SET_ACCESSIBLE, GET_TYPE, GET_SETTABLE_TYPE, HAS_TYPE, HAS_DEFAULT_VALUE, GET_DEFAULT_VALUE,
        GET_ATTRIBUTES, HAS_HOOKS, GET_HOOKS, HAS_HOOK, GET_HOOK;
}

native_class! {
    /// <https://www.php.net/enum.propertyhooktype>
    pub static PROPERTY_HOOK_TYPE = "enum PropertyHookType: string";
    case "Get" = "get";
    case "Set" = "set";
}

/// The object of a property.
pub fn object_of(cx: &mut Context, prop: Prop) -> PhpResult<ObjRef> {
    let name = prop.name.clone();
    let class = prop.info.map_or(prop.class, |info| info.class);
    make(cx, "reflectionproperty", Subject::Prop(prop), &[&name, &class.name])
}

/// The default value of a property; undef if it has none.
pub fn default_of(cx: &mut Context, class: ClassRef, info: PropRef) -> PhpResult<Value> {
    if info.slot == NO_SLOT {
        return Ok(Value::UNDEF);
    }
    let lazy = if info.has(member::STATIC) {
        info.class.static_inits.get(info.slot as usize)
    } else {
        class.inits.get(info.slot as usize)
    };
    match lazy {
        Some(lazy) => cx.force(lazy),
        None => Ok(Value::UNDEF),
    }
}

/// Whether a static property has a value.
pub fn static_is_set(cx: &mut Context, class: ClassRef, info: PropRef) -> PhpResult<bool> {
    match cx.read_static(class, &info.name, Some(info.class)) {
        Ok(_) => Ok(true),
        Err(thrown) => {
            if !info.ty.is_some() {
                return Err(thrown);
            }
            cx.catch(thrown)?;
            Ok(false)
        }
    }
}

#[php_method("private ReflectionProperty::__clone(): void", rename = CLONE)]
fn clone(this: &ObjRef) {
    let _ = this;
}

#[php_method("ReflectionProperty::__construct(object|string $class, string $property)", rename = CONSTRUCT)]
fn construct(cx: &mut Context, this: &ObjRef, class: &Value, property: &PhpString) -> PhpResult {
    let object = class.as_object().cloned();
    let class = lookup(cx, class)?;
    let info =
        class.props.get(property).copied().filter(|info| !info.has(member::PRIVATE) || info.class == class);
    if info.is_none() {
        let dynamic = object.and_then(|object| object.dynamic());
        if dynamic.is_none_or(|table| table.get_str(property).is_none()) {
            return Err(fail(cx, format!("Property {}::${property} does not exist", class.shown_name())));
        }
    }
    let holder = info.map_or(class, |info| info.class);
    this.set_slot(0, Value::string(property.clone()));
    this.set_slot(1, Value::string(holder.name.clone()));
    set_subject(this, Subject::Prop(Prop { class, name: property.clone(), info }));
    Ok(())
}

#[php_method("ReflectionProperty::__toString(): string", rename = TO_STRING)]
fn to_string(cx: &mut Context, this: &ObjRef) -> PhpResult<String> {
    let prop = prop_of(cx, this)?;
    crate::text::property(cx, &prop, "")
}

#[php_method("ReflectionProperty::getName(): string", tentative)]
fn get_name(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpString> {
    Ok(prop_of(cx, this)?.name)
}

fn flags(prop: &Prop) -> u32 {
    prop.info.map_or(member::PUBLIC, |info| info.flags)
}

/// The object that a method was given, which must be of the property's class.
pub(crate) fn target_object<'a>(
    cx: &mut Context,
    prop: &Prop,
    object: Option<&'a ObjRef>,
    method: &str,
) -> PhpResult<&'a ObjRef> {
    let Some(object) = object else {
        let text = format!(
            "ReflectionProperty::{method}(): Argument #1 ($object{}) must be provided for instance properties",
            if method == "setValue" { "OrValue" } else { "" }
        );
        return Err(cx.throw_type_error(text));
    };
    let holder = prop.info.map_or(prop.class, |info| info.class);
    if !ClassRef::of(object).is_a(holder) {
        return Err(fail(cx, "Given object is not an instance of the class this property was declared in"));
    }
    Ok(object)
}

fn scope(prop: &Prop) -> Option<ClassRef> {
    Some(prop.info.map_or(prop.class, |info| info.class))
}

#[php_method("ReflectionProperty::getValue(?object $object = null): mixed", tentative)]
fn get_value(cx: &mut Context, this: &ObjRef, object: Option<&ObjRef>) -> PhpResult<Value> {
    let prop = prop_of(cx, this)?;
    if flags(&prop) & member::STATIC != 0 {
        return cx.read_static(prop.class, &prop.name, scope(&prop));
    }
    let object = target_object(cx, &prop, object, "getValue")?;
    cx.read_prop(object, &prop.name, scope(&prop), ReadMode::Read, ptr::null_mut()).map(Value::into_deref)
}

#[php_method("ReflectionProperty::setValue(mixed $objectOrValue = UNKNOWN, mixed $value = UNKNOWN): void", tentative, default(objectOrValue = Value::UNDEF), default(value = Value::UNDEF))]
fn set_value(cx: &mut Context, this: &ObjRef, object_or_value: Value, value: Value) -> PhpResult {
    let prop = prop_of(cx, this)?;
    let object_or_value = (!object_or_value.is_undef()).then_some(object_or_value);
    let value = (!value.is_undef()).then_some(value);
    if flags(&prop) & member::STATIC != 0 {
        let value = match (value, object_or_value) {
            (Some(value), _) => value,
            (None, first) => {
                cx.deprecated("Calling ReflectionProperty::setValue() with a single argument is deprecated")?;
                first.unwrap_or(Value::NULL)
            }
        };
        return cx.write_static(prop.class, &prop.name, value, scope(&prop));
    }
    let target = object_or_value.unwrap_or(Value::NULL);
    let Some(object) = target.as_object() else {
        let given = phalanx_vm::convert::value_name(&target);
        let text = format!(
            "ReflectionProperty::setValue(): Argument #1 ($objectOrValue) must be of type object, {given} given"
        );
        return Err(cx.throw_type_error(text));
    };
    let Some(value) = value else {
        return Err(cx.throw_argument_count_error(
            "ReflectionProperty::setValue() expects exactly 2 arguments, 1 given",
        ));
    };
    cx.write_prop(object, &prop.name, value, scope(&prop), ptr::null_mut()).map(drop)
}

#[php_method("ReflectionProperty::getRawValue(object $object): mixed")]
fn get_raw_value(cx: &mut Context, this: &ObjRef, object: &ObjRef) -> PhpResult<Value> {
    let prop = prop_of(cx, this)?;
    if flags(&prop) & member::STATIC != 0 {
        return Err(fail(cx, "May not use getRawValue on static properties"));
    }
    let object = target_object(cx, &prop, Some(object), "getRawValue")?;
    match prop.info {
        Some(info) if info.slot == NO_SLOT => Err(cx.throw_error("Must not read from virtual property")),
        Some(info) if info.has_hooks() => {
            let object =
                if phalanx_vm::lazy::is_lazy_slot(object, info.slot) || phalanx_vm::lazy::is_proxy(object) {
                    cx.realize(object)?
                } else {
                    object.clone()
                };
            let value = object.get_slot(info.slot);
            if value.is_undef() && info.ty.is_some() {
                let class = info.class.shown_name();
                let text = format!(
                    "Typed property {class}::${} must not be accessed before initialization",
                    info.name
                );
                return Err(cx.throw_error(text));
            }
            Ok(if value.is_undef() { Value::NULL } else { value.into_deref() })
        }
        _ => cx
            .read_prop(object, &prop.name, scope(&prop), ReadMode::Read, ptr::null_mut())
            .map(Value::into_deref),
    }
}

#[php_method("ReflectionProperty::setRawValue(object $object, mixed $value): void")]
fn set_raw_value(cx: &mut Context, this: &ObjRef, object: &ObjRef, value: Value) -> PhpResult {
    let prop = prop_of(cx, this)?;
    if flags(&prop) & member::STATIC != 0 {
        return Err(fail(cx, "May not use setRawValue on static properties"));
    }
    let object = target_object(cx, &prop, Some(object), "setRawValue")?;
    match prop.info {
        Some(info) if info.slot == NO_SLOT => Err(cx.throw_error("Must not write to virtual property")),
        Some(info) if info.has_hooks() => {
            let object = cx.realize(object)?;
            cx.init_prop(&object, info, value)
        }
        _ => cx.write_prop(object, &prop.name, value, scope(&prop), ptr::null_mut()).map(drop),
    }
}

#[php_method("ReflectionProperty::isInitialized(?object $object = null): bool", tentative)]
fn is_initialized(cx: &mut Context, this: &ObjRef, object: Option<&ObjRef>) -> PhpResult<bool> {
    let prop = prop_of(cx, this)?;
    if let Some(info) = prop.info.filter(|info| info.has(member::STATIC)) {
        return static_is_set(cx, prop.class, info);
    }
    let object = target_object(cx, &prop, object, "isInitialized")?;
    let object = &match prop.info {
        Some(info) if info.slot == NO_SLOT => object.clone(),
        Some(info) if !object.get_slot(info.slot).is_undef() => object.clone(),
        Some(info)
            if phalanx_vm::lazy::is_uninitialized(object)
                && !phalanx_vm::lazy::is_lazy_slot(object, info.slot) =>
        {
            object.clone()
        }
        _ => cx.realize(object)?,
    };
    Ok(match prop.info {
        Some(info) if info.slot == NO_SLOT => true,
        Some(info) => !object.get_slot(info.slot).is_undef(),
        None => object.dynamic().is_some_and(|table| table.get_str(&prop.name).is_some()),
    })
}

fn has(cx: &mut Context, this: &ObjRef, bit: i64) -> PhpResult<bool> {
    let prop = prop_of(cx, this)?;
    Ok(show::modifiers(flags(&prop), false) & bit != 0)
}

#[php_method("ReflectionProperty::isPublic(): bool", tentative)]
fn is_public(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    has(cx, this, 1)
}

#[php_method("ReflectionProperty::isPrivate(): bool", tentative)]
fn is_private(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    has(cx, this, 4)
}

#[php_method("ReflectionProperty::isProtected(): bool", tentative)]
fn is_protected(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    has(cx, this, 2)
}

#[php_method("ReflectionProperty::isPrivateSet(): bool")]
fn is_private_set(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    has(cx, this, show::modifier::PRIVATE_SET)
}

#[php_method("ReflectionProperty::isProtectedSet(): bool")]
fn is_protected_set(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    has(cx, this, show::modifier::PROTECTED_SET)
}

#[php_method("ReflectionProperty::isStatic(): bool", tentative)]
fn is_static(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    has(cx, this, 16)
}

#[php_method("ReflectionProperty::isReadOnly(): bool")]
fn is_read_only(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    has(cx, this, 128)
}

#[php_method("ReflectionProperty::isAbstract(): bool")]
fn is_abstract(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    has(cx, this, 64)
}

#[php_method("ReflectionProperty::isVirtual(): bool")]
fn is_virtual(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    has(cx, this, 512)
}

#[php_method("ReflectionProperty::isFinal(): bool")]
fn is_final(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    has(cx, this, 32)
}

#[php_method("ReflectionProperty::isDefault(): bool", tentative)]
fn is_default(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    Ok(prop_of(cx, this)?.info.is_some())
}

#[php_method("ReflectionProperty::isDynamic(): bool")]
fn is_dynamic(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    Ok(prop_of(cx, this)?.info.is_none())
}

#[php_method("ReflectionProperty::isPromoted(): bool")]
fn is_promoted(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    Ok(flags(&prop_of(cx, this)?) & member::PROMOTED != 0)
}

#[php_method("ReflectionProperty::getModifiers(): int", tentative)]
fn get_modifiers(cx: &mut Context, this: &ObjRef) -> PhpResult<i64> {
    Ok(show::modifiers(flags(&prop_of(cx, this)?), false))
}

#[php_method("ReflectionProperty::getDeclaringClass(): ReflectionClass", tentative)]
fn get_declaring_class(cx: &mut Context, this: &ObjRef) -> PhpResult<ObjRef> {
    let prop = prop_of(cx, this)?;
    crate::class::object_of(cx, prop.info.map_or(prop.class, |info| info.class))
}

#[php_method("ReflectionProperty::getDocComment(): string|false", tentative)]
fn get_doc_comment(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    let prop = prop_of(cx, this)?;
    Ok(prop.info.and_then(|info| info.doc.clone()).map_or(Value::FALSE, Value::string))
}

#[php_method("ReflectionProperty::setAccessible(bool $accessible): void", tentative)]
fn set_accessible(this: &ObjRef, accessible: bool) {
    let _ = (this, accessible);
}

fn type_of(prop: &Prop) -> Option<std::rc::Rc<TypeInfo>> {
    prop.info.and_then(|info| TypeInfo::of(info.ty))
}

#[php_method("ReflectionProperty::getType(): ?ReflectionType", tentative)]
fn get_type(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    let prop = prop_of(cx, this)?;
    type_object(cx, type_of(&prop))
}

#[php_method("ReflectionProperty::getSettableType(): ?ReflectionType")]
fn get_settable_type(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    let prop = prop_of(cx, this)?;
    if let Some(set) = prop.info.and_then(|info| info.hooks[1]) {
        let ty = crate::parameter::type_of(set, 0);
        return type_object(cx, ty);
    }
    type_object(cx, type_of(&prop))
}

#[php_method("ReflectionProperty::hasType(): bool", tentative)]
fn has_type(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    Ok(prop_of(cx, this)?.info.is_some_and(|info| info.ty.is_some()))
}

#[php_method("ReflectionProperty::hasDefaultValue(): bool")]
fn has_default_value(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    let prop = prop_of(cx, this)?;
    let Some(info) = prop.info else { return Ok(false) };
    Ok(!default_of(cx, prop.class, info)?.is_undef())
}

#[php_method("ReflectionProperty::getDefaultValue(): mixed", tentative)]
fn get_default_value(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    let prop = prop_of(cx, this)?;
    let Some(info) = prop.info else { return Ok(Value::NULL) };
    let value = default_of(cx, prop.class, info)?;
    Ok(if value.is_undef() { Value::NULL } else { value })
}

#[php_method("ReflectionProperty::getAttributes(?string $name = null, int $flags = 0): array")]
fn get_attributes(
    cx: &mut Context,
    this: &ObjRef,
    name: Option<&PhpString>,
    flags: i64,
) -> PhpResult<PhpArray> {
    let prop = prop_of(cx, this)?;
    let Some(info) = prop.info else { return Ok(PhpArray::new()) };
    let unit = info.class.decl.map(|decl| decl.unit());
    let place = Place { unit, scope: Some(info.class), target: target::PROPERTY, param: 0 };
    let all = info.decl.map_or(&[][..], |decl| &decl.attributes);
    attribute::list(cx, all, &place, name, flags)
}

#[php_method("ReflectionProperty::hasHooks(): bool")]
fn has_hooks(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    Ok(prop_of(cx, this)?.info.is_some_and(|info| info.has_hooks()))
}

#[php_method("ReflectionProperty::getHooks(): array")]
fn get_hooks(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpArray> {
    let prop = prop_of(cx, this)?;
    let mut list = PhpArray::new();
    let hooks = prop.info.map_or([None, None], |info| info.hooks);
    for (name, hook) in ["get", "set"].into_iter().zip(hooks) {
        if let Some(hook) = hook {
            list.insert_bytes(name, Value::object(function::method_object(cx, hook)?));
        }
    }
    Ok(list)
}

/// The hook that a case of PropertyHookType names.
fn hook(cx: &mut Context, this: &ObjRef, kind: &ObjRef) -> PhpResult<Option<phalanx_vm::FuncRef>> {
    let prop = prop_of(cx, this)?;
    let set = kind.get_slot(0).as_bytes() == Some(b"Set");
    Ok(prop.info.and_then(|info| info.hooks[usize::from(set)]))
}

#[php_method("ReflectionProperty::hasHook(PropertyHookType $type): bool")]
fn has_hook(cx: &mut Context, this: &ObjRef, r#type: &ObjRef) -> PhpResult<bool> {
    Ok(hook(cx, this, r#type)?.is_some())
}

#[php_method("ReflectionProperty::getHook(PropertyHookType $type): ?ReflectionMethod")]
fn get_hook(cx: &mut Context, this: &ObjRef, r#type: &ObjRef) -> PhpResult<Value> {
    match hook(cx, this, r#type)? {
        Some(hook) => function::method_object(cx, hook).map(Value::object),
        None => Ok(Value::NULL),
    }
}
