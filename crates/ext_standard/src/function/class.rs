//! Asking about classes and objects.

use phalanx_macros::php_fn;
use phalanx_value::{ObjRef, PhpArray, PhpString, Value, View};
use phalanx_vm::args::{ClassName, ObjectOrClass, OrFalse};
use phalanx_vm::class::ClassRef;
use phalanx_vm::flags::{class as class_flag, func as func_flag, member};
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult, callable, props};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[
    &CLASS_EXISTS,
    &INTERFACE_EXISTS,
    &TRAIT_EXISTS,
    &ENUM_EXISTS,
    &CLASS_ALIAS,
    &GET_CLASS,
    &GET_CALLED_CLASS,
    &GET_PARENT_CLASS,
    &IS_A,
    &IS_SUBCLASS_OF,
    &GET_CLASS_VARS,
    &GET_OBJECT_VARS,
    &GET_MANGLED_OBJECT_VARS,
    &GET_CLASS_METHODS,
    &METHOD_EXISTS,
    &PROPERTY_EXISTS,
    &GET_DECLARED_CLASSES,
    &GET_DECLARED_INTERFACES,
    &GET_DECLARED_TRAITS,
];

const NO_CLASS: u32 = class_flag::INTERFACE | class_flag::TRAIT;

/// Whether there is a class with all of `set` and none of `clear` among its flags.
fn exists(cx: &mut Context, name: &PhpString, autoload: bool, set: u32, clear: u32) -> PhpResult<bool> {
    let class = cx.lookup_class(name, autoload)?;
    Ok(class.is_some_and(|class| class.flags & set == set && class.flags & clear == 0))
}

/// <https://www.php.net/class_exists>
#[php_fn("class_exists(string $class, bool $autoload = true): bool")]
fn class_exists(cx: &mut Context, class: &PhpString, autoload: bool) -> PhpResult<bool> {
    exists(cx, class, autoload, 0, NO_CLASS)
}

/// <https://www.php.net/interface_exists>
#[php_fn("interface_exists(string $interface, bool $autoload = true): bool")]
fn interface_exists(cx: &mut Context, interface: &PhpString, autoload: bool) -> PhpResult<bool> {
    exists(cx, interface, autoload, class_flag::INTERFACE, 0)
}

/// <https://www.php.net/trait_exists>
#[php_fn("trait_exists(string $trait, bool $autoload = true): bool")]
fn trait_exists(cx: &mut Context, r#trait: &PhpString, autoload: bool) -> PhpResult<bool> {
    exists(cx, r#trait, autoload, class_flag::TRAIT, 0)
}

/// <https://www.php.net/enum_exists>
#[php_fn("enum_exists(string $enum, bool $autoload = true): bool")]
fn enum_exists(cx: &mut Context, r#enum: &PhpString, autoload: bool) -> PhpResult<bool> {
    exists(cx, r#enum, autoload, class_flag::ENUM, 0)
}

/// Names of types, which no class may have.
const RESERVED: &[&str] = &[
    "bool", "false", "float", "int", "null", "parent", "self", "static", "string", "true", "void", "never",
    "iterable", "object", "mixed",
];

/// <https://www.php.net/class_alias>
#[php_fn("class_alias(string $class, string $alias, bool $autoload = true): bool")]
fn class_alias(cx: &mut Context, class: &PhpString, alias: &PhpString, autoload: bool) -> PhpResult<bool> {
    let Some(found) = cx.lookup_class(class, autoload)? else {
        cx.warning([b"Class \"".as_slice(), class, b"\" not found"].concat())?;
        return Ok(false);
    };
    let name = alias.strip_prefix(b"\\").unwrap_or(alias);
    let lower = PhpString::from_bytes(&name.to_ascii_lowercase());
    if RESERVED.iter().any(|reserved| lower.as_bytes() == reserved.as_bytes()) {
        let text =
            format!("Cannot use \"{}\" as a class alias as it is reserved", String::from_utf8_lossy(name));
        return Err(cx.fatal_error(text));
    }
    if name == b"_" {
        cx.deprecated("Using \"_\" as a class alias is deprecated since 8.4")?;
    }
    if cx.find_class(&lower).is_some() {
        let kind = phalanx_vm::link::kind_name(found.flags);
        let mut text = format!("Cannot redeclare {kind} {}", String::from_utf8_lossy(name));
        // As in PHP, the place is that of the class which should have got the name.
        if let Some(before) = found.decl {
            text.push_str(&format!(" (previously declared in {}:{})", before.unit().path, before.line_start));
        }
        cx.warning(text)?;
        return Ok(false);
    }
    cx.classes.insert(lower.clone(), found);
    cx.class_order.push((lower, found));
    Ok(true)
}

/// <https://www.php.net/get_class>
#[php_fn("get_class(object $object = UNKNOWN): string", default(object = Value::UNDEF))]
fn get_class(cx: &mut Context, object: Value) -> PhpResult<PhpString> {
    if let Some(object) = object.as_object() {
        return Ok(ClassRef::of(object).name.clone());
    }
    let Some(scope) = cx.caller_scope() else {
        return Err(cx.throw_error("get_class() without arguments must be called from within a class"));
    };
    cx.deprecated("Calling get_class() without arguments is deprecated")?;
    Ok(scope.name.clone())
}

/// <https://www.php.net/get_called_class>
#[php_fn("get_called_class(): string")]
fn get_called_class(cx: &mut Context) -> PhpResult<PhpString> {
    match cx.caller_called_class() {
        Some(class) => Ok(class.name.clone()),
        None => Err(cx.throw_error("get_called_class() must be called from within a class")),
    }
}

/// <https://www.php.net/get_parent_class>
#[php_fn("get_parent_class(object|string $object_or_class = UNKNOWN): string|false", default(object_or_class = Value::UNDEF))]
fn get_parent_class(cx: &mut Context, object_or_class: Value) -> PhpResult<OrFalse<PhpString>> {
    let class = match object_or_class.view() {
        View::Undef => {
            cx.deprecated("Calling get_parent_class() without arguments is deprecated")?;
            cx.caller_scope()
        }
        View::Object(object) => Some(ClassRef::of(object)),
        View::Str(name) => match cx.lookup_class(name, true)? {
            Some(class) => Some(class),
            None => {
                let text = "must be an object or a valid class name, string given";
                return Err(cx.arg_error(1, text));
            }
        },
        _ => None,
    };
    Ok(OrFalse(class.and_then(|class| class.parent).map(|parent| parent.name.clone())))
}

fn is_related(
    cx: &mut Context,
    value: &Value,
    name: &PhpString,
    allow_string: bool,
    strict: bool,
) -> PhpResult<bool> {
    let class = match value.view() {
        View::Object(object) => ClassRef::of(object),
        View::Str(own) if allow_string => match cx.lookup_class(own, true)? {
            Some(class) => class,
            None => return Ok(false),
        },
        _ => return Ok(false),
    };
    // The other class needs no loading: nothing can be one of it otherwise.
    let Some(wanted) = cx.lookup_class(name, false)? else { return Ok(false) };
    Ok(class.is_a(wanted) && !(strict && class == wanted))
}

/// <https://www.php.net/is_a>
#[php_fn("is_a(mixed $object_or_class, string $class, bool $allow_string = false): bool")]
fn is_a(cx: &mut Context, object_or_class: &Value, class: &PhpString, allow_string: bool) -> PhpResult<bool> {
    is_related(cx, object_or_class, class, allow_string, false)
}

/// <https://www.php.net/is_subclass_of>
#[php_fn("is_subclass_of(mixed $object_or_class, string $class, bool $allow_string = true): bool")]
fn is_subclass_of(
    cx: &mut Context,
    object_or_class: &Value,
    class: &PhpString,
    allow_string: bool,
) -> PhpResult<bool> {
    is_related(cx, object_or_class, class, allow_string, true)
}

/// <https://www.php.net/get_class_vars>
#[php_fn("get_class_vars(string $class): array")]
fn get_class_vars(cx: &mut Context, class: ClassName) -> PhpResult<PhpArray> {
    let class = class.0;
    let scope = cx.caller_scope();
    cx.init_class(class)?;
    let mut result = PhpArray::new();
    for info in class.props.iter().copied() {
        if info.has(member::STATIC) || info.has(member::VIRTUAL) {
            continue;
        }
        if !visible(info, scope) {
            continue;
        }
        let default = class.default_value(info.slot);
        if let Some(value) = default.filter(|value| !value.is_undef()) {
            result.insert(&info.name, value);
        }
    }
    for info in class.props.iter().copied() {
        if info.has(member::STATIC) && visible(info, scope) {
            let value = cx.read_static(class, &info.name, Some(info.class))?;
            result.insert(&info.name, value.into_deref());
        }
    }
    Ok(result)
}

fn visible(info: phalanx_vm::class::PropRef, scope: Option<ClassRef>) -> bool {
    if info.has(member::PRIVATE) {
        scope == Some(info.class)
    } else {
        !info.has(member::PROTECTED) || props::related(info.root, scope)
    }
}

/// <https://www.php.net/get_object_vars>
#[php_fn("get_object_vars(object $object): array")]
fn get_object_vars(cx: &mut Context, object: &ObjRef) -> PhpResult<PhpArray> {
    let scope = cx.caller_scope();
    cx.object_vars(object, scope)
}

/// <https://www.php.net/get_mangled_object_vars>
#[php_fn("get_mangled_object_vars(object $object): array")]
fn get_mangled_object_vars(object: &ObjRef) -> PhpArray {
    props::to_array(&phalanx_vm::lazy::as_it_is(object))
}

/// <https://www.php.net/get_class_methods>
#[php_fn("get_class_methods(object|string $object_or_class): array")]
fn get_class_methods(cx: &mut Context, object_or_class: ObjectOrClass) -> PhpArray {
    let scope = cx.caller_scope();
    let class = object_or_class.class;
    let mut names = PhpArray::new();
    for method in class.methods.iter().copied() {
        if callable::is_accessible(method, scope) {
            names.push_value(Value::string(method.name.clone()));
        }
    }
    names
}

/// <https://www.php.net/method_exists>
#[php_fn("method_exists($object_or_class, string $method): bool")]
fn method_exists(cx: &mut Context, object_or_class: &Value, method: &PhpString) -> PhpResult<bool> {
    let (class, object) = match object_or_class.view() {
        View::Object(object) => (ClassRef::of(object), Some(object)),
        View::Str(name) => match cx.lookup_class(name, true)? {
            Some(class) => (class, None),
            None => return Ok(false),
        },
        _ => return Err(cx.arg_type_error(1, "object|string", object_or_class)),
    };
    let lower = method.to_ascii_lowercase();
    if let Some(found) = class.method(&lower) {
        // A private method of an ancestor is not there for the descendant.
        return Ok(!found.has(func_flag::PRIVATE) || found.scope == Some(class));
    }
    let closure = object.is_some() && class.hook(|hooks| hooks.get_closure).is_some();
    Ok(closure && lower == b"__invoke")
}

/// <https://www.php.net/property_exists>
#[php_fn("property_exists($object_or_class, string $property): bool")]
fn property_exists(cx: &mut Context, object_or_class: &Value, property: &PhpString) -> PhpResult<bool> {
    let (class, object) = match object_or_class.view() {
        View::Str(name) => match cx.lookup_class(name, true)? {
            Some(class) => (class, None),
            None => return Ok(false),
        },
        View::Object(object) => (ClassRef::of(object), Some(object)),
        _ => {
            return Err(cx.arg_type_error(1, "object|string", object_or_class));
        }
    };
    if let Some(info) = class.props.get(property)
        && (!info.has(member::PRIVATE) || info.class == class)
    {
        return Ok(true);
    }
    let Some(object) = object else { return Ok(false) };
    if let Some(has) = class.hook(|hooks| hooks.has_prop)
        && let Some(answer) = has(cx, object, property, false)?
    {
        return Ok(answer);
    }
    Ok(object.dynamic().is_some_and(|table| table.get_str(property).is_some()))
}

/// Names of the classes with all of `set` and none of `clear` among their flags, in the order of their declaration.
fn declared(cx: &mut Context, set: u32, clear: u32) -> PhpArray {
    let natives: Vec<&'static str> = cx
        .extensions()
        .iter()
        .flat_map(|extension| extension.classes.iter().map(|class| class.name))
        .collect();
    for name in natives {
        cx.find_class(name.to_ascii_lowercase().as_bytes());
    }
    let user = cx.user_classes();
    let native =
        cx.class_order.iter().filter(|(name, class)| class.native.is_some() && *name == class.lc_name);
    let wanted = |(_, class): &&(PhpString, ClassRef)| class.flags & set == set && class.flags & clear == 0;
    // An alias is listed as it is stored.
    let shown = |(name, class): &(PhpString, ClassRef)| {
        Value::string(if *name == class.lc_name { class.name.clone() } else { name.clone() })
    };
    native.chain(&user).filter(wanted).map(shown).collect()
}

/// <https://www.php.net/get_declared_classes>
#[php_fn("get_declared_classes(): array")]
fn get_declared_classes(cx: &mut Context) -> PhpArray {
    declared(cx, 0, NO_CLASS)
}

/// <https://www.php.net/get_declared_interfaces>
#[php_fn("get_declared_interfaces(): array")]
fn get_declared_interfaces(cx: &mut Context) -> PhpArray {
    declared(cx, class_flag::INTERFACE, 0)
}

/// <https://www.php.net/get_declared_traits>
#[php_fn("get_declared_traits(): array")]
fn get_declared_traits(cx: &mut Context) -> PhpArray {
    declared(cx, class_flag::TRAIT, 0)
}
