//! ReflectionParameter.

use crate::attribute::{self, Init, Place, target};
use crate::state::{HOOKS, Subject, fail, make, plain, set_subject, subject};
use crate::types::{TypeInfo, object_of as type_object};
use phalanx_macros::{native_class, php_method};
use phalanx_value::{ObjRef, PhpArray, PhpString, Value};
use phalanx_vm::class::Callee;
use phalanx_vm::types::Type;
use phalanx_vm::{Context, FuncRef, PhpResult};
use std::rc::Rc;

native_class! {
    /// <https://www.php.net/class.reflectionparameter>
    pub static REFLECTION_PARAMETER = "class ReflectionParameter implements Reflector";
    flags: not_serializable;
    hooks: HOOKS;
    prop "public string $name";
    methods: CLONE, CONSTRUCT, TO_STRING, GET_NAME, IS_PASSED_BY_REFERENCE, CAN_BE_PASSED_BY_VALUE,
        GET_DECLARING_FUNCTION, GET_DECLARING_CLASS, HAS_TYPE, GET_TYPE, IS_ARRAY, IS_CALLABLE, ALLOWS_NULL,
        GET_POSITION, IS_OPTIONAL, IS_DEFAULT_VALUE_AVAILABLE, GET_DEFAULT_VALUE, IS_VARIADIC, IS_PROMOTED,
        GET_ATTRIBUTES;
}

/// How many parameters a function has, a variadic one counted.
pub fn count(func: FuncRef) -> u32 {
    match (func.proto(), func.as_native()) {
        (Some(proto), _) => proto.params.len() as u32,
        (None, Some(native)) => native.params.len() as u32,
        (None, None) => 0,
    }
}

/// The object of a parameter.
pub fn object_of(cx: &mut Context, callee: &Callee, index: u32) -> PhpResult<ObjRef> {
    let name = callee.func.param_name(index);
    make(cx, "reflectionparameter", Subject::Param(callee.clone(), index), &[&name])
}

/// The type of a parameter.
pub fn type_of(func: FuncRef, index: u32) -> Option<Rc<TypeInfo>> {
    match (func.proto(), func.as_native()) {
        (Some(proto), _) => {
            proto.params.get(index as usize).and_then(|param| TypeInfo::of(Type::decl(&param.ty)))
        }
        (None, Some(native)) => {
            native.params.get(index as usize).and_then(|param| TypeInfo::of(Type::native(&param.ty)))
        }
        (None, None) => None,
    }
}

/// Whether a parameter is variadic.
pub fn is_variadic_at(func: FuncRef, index: u32) -> bool {
    match (func.proto(), func.as_native()) {
        (Some(proto), _) => proto.params.get(index as usize).is_some_and(|param| param.variadic.get()),
        (None, Some(native)) => native.params.get(index as usize).is_some_and(|param| param.variadic),
        (None, None) => false,
    }
}

fn own(cx: &mut Context, this: &ObjRef) -> PhpResult<(Callee, u32)> {
    match subject(this) {
        Subject::Param(callee, index) => Ok((callee, index)),
        _ => Err(cx.throw_error(
            "Typed property ReflectionParameter::$name must not be accessed before initialization",
        )),
    }
}

#[php_method("private ReflectionParameter::__clone(): void", rename = CLONE)]
fn clone(this: &ObjRef) {
    let _ = this;
}

#[php_method("ReflectionParameter::__construct($function, int|string $param)", rename = CONSTRUCT)]
fn construct(cx: &mut Context, this: &ObjRef, function: &Value, param: &Value) -> PhpResult {
    let callee = if let Some(pair) = function.as_array() {
        let (Some(class), Some(method)) = (pair.get_value(0), pair.get_value(1)) else {
            return Err(fail(cx, "Expected array($object, $method) or array($classname, $method)"));
        };
        let class = crate::state::lookup(cx, &class.into_deref())?;
        let method = cx.to_string(&method.into_deref())?;
        match class.method(&method.to_ascii_lowercase()) {
            Some(func) => plain(func),
            None => {
                return Err(fail(cx, format!("Method {}::{method}() does not exist", class.shown_name())));
            }
        }
    } else {
        crate::function::function_of(cx, function)?
    };
    let index = match param.as_int() {
        Some(index) => u32::try_from(index).ok().filter(|&index| index < count(callee.func)),
        None => {
            let name = cx.to_string(param)?;
            (0..count(callee.func)).find(|&index| callee.func.param_name(index) == name)
        }
    };
    let Some(index) = index else {
        return Err(fail(cx, "The parameter specified by its name could not be found"));
    };
    this.set_slot(0, Value::string(callee.func.param_name(index)));
    set_subject(this, Subject::Param(callee, index));
    Ok(())
}

#[php_method("ReflectionParameter::__toString(): string", rename = TO_STRING)]
fn to_string(cx: &mut Context, this: &ObjRef) -> PhpResult<String> {
    let (callee, index) = own(cx, this)?;
    crate::text::parameter(cx, callee.func, index)
}

#[php_method("ReflectionParameter::getName(): string", tentative)]
fn get_name(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpString> {
    let (callee, index) = own(cx, this)?;
    Ok(callee.func.param_name(index))
}

#[php_method("ReflectionParameter::isPassedByReference(): bool", tentative)]
fn is_passed_by_reference(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    let (callee, index) = own(cx, this)?;
    Ok(callee.func.param_by_ref(index))
}

#[php_method("ReflectionParameter::canBePassedByValue(): bool", tentative)]
fn can_be_passed_by_value(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    let (callee, index) = own(cx, this)?;
    Ok(!callee.func.param_by_ref(index) || callee.func.prefers_ref(index))
}

#[php_method("ReflectionParameter::getDeclaringFunction(): ReflectionFunctionAbstract", tentative)]
fn get_declaring_function(cx: &mut Context, this: &ObjRef) -> PhpResult<ObjRef> {
    let (callee, _) = own(cx, this)?;
    crate::function::object_of(cx, callee)
}

#[php_method("ReflectionParameter::getDeclaringClass(): ?ReflectionClass", tentative)]
fn get_declaring_class(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    let (callee, _) = own(cx, this)?;
    match callee.func.scope {
        Some(class) => crate::class::object_of(cx, class).map(Value::object),
        None => Ok(Value::NULL),
    }
}

#[php_method("ReflectionParameter::hasType(): bool", tentative)]
fn has_type(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    let (callee, index) = own(cx, this)?;
    Ok(type_of(callee.func, index).is_some())
}

#[php_method("ReflectionParameter::getType(): ?ReflectionType", tentative)]
fn get_type(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    let (callee, index) = own(cx, this)?;
    type_object(cx, type_of(callee.func, index))
}

#[php_method("ReflectionParameter::isArray(): bool", tentative, deprecated = "")]
fn is_array(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    let (callee, index) = own(cx, this)?;
    Ok(type_of(callee.func, index).is_some_and(|ty| ty.name() == Some("array")))
}

#[php_method("ReflectionParameter::isCallable(): bool", tentative, deprecated = "")]
fn is_callable(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    let (callee, index) = own(cx, this)?;
    Ok(type_of(callee.func, index).is_some_and(|ty| ty.name() == Some("callable")))
}

#[php_method("ReflectionParameter::allowsNull(): bool", tentative)]
fn allows_null(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    let (callee, index) = own(cx, this)?;
    Ok(type_of(callee.func, index).is_none_or(|ty| ty.allows_null()))
}

#[php_method("ReflectionParameter::getPosition(): int", tentative)]
fn get_position(cx: &mut Context, this: &ObjRef) -> PhpResult<i64> {
    Ok(i64::from(own(cx, this)?.1))
}

#[php_method("ReflectionParameter::isOptional(): bool", tentative)]
fn is_optional(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    let (callee, index) = own(cx, this)?;
    Ok(index >= callee.func.num_required)
}

/// The default of a parameter of a script's function.
pub fn default_of(func: FuncRef, index: u32) -> Option<Init> {
    let proto = func.proto()?;
    let param = proto.params.get(index as usize)?;
    (param.default.present != 0).then(|| Init::of(&param.default))
}

#[php_method("ReflectionParameter::isDefaultValueAvailable(): bool", tentative)]
fn is_default_value_available(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    let (callee, index) = own(cx, this)?;
    let native = callee.func.as_native().and_then(|native| native.params.get(index as usize));
    Ok(default_of(callee.func, index).is_some() || native.is_some_and(|param| param.default.is_some()))
}

#[php_method("ReflectionParameter::getDefaultValue(): mixed", tentative)]
fn get_default_value(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    let (callee, index) = own(cx, this)?;
    let unit = callee.func.proto().map(|proto| proto.unit());
    match (default_of(callee.func, index), unit) {
        (Some(init), Some(unit)) => init.value(cx, unit, callee.func.scope),
        _ => match native_default(cx, callee.func, index) {
            Some(value) => Ok(value),
            None => Err(fail(cx, "Internal error: Failed to retrieve the default value")),
        },
    }
}

/// The default of a native parameter that is a literal or a constant.
fn native_default(cx: &mut Context, func: FuncRef, index: u32) -> Option<Value> {
    let text = func.as_native()?.params.get(index as usize)?.default?;
    Some(match text {
        "null" => Value::NULL,
        "true" => Value::TRUE,
        "false" => Value::FALSE,
        "[]" => Value::array(PhpArray::new()),
        _ if text.starts_with(['\'', '"']) => Value::str(text.trim_matches(['\'', '"'])),
        _ => match (text.parse::<i64>(), text.parse::<f64>()) {
            (Ok(int), _) => Value::int(int),
            (_, Ok(float)) => Value::float(float),
            _ => phalanx_vm::global_constants::find(cx, &PhpString::from(text))?,
        },
    })
}

#[php_method("ReflectionParameter::isVariadic(): bool", tentative)]
fn is_variadic(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    let (callee, index) = own(cx, this)?;
    Ok(is_variadic_at(callee.func, index))
}

#[php_method("ReflectionParameter::isPromoted(): bool")]
fn is_promoted(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    let (callee, index) = own(cx, this)?;
    let param = callee.func.proto().and_then(|proto| proto.params.get(index as usize));
    Ok(param.is_some_and(|param| param.promoted != 0))
}

#[php_method("ReflectionParameter::getAttributes(?string $name = null, int $flags = 0): array")]
fn get_attributes(
    cx: &mut Context,
    this: &ObjRef,
    name: Option<&PhpString>,
    flags: i64,
) -> PhpResult<PhpArray> {
    let (callee, index) = own(cx, this)?;
    let Some(proto) = callee.func.proto() else { return Ok(PhpArray::new()) };
    let place = Place {
        unit: Some(proto.unit()),
        scope: callee.func.scope,
        target: target::PARAMETER,
        param: index + 1,
    };
    attribute::list(cx, &proto.attributes, &place, name, flags)
}
