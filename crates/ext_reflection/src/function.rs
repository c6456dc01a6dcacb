//! ReflectionFunction and ReflectionMethod.

use crate::attribute::{self, Init, Place, target};
use crate::parameter;
use crate::show;
use crate::state::{HOOKS, Subject, fail, func_of, lookup, make, plain, set_subject};
use crate::types::{TypeInfo, object_of as type_object};
use phalanx_macros::{native_class, php_method};
use phalanx_value::{Key, ObjRef, PhpArray, PhpString, Value};
use phalanx_vm::args::Rest;
use phalanx_vm::class::{Callee, ClassRef};
use phalanx_vm::flags::func as flag;
use phalanx_vm::native::pure_flag;
use phalanx_vm::types::Type;
use phalanx_vm::{Context, FuncRef, PhpResult, closure};

native_class! {
    /// <https://www.php.net/class.reflectionfunctionabstract>
    pub static REFLECTION_FUNCTION_ABSTRACT = "abstract class ReflectionFunctionAbstract implements Reflector";
    flags: not_serializable;
    hooks: HOOKS;
    prop "public string $name";
    methods: CLONE, IN_NAMESPACE, IS_CLOSURE, IS_DEPRECATED, IS_INTERNAL, IS_USER_DEFINED, IS_GENERATOR, IS_VARIADIC,
        IS_STATIC, RETURNS_REFERENCE, GET_CLOSURE_THIS, GET_CLOSURE_SCOPE_CLASS, GET_CLOSURE_USED_VARIABLES,
        GET_DOC_COMMENT, GET_START_LINE, GET_END_LINE, GET_FILE_NAME, GET_NAME, GET_NAMESPACE_NAME, GET_SHORT_NAME,
        GET_NUMBER_OF_PARAMETERS, GET_NUMBER_OF_REQUIRED_PARAMETERS, GET_PARAMETERS, HAS_RETURN_TYPE, GET_RETURN_TYPE,
        GET_STATIC_VARIABLES, HAS_TENTATIVE_RETURN_TYPE, GET_TENTATIVE_RETURN_TYPE, GET_ATTRIBUTES;
    abstract "__toString(): string";
}

native_class! {
    /// <https://www.php.net/class.reflectionfunction>
    pub static REFLECTION_FUNCTION = "class ReflectionFunction extends ReflectionFunctionAbstract";
    flags: not_serializable;
    const "int IS_DEPRECATED" = 2048;
    methods: CONSTRUCT, TO_STRING, INVOKE_FUNCTION, INVOKE_FUNCTION_ARGS, GET_FUNCTION_CLOSURE, IS_ANONYMOUS;
}

native_class! {
    /// <https://www.php.net/class.reflectionmethod>
    pub static REFLECTION_METHOD = "class ReflectionMethod extends ReflectionFunctionAbstract";
    flags: not_serializable;
    const "int IS_STATIC" = 16;
    const "int IS_PUBLIC" = 1;
    const "int IS_PROTECTED" = 2;
    const "int IS_PRIVATE" = 4;
    const "int IS_ABSTRACT" = 64;
    const "int IS_FINAL" = 32;
    prop "public string $class";
    methods: CONSTRUCT_METHOD, CREATE_FROM_METHOD_NAME, TO_STRING, IS_PUBLIC, IS_PRIVATE, IS_PROTECTED, IS_ABSTRACT,
        IS_FINAL, IS_CONSTRUCTOR, IS_DESTRUCTOR, GET_CLOSURE, GET_MODIFIERS, INVOKE, INVOKE_ARGS, GET_DECLARING_CLASS,
        GET_PROTOTYPE, HAS_PROTOTYPE, SET_ACCESSIBLE;
}

/// The ReflectionMethod of a method.
pub fn method_object(cx: &mut Context, func: FuncRef) -> PhpResult<ObjRef> {
    let class = func.scope.map_or_else(PhpString::new, |class| class.name.clone());
    make(cx, "reflectionmethod", Subject::Func(plain(func)), &[&func.name, &class])
}

/// The object of a function or method.
pub fn object_of(cx: &mut Context, callee: Callee) -> PhpResult<ObjRef> {
    if callee.func.scope.is_some() && !callee.func.has(flag::CLOSURE) {
        return method_object(cx, callee.func);
    }
    let name = callee.func.name.clone();
    make(cx, "reflectionfunction", Subject::Func(callee), &[&name])
}

/// The function that a closure or a name means.
pub fn function_of(cx: &mut Context, value: &Value) -> PhpResult<Callee> {
    if let Some(callee) = value.as_object().and_then(closure::callee) {
        return Ok(callee);
    }
    let name = cx.to_string(value)?;
    let bare = name.strip_prefix(b"\\").unwrap_or(&name).to_ascii_lowercase();
    match cx.find_function(&bare) {
        Some(func) => Ok(plain(func)),
        None => Err(fail(
            cx,
            format!(
                "Function {}() does not exist",
                String::from_utf8_lossy(name.strip_prefix(b"\\").unwrap_or(&name))
            ),
        )),
    }
}

/// Arguments by position and by name.
pub fn split_args(args: &PhpArray) -> (Vec<Value>, PhpArray) {
    let mut list = Vec::new();
    let mut named = PhpArray::new();
    for (key, value) in args.iter() {
        match key {
            Key::Int(_) => list.push(value.clone()),
            Key::Str(_) => drop(named.insert(key, value.clone())),
        }
    }
    (list, named)
}

#[php_method("private ReflectionFunctionAbstract::__clone(): void", rename = CLONE)]
fn clone(this: &ObjRef) {
    let _ = this;
}

#[php_method("ReflectionFunction::__construct(Closure|string $function)", rename = CONSTRUCT)]
fn construct(cx: &mut Context, this: &ObjRef, function: &Value) -> PhpResult {
    let callee = function_of(cx, function)?;
    this.set_slot(0, Value::string(callee.func.name.clone()));
    set_subject(this, Subject::Func(callee));
    Ok(())
}

#[php_method("ReflectionFunction::__toString(): string", rename = TO_STRING)]
fn to_string(cx: &mut Context, this: &ObjRef) -> PhpResult<String> {
    let callee = func_of(cx, this)?;
    crate::text::function(cx, callee.func, "")
}

fn set_method(cx: &mut Context, this: &ObjRef, class: ClassRef, name: &PhpString) -> PhpResult {
    match class.method(&name.to_ascii_lowercase()) {
        Some(func) => {
            this.set_slot(0, Value::string(func.name.clone()));
            let holder = func.scope.unwrap_or(class);
            this.set_slot(1, Value::string(holder.name.clone()));
            set_subject(this, Subject::Func(plain(func)));
            Ok(())
        }
        None => Err(fail(cx, format!("Method {}::{name}() does not exist", class.shown_name()))),
    }
}

#[php_method("ReflectionMethod::__construct(object|string $objectOrMethod, ?string $method = null)", rename = CONSTRUCT_METHOD)]
fn construct_method(
    cx: &mut Context,
    this: &ObjRef,
    object_or_method: &Value,
    method: Option<&PhpString>,
) -> PhpResult {
    if let Some(method) = method {
        let class = lookup(cx, object_or_method)?;
        return set_method(cx, this, class, method);
    }
    if object_or_method.is_object() {
        return Err(cx.throw_argument_count_error(
            "ReflectionMethod::__construct() expects exactly 2 arguments, 1 given",
        ));
    }
    cx.deprecated("Calling ReflectionMethod::__construct() with 1 argument is deprecated, use ReflectionMethod::createFromMethodName() instead")?;
    let text = cx.to_string(object_or_method)?;
    by_text(cx, this, &text, "ReflectionMethod::__construct(): Argument #1 ($objectOrMethod)")
}

fn by_text(cx: &mut Context, this: &ObjRef, text: &PhpString, what: &str) -> PhpResult {
    let Some(at) = text.windows(2).position(|two| two == b"::") else {
        return Err(cx.throw("reflectionexception", format!("{what} must be a valid method name")));
    };
    let class = lookup(cx, &Value::str(&text[..at]))?;
    set_method(cx, this, class, &PhpString::from(&text[at + 2..]))
}

#[php_method("static ReflectionMethod::createFromMethodName(string $method): static")]
fn create_from_method_name(cx: &mut Context, class: ClassRef, method: &PhpString) -> PhpResult<ObjRef> {
    let object = cx.new_object(class)?;
    by_text(cx, &object, method, "ReflectionMethod::createFromMethodName(): Argument #1 ($method)")?;
    Ok(object)
}

fn has(cx: &mut Context, this: &ObjRef, bits: u32) -> PhpResult<bool> {
    Ok(func_of(cx, this)?.func.has(bits))
}

macro_rules! flag_methods {
    ($($signature:literal $name:ident $bits:expr;)*) => {
        $(
            #[php_method($signature, tentative)]
            fn $name(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
                has(cx, this, $bits)
            }
        )*
    };
}

flag_methods! {
    "ReflectionFunctionAbstract::isClosure(): bool" is_closure flag::CLOSURE;
    "ReflectionFunctionAbstract::isDeprecated(): bool" is_deprecated flag::DEPRECATED;
    "ReflectionFunctionAbstract::isGenerator(): bool" is_generator flag::GENERATOR;
    "ReflectionFunctionAbstract::isVariadic(): bool" is_variadic flag::VARIADIC;
    "ReflectionFunctionAbstract::isStatic(): bool" is_static flag::STATIC;
    "ReflectionFunctionAbstract::returnsReference(): bool" returns_reference flag::RETURNS_REF;
    "ReflectionMethod::isPrivate(): bool" is_private flag::PRIVATE;
    "ReflectionMethod::isProtected(): bool" is_protected flag::PROTECTED;
    "ReflectionMethod::isAbstract(): bool" is_abstract flag::ABSTRACT;
    "ReflectionMethod::isFinal(): bool" is_final flag::FINAL;
    "ReflectionFunction::isAnonymous(): bool" is_anonymous flag::CLOSURE;
}

#[php_method("ReflectionMethod::isPublic(): bool", tentative)]
fn is_public(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    Ok(!has(cx, this, flag::PRIVATE | flag::PROTECTED)?)
}

#[php_method("ReflectionFunctionAbstract::isInternal(): bool", tentative)]
fn is_internal(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    Ok(func_of(cx, this)?.func.as_native().is_some())
}

#[php_method("ReflectionFunctionAbstract::isUserDefined(): bool", tentative)]
fn is_user_defined(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    Ok(!is_internal(cx, this)?)
}

#[php_method("ReflectionFunctionAbstract::inNamespace(): bool", tentative)]
fn in_namespace(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    Ok(!crate::class::namespace(&func_of(cx, this)?.func.name).0.is_empty())
}

#[php_method("ReflectionFunctionAbstract::getNamespaceName(): string", tentative)]
fn get_namespace_name(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpString> {
    Ok(crate::class::namespace(&func_of(cx, this)?.func.name).0)
}

#[php_method("ReflectionFunctionAbstract::getShortName(): string", tentative)]
fn get_short_name(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpString> {
    Ok(crate::class::namespace(&func_of(cx, this)?.func.name).1)
}

#[php_method("ReflectionFunctionAbstract::getName(): string", tentative)]
fn get_name(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpString> {
    Ok(func_of(cx, this)?.func.name.clone())
}

#[php_method("ReflectionFunctionAbstract::getClosureThis(): ?object", tentative)]
fn get_closure_this(cx: &mut Context, this: &ObjRef) -> PhpResult<Option<ObjRef>> {
    Ok(func_of(cx, this)?.this)
}

#[php_method("ReflectionFunctionAbstract::getClosureScopeClass(): ?ReflectionClass", tentative)]
fn get_closure_scope_class(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    let callee = func_of(cx, this)?;
    match callee.func.scope.filter(|_| callee.closure.is_some()) {
        Some(class) => crate::class::object_of(cx, class).map(Value::object),
        None => Ok(Value::NULL),
    }
}

/// Static variables, or those that a closure has bound.
fn statics(cx: &mut Context, callee: &Callee, bound_only: bool) -> PhpResult<PhpArray> {
    let func = callee.func;
    let mut list = PhpArray::new();
    let Some(proto) = func.proto() else { return Ok(list) };
    let mut values = Vec::new();
    // A reference that nobody shares is a value.
    func.visit_statics(&mut |value| {
        values.push(match value.as_ref() {
            Some(reference) if reference.ref_count() == 1 => reference.get(),
            _ => value.clone(),
        });
    });
    for (index, variable) in proto.statics.iter().enumerate() {
        if bound_only && !variable.bound.get() {
            continue;
        }
        let value = match values.get(index).filter(|value| !value.is_undef()) {
            Some(value) => value.clone(),
            None => Init::of(&variable.init).value(cx, proto.unit(), func.scope)?,
        };
        list.insert(&variable.name, if value.is_undef() { Value::NULL } else { value });
    }
    Ok(list)
}

#[php_method("ReflectionFunctionAbstract::getClosureUsedVariables(): array")]
fn get_closure_used_variables(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpArray> {
    let callee = func_of(cx, this)?;
    statics(cx, &callee, true)
}

#[php_method("ReflectionFunctionAbstract::getStaticVariables(): array", tentative)]
fn get_static_variables(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpArray> {
    let callee = func_of(cx, this)?;
    statics(cx, &callee, false)
}

#[php_method("ReflectionFunctionAbstract::getDocComment(): string|false", tentative)]
fn get_doc_comment(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    let func = func_of(cx, this)?.func;
    Ok(func.proto().and_then(|proto| proto.doc.clone()).map_or(Value::FALSE, Value::string))
}

#[php_method("ReflectionFunctionAbstract::getStartLine(): int|false", tentative)]
fn get_start_line(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    let func = func_of(cx, this)?.func;
    Ok(func.proto().map_or(Value::FALSE, |proto| Value::int(i64::from(proto.line_start))))
}

#[php_method("ReflectionFunctionAbstract::getEndLine(): int|false", tentative)]
fn get_end_line(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    let func = func_of(cx, this)?.func;
    Ok(func.proto().map_or(Value::FALSE, |proto| Value::int(i64::from(proto.line_end))))
}

#[php_method("ReflectionFunctionAbstract::getFileName(): string|false", tentative)]
fn get_file_name(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    let func = func_of(cx, this)?.func;
    Ok(func.proto().map_or(Value::FALSE, |proto| Value::string(proto.unit().path.clone())))
}

#[php_method("ReflectionFunctionAbstract::getNumberOfParameters(): int", tentative)]
fn get_number_of_parameters(cx: &mut Context, this: &ObjRef) -> PhpResult<i64> {
    Ok(i64::from(parameter::count(func_of(cx, this)?.func)))
}

#[php_method("ReflectionFunctionAbstract::getNumberOfRequiredParameters(): int", tentative)]
fn get_number_of_required_parameters(cx: &mut Context, this: &ObjRef) -> PhpResult<i64> {
    Ok(i64::from(func_of(cx, this)?.func.num_required))
}

#[php_method("ReflectionFunctionAbstract::getParameters(): array", tentative)]
fn get_parameters(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpArray> {
    let callee = func_of(cx, this)?;
    let mut list = PhpArray::new();
    for index in 0..parameter::count(callee.func) {
        list.push_value(Value::object(parameter::object_of(cx, &callee, index)?));
    }
    Ok(list)
}

/// The return type, tentative or not.
pub fn return_type(func: FuncRef, tentative: bool) -> Option<std::rc::Rc<TypeInfo>> {
    if let Some(native) = func.as_native() {
        let is_tentative = native.traits & pure_flag::TENTATIVE != 0;
        return if is_tentative == tentative { TypeInfo::of(Type::native(&native.ret)) } else { None };
    }
    if tentative { None } else { func.proto().and_then(|proto| TypeInfo::of(Type::decl(&proto.return_type))) }
}

#[php_method("ReflectionFunctionAbstract::hasReturnType(): bool", tentative)]
fn has_return_type(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    Ok(return_type(func_of(cx, this)?.func, false).is_some())
}

#[php_method("ReflectionFunctionAbstract::getReturnType(): ?ReflectionType", tentative)]
fn get_return_type(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    let ty = return_type(func_of(cx, this)?.func, false);
    type_object(cx, ty)
}

#[php_method("ReflectionFunctionAbstract::hasTentativeReturnType(): bool")]
fn has_tentative_return_type(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    Ok(return_type(func_of(cx, this)?.func, true).is_some())
}

#[php_method("ReflectionFunctionAbstract::getTentativeReturnType(): ?ReflectionType")]
fn get_tentative_return_type(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    let ty = return_type(func_of(cx, this)?.func, true);
    type_object(cx, ty)
}

#[php_method("ReflectionFunctionAbstract::getAttributes(?string $name = null, int $flags = 0): array")]
fn get_attributes(
    cx: &mut Context,
    this: &ObjRef,
    name: Option<&PhpString>,
    flags: i64,
) -> PhpResult<PhpArray> {
    let callee = func_of(cx, this)?;
    let func = callee.func;
    let Some(proto) = func.proto() else { return Ok(PhpArray::new()) };
    let method = func.scope.is_some() && !func.has(flag::CLOSURE);
    let target = if method { target::METHOD } else { target::FUNCTION };
    let place = Place { unit: Some(proto.unit()), scope: func.scope, target, param: 0 };
    attribute::list(cx, &proto.attributes, &place, name, flags)
}

#[php_method("ReflectionFunction::invoke(mixed ...$args): mixed", tentative, rename = INVOKE_FUNCTION)]
fn invoke_function(cx: &mut Context, this: &ObjRef, args: Rest) -> PhpResult<Value> {
    let callee = func_of(cx, this)?;
    cx.call_callee_named(&callee, args.args, args.named).map(Value::into_deref)
}

#[php_method("ReflectionFunction::invokeArgs(array $args = []): mixed", tentative, rename = INVOKE_FUNCTION_ARGS)]
fn invoke_function_args(cx: &mut Context, this: &ObjRef, args: &PhpArray) -> PhpResult<Value> {
    let callee = func_of(cx, this)?;
    let (list, named) = split_args(args);
    cx.call_callee_named(&callee, &list, (!named.is_empty()).then_some(&named)).map(Value::into_deref)
}

#[php_method("ReflectionFunction::getClosure(): Closure", tentative, rename = GET_FUNCTION_CLOSURE)]
fn get_function_closure(cx: &mut Context, this: &ObjRef) -> PhpResult<ObjRef> {
    let callee = func_of(cx, this)?;
    Ok(closure::from_callee(cx, &callee))
}

/// The method with its object, after the checks that `invoke` makes.
fn bound(cx: &mut Context, this: &ObjRef, object: Option<&ObjRef>) -> PhpResult<Callee> {
    let mut callee = func_of(cx, this)?;
    let func = callee.func;
    let name = String::from_utf8_lossy(&phalanx_vm::throw::function_name(func)).into_owned();
    if func.has(flag::ABSTRACT) {
        return Err(fail(cx, format!("Trying to invoke abstract method {name}()")));
    }
    if func.is_static() {
        return Ok(callee);
    }
    let Some(object) = object else {
        return Err(fail(cx, format!("Trying to invoke non static method {name}() without an object")));
    };
    if func.scope.is_some_and(|class| !ClassRef::of(object).is_a(class)) {
        return Err(fail(cx, "Given object is not an instance of the class this method was declared in"));
    }
    callee.called_class = Some(ClassRef::of(object));
    callee.this = Some(object.clone());
    Ok(callee)
}

#[php_method("ReflectionMethod::invoke(?object $object = null, mixed ...$args): mixed", tentative)]
fn invoke(cx: &mut Context, this: &ObjRef, object: Option<&ObjRef>, args: Rest) -> PhpResult<Value> {
    let callee = bound(cx, this, object)?;
    cx.call_callee_named(&callee, args.args, args.named).map(Value::into_deref)
}

#[php_method("ReflectionMethod::invokeArgs(?object $object = null, array $args = []): mixed", tentative)]
fn invoke_args(
    cx: &mut Context,
    this: &ObjRef,
    object: Option<&ObjRef>,
    args: &PhpArray,
) -> PhpResult<Value> {
    let callee = bound(cx, this, object)?;
    let (list, named) = split_args(args);
    cx.call_callee_named(&callee, &list, (!named.is_empty()).then_some(&named)).map(Value::into_deref)
}

#[php_method("ReflectionMethod::getClosure(?object $object = null): Closure", tentative)]
fn get_closure(cx: &mut Context, this: &ObjRef, object: Option<&ObjRef>) -> PhpResult<ObjRef> {
    let callee = bound(cx, this, object)?;
    Ok(closure::from_callee(cx, &callee))
}

#[php_method("ReflectionMethod::isConstructor(): bool", tentative)]
fn is_constructor(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    Ok(func_of(cx, this)?.func.name.eq_ignore_ascii_case(b"__construct"))
}

#[php_method("ReflectionMethod::isDestructor(): bool", tentative)]
fn is_destructor(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    Ok(func_of(cx, this)?.func.name.eq_ignore_ascii_case(b"__destruct"))
}

#[php_method("ReflectionMethod::getModifiers(): int", tentative)]
fn get_modifiers(cx: &mut Context, this: &ObjRef) -> PhpResult<i64> {
    Ok(show::modifiers(func_of(cx, this)?.func.flags, true))
}

#[php_method("ReflectionMethod::getDeclaringClass(): ReflectionClass", tentative)]
fn get_declaring_class(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    match func_of(cx, this)?.func.scope {
        Some(class) => crate::class::object_of(cx, class).map(Value::object),
        None => Ok(Value::NULL),
    }
}

#[php_method("ReflectionMethod::hasPrototype(): bool")]
fn has_prototype(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    Ok(func_of(cx, this)?.func.prototype.get().is_some())
}

#[php_method("ReflectionMethod::getPrototype(): ReflectionMethod", tentative)]
fn get_prototype(cx: &mut Context, this: &ObjRef) -> PhpResult<ObjRef> {
    let func = func_of(cx, this)?.func;
    match func.prototype.get() {
        Some(prototype) => method_object(cx, prototype),
        None => {
            let name = String::from_utf8_lossy(&phalanx_vm::throw::function_name(func)).into_owned();
            Err(fail(cx, format!("Method {name} does not have a prototype")))
        }
    }
}

#[php_method("ReflectionMethod::setAccessible(bool $accessible): void", tentative)]
fn set_accessible(this: &ObjRef, accessible: bool) {
    let _ = (this, accessible);
}
