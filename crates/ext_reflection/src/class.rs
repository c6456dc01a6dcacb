//! ReflectionClass, ReflectionObject.

mod consts;
mod instance;
mod lazy;
mod methods;
mod props;

use crate::attribute::{self, Place, target};
use crate::show;
use crate::state::{HOOKS, Subject, class_of, fail, lookup, make, set_subject, subject};
use phalanx_macros::{native_class, php_method};
use phalanx_value::{ObjRef, PhpArray, PhpString, Value};
use phalanx_vm::class::ClassRef;
use phalanx_vm::flags::{class as class_flag, func as func_flag};
use phalanx_vm::{Context, PhpResult};

native_class! {
    /// <https://www.php.net/class.reflectionclass>
    pub static REFLECTION_CLASS = "class ReflectionClass implements Reflector";
    flags: not_serializable;
    hooks: HOOKS;
    const "int IS_IMPLICIT_ABSTRACT" = 16;
    const "int IS_EXPLICIT_ABSTRACT" = 64;
    const "int IS_FINAL" = 32;
    const "int IS_READONLY" = 65536;
    const "int SKIP_INITIALIZATION_ON_SERIALIZE" = 8;
    const "int SKIP_DESTRUCTOR" = 16;
    prop "public string $name";
    methods: CLONE, CONSTRUCT, TO_STRING, GET_NAME, IS_INTERNAL, IS_USER_DEFINED, IS_ANONYMOUS,
        instance::IS_INSTANTIABLE, instance::IS_CLONEABLE, GET_FILE_NAME, GET_START_LINE, GET_END_LINE,
        GET_DOC_COMMENT, methods::GET_CONSTRUCTOR, methods::HAS_METHOD, methods::GET_METHOD, methods::GET_METHODS,
        props::HAS_PROPERTY, props::GET_PROPERTY, props::GET_PROPERTIES, consts::HAS_CONSTANT, consts::GET_CONSTANTS,
        consts::GET_REFLECTION_CONSTANTS, consts::GET_CONSTANT, consts::GET_REFLECTION_CONSTANT, GET_INTERFACES,
        GET_INTERFACE_NAMES, IS_INTERFACE, GET_TRAITS, GET_TRAIT_NAMES, GET_TRAIT_ALIASES, IS_TRAIT, IS_ABSTRACT,
        IS_FINAL, IS_READ_ONLY, GET_MODIFIERS, instance::IS_INSTANCE, instance::NEW_INSTANCE,
        instance::NEW_INSTANCE_WITHOUT_CONSTRUCTOR, instance::NEW_INSTANCE_ARGS, lazy::NEW_LAZY_GHOST, lazy::NEW_LAZY_PROXY,
        lazy::RESET_AS_LAZY_GHOST, lazy::RESET_AS_LAZY_PROXY, lazy::INITIALIZE_LAZY_OBJECT,
        lazy::IS_UNINITIALIZED_LAZY_OBJECT, lazy::MARK_LAZY_OBJECT_AS_INITIALIZED, lazy::GET_LAZY_INITIALIZER,
        GET_PARENT_CLASS, IS_SUBCLASS_OF,
        props::GET_STATIC_PROPERTIES, props::GET_STATIC_PROPERTY_VALUE, props::SET_STATIC_PROPERTY_VALUE,
        props::GET_DEFAULT_PROPERTIES, IS_ITERABLE, IS_ITERATEABLE, IMPLEMENTS_INTERFACE, GET_EXTENSION,
        GET_EXTENSION_NAME, IN_NAMESPACE, GET_NAMESPACE_NAME, GET_SHORT_NAME, GET_ATTRIBUTES, IS_ENUM;
}

native_class! {
    /// <https://www.php.net/class.reflectionobject>
    pub static REFLECTION_OBJECT = "class ReflectionObject extends ReflectionClass";
    flags: not_serializable;
    methods: CONSTRUCT_OBJECT;
}

/// The ReflectionClass of a class.
pub fn object_of(cx: &mut Context, class: ClassRef) -> PhpResult<ObjRef> {
    make(cx, "reflectionclass", Subject::Class(class, None), &[&class.name])
}

#[php_method("private ReflectionClass::__clone(): void", rename = CLONE)]
fn clone(this: &ObjRef) {
    let _ = this;
}

#[php_method("ReflectionClass::__construct($objectOrClass)", rename = CONSTRUCT)]
fn construct(cx: &mut Context, this: &ObjRef, object_or_class: &Value) -> PhpResult {
    let class = lookup(cx, object_or_class)?;
    this.set_slot(0, Value::string(class.name.clone()));
    set_subject(this, Subject::Class(class, object_or_class.as_object().cloned()));
    Ok(())
}

#[php_method("ReflectionObject::__construct(object $object)", rename = CONSTRUCT_OBJECT)]
fn construct_object(this: &ObjRef, object: &ObjRef) {
    let class = ClassRef::of(object);
    this.set_slot(0, Value::string(class.name.clone()));
    set_subject(this, Subject::Class(class, Some(object.clone())));
}

#[php_method("ReflectionClass::__toString(): string", rename = TO_STRING)]
fn to_string(cx: &mut Context, this: &ObjRef) -> PhpResult<String> {
    let class = class_of(cx, this)?;
    let object = if let Subject::Class(_, object) = subject(this) { object } else { None };
    crate::text::class(
        cx,
        class,
        object.as_ref().filter(|_| ClassRef::of(this).is_named(b"reflectionobject")),
    )
}

#[php_method("ReflectionClass::getName(): string", tentative)]
fn get_name(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpString> {
    Ok(class_of(cx, this)?.name.clone())
}

#[php_method("ReflectionClass::isInternal(): bool", tentative)]
fn is_internal(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    Ok(class_of(cx, this)?.native.is_some())
}

#[php_method("ReflectionClass::isUserDefined(): bool", tentative)]
fn is_user_defined(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    Ok(class_of(cx, this)?.native.is_none())
}

#[php_method("ReflectionClass::isAnonymous(): bool", tentative)]
fn is_anonymous(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    Ok(class_of(cx, this)?.has(class_flag::ANON))
}

#[php_method("ReflectionClass::getFileName(): string|false", tentative)]
fn get_file_name(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    let class = class_of(cx, this)?;
    Ok(class.decl.map_or(Value::FALSE, |decl| Value::string(decl.unit().path.clone())))
}

#[php_method("ReflectionClass::getStartLine(): int|false", tentative)]
fn get_start_line(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    let class = class_of(cx, this)?;
    Ok(class.decl.map_or(Value::FALSE, |decl| Value::int(i64::from(decl.line_start))))
}

#[php_method("ReflectionClass::getEndLine(): int|false", tentative)]
fn get_end_line(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    let class = class_of(cx, this)?;
    Ok(class.decl.map_or(Value::FALSE, |decl| Value::int(i64::from(decl.line_end))))
}

#[php_method("ReflectionClass::getDocComment(): string|false", tentative)]
fn get_doc_comment(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    let class = class_of(cx, this)?;
    Ok(class.decl.and_then(|decl| decl.doc.clone()).map_or(Value::FALSE, Value::string))
}

#[php_method("ReflectionClass::getInterfaces(): array", tentative)]
fn get_interfaces(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpArray> {
    let class = class_of(cx, this)?;
    objects(cx, &class.interfaces)
}

fn objects(cx: &mut Context, classes: &[ClassRef]) -> PhpResult<PhpArray> {
    let mut list = PhpArray::new();
    for class in classes {
        let object = object_of(cx, *class)?;
        list.insert(&class.name, Value::object(object));
    }
    Ok(list)
}

fn names(classes: &[ClassRef]) -> PhpArray {
    classes.iter().map(|class| Value::string(class.name.clone())).collect()
}

#[php_method("ReflectionClass::getInterfaceNames(): array", tentative)]
fn get_interface_names(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpArray> {
    Ok(names(&class_of(cx, this)?.interfaces))
}

#[php_method("ReflectionClass::isInterface(): bool", tentative)]
fn is_interface(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    Ok(class_of(cx, this)?.has(class_flag::INTERFACE))
}

#[php_method("ReflectionClass::getTraits(): array", tentative)]
fn get_traits(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpArray> {
    let class = class_of(cx, this)?;
    objects(cx, &class.traits)
}

#[php_method("ReflectionClass::getTraitNames(): array", tentative)]
fn get_trait_names(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpArray> {
    Ok(names(&class_of(cx, this)?.traits))
}

#[php_method("ReflectionClass::getTraitAliases(): array", tentative)]
fn get_trait_aliases(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpArray> {
    let class = class_of(cx, this)?;
    let mut list = PhpArray::new();
    for (alias, method) in &class.trait_aliases {
        list.insert(alias, Value::string(method.clone()));
    }
    Ok(list)
}

#[php_method("ReflectionClass::isTrait(): bool", tentative)]
fn is_trait(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    Ok(class_of(cx, this)?.has(class_flag::TRAIT))
}

#[php_method("ReflectionClass::isEnum(): bool")]
fn is_enum(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    Ok(class_of(cx, this)?.has(class_flag::ENUM))
}

#[php_method("ReflectionClass::isAbstract(): bool", tentative)]
fn is_abstract(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    let class = class_of(cx, this)?;
    let any = class.methods.iter().any(|method| method.has(func_flag::ABSTRACT));
    Ok(class.has(class_flag::ABSTRACT) || any)
}

#[php_method("ReflectionClass::isFinal(): bool", tentative)]
fn is_final(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    Ok(class_of(cx, this)?.has(class_flag::FINAL))
}

#[php_method("ReflectionClass::isReadOnly(): bool")]
fn is_read_only(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    Ok(class_of(cx, this)?.has(class_flag::READONLY))
}

#[php_method("ReflectionClass::getModifiers(): int", tentative)]
fn get_modifiers(cx: &mut Context, this: &ObjRef) -> PhpResult<i64> {
    Ok(show::class_modifiers(class_of(cx, this)?))
}

#[php_method("ReflectionClass::getParentClass(): ReflectionClass|false", tentative)]
fn get_parent_class(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    match class_of(cx, this)?.parent {
        Some(parent) => object_of(cx, parent).map(Value::object),
        None => Ok(Value::FALSE),
    }
}

/// The class that a ReflectionClass or a name means.
fn other(cx: &mut Context, value: &Value, what: &str) -> PhpResult<ClassRef> {
    if let Some(object) = value.as_object() {
        if let Subject::Class(class, _) = subject(object) {
            return Ok(class);
        }
        return Err(cx.arg_type_error(1, "ReflectionClass|string", value));
    }
    let name = cx.to_string(value)?;
    match cx.lookup_class(&name, true)? {
        Some(class) => Ok(class),
        None => Err(fail(cx, format!("{what} \"{name}\" does not exist"))),
    }
}

#[php_method("ReflectionClass::isSubclassOf(ReflectionClass|string $class): bool", tentative)]
fn is_subclass_of(cx: &mut Context, this: &ObjRef, class: &Value) -> PhpResult<bool> {
    let own = class_of(cx, this)?;
    let other = other(cx, class, "Class")?;
    Ok(own != other && own.is_a(other))
}

#[php_method("ReflectionClass::implementsInterface(ReflectionClass|string $interface): bool", tentative)]
fn implements_interface(cx: &mut Context, this: &ObjRef, interface: &Value) -> PhpResult<bool> {
    let own = class_of(cx, this)?;
    let other = other(cx, interface, "Interface")?;
    if !other.has(class_flag::INTERFACE) {
        return Err(fail(cx, format!("{} is not an interface", other.shown_name())));
    }
    Ok(own.is_a(other))
}

#[php_method("ReflectionClass::isIterable(): bool", tentative)]
fn is_iterable(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    let class = class_of(cx, this)?;
    let none = class_flag::INTERFACE | class_flag::TRAIT | class_flag::ABSTRACT;
    let traversable = cx.native_class("traversable");
    Ok(!class.has(none) && class.is_a(traversable))
}

#[php_method("ReflectionClass::isIterateable(): bool", tentative)]
fn is_iterateable(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    is_iterable(cx, this)
}

#[php_method("ReflectionClass::getExtension(): ?ReflectionExtension", tentative)]
fn get_extension(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    let class = class_of(cx, this)?;
    let registry = cx.registry.clone();
    match class.native.and_then(|_| registry.extension_of_class(&class.lc_name)) {
        Some(extension) => crate::extension::object_of(cx, extension).map(Value::object),
        None => Ok(Value::NULL),
    }
}

#[php_method("ReflectionClass::getExtensionName(): string|false", tentative)]
fn get_extension_name(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    let class = class_of(cx, this)?;
    let found = class.native.and_then(|_| cx.registry.extension_of_class(&class.lc_name));
    Ok(found.map_or(Value::FALSE, |extension| Value::str(extension.name)))
}

fn split(name: &[u8]) -> (&[u8], &[u8]) {
    match name.iter().rposition(|&byte| byte == b'\\') {
        Some(at) if at > 0 => (&name[..at], &name[at + 1..]),
        _ => (b"", name),
    }
}

/// Namespace and last part of a name.
pub fn namespace(name: &PhpString) -> (PhpString, PhpString) {
    let (namespace, short) = split(name);
    (PhpString::from(namespace), PhpString::from(short))
}

#[php_method("ReflectionClass::inNamespace(): bool", tentative)]
fn in_namespace(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    Ok(!namespace(&class_of(cx, this)?.name).0.is_empty())
}

#[php_method("ReflectionClass::getNamespaceName(): string", tentative)]
fn get_namespace_name(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpString> {
    Ok(namespace(&class_of(cx, this)?.name).0)
}

#[php_method("ReflectionClass::getShortName(): string", tentative)]
fn get_short_name(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpString> {
    Ok(namespace(&class_of(cx, this)?.name).1)
}

#[php_method("ReflectionClass::getAttributes(?string $name = null, int $flags = 0): array")]
fn get_attributes(
    cx: &mut Context,
    this: &ObjRef,
    name: Option<&PhpString>,
    flags: i64,
) -> PhpResult<PhpArray> {
    let class = class_of(cx, this)?;
    let place = Place {
        unit: class.decl.map(|decl| decl.unit()),
        scope: Some(class),
        target: target::CLASS,
        param: 0,
    };
    attribute::list(cx, class.attributes(), &place, name, flags)
}
