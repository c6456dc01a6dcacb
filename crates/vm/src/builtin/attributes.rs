//! Attributes of the language.

use crate::Context;
use crate::class::ClassRef;
use crate::thrown::PhpResult;
use phalanx_macros::{native_class, php_method};
use phalanx_value::{ObjRef, PhpArray, PhpString, Value};

/// Bits of `Attribute::TARGET_*` and `IS_REPEATABLE`.
pub(crate) mod target {
    pub const CLASS: i64 = 1;
    pub const FUNCTION: i64 = 2;
    pub const METHOD: i64 = 4;
    pub const PROPERTY: i64 = 8;
    pub const CLASS_CONSTANT: i64 = 16;
    pub const PARAMETER: i64 = 32;
    pub const ALL: i64 = 63;
    pub const IS_REPEATABLE: i64 = 64;
}

native_class! {
    /// <https://www.php.net/class.attribute>
    pub(crate) static ATTRIBUTE = "final class Attribute";
    flags: attribute(target::CLASS);
    const "int TARGET_CLASS" = target::CLASS;
    const "int TARGET_FUNCTION" = target::FUNCTION;
    const "int TARGET_METHOD" = target::METHOD;
    const "int TARGET_PROPERTY" = target::PROPERTY;
    const "int TARGET_CLASS_CONSTANT" = target::CLASS_CONSTANT;
    const "int TARGET_PARAMETER" = target::PARAMETER;
    const "int TARGET_ALL" = target::ALL;
    const "int IS_REPEATABLE" = target::IS_REPEATABLE;
    prop "public int $flags";
    methods: CONSTRUCT_ATTRIBUTE;
}

native_class! {
    /// <https://www.php.net/class.returntypewillchange>
    pub(crate) static RETURN_TYPE_WILL_CHANGE = "final class ReturnTypeWillChange";
    flags: attribute(target::METHOD);
    methods: CONSTRUCT_RETURN_TYPE;
}

native_class! {
    /// <https://www.php.net/class.allowdynamicproperties>
    pub(crate) static ALLOW_DYNAMIC_PROPERTIES = "final class AllowDynamicProperties";
    flags: attribute(target::CLASS);
    methods: CONSTRUCT_ALLOW_DYNAMIC;
}

native_class! {
    /// <https://www.php.net/class.sensitiveparameter>
    pub(crate) static SENSITIVE_PARAMETER = "final class SensitiveParameter";
    flags: attribute(target::PARAMETER);
    methods: CONSTRUCT_SENSITIVE;
}

native_class! {
    /// <https://www.php.net/class.sensitiveparametervalue>
    pub(crate) static SENSITIVE_PARAMETER_VALUE = "final class SensitiveParameterValue";
    flags: not_serializable, no_dynamic_props;
    prop "private readonly mixed $value";
    methods: CONSTRUCT_SENSITIVE_VALUE, GET_VALUE, DEBUG_INFO;
}

native_class! {
    /// <https://www.php.net/class.override>
    pub(crate) static OVERRIDE = "final class Override";
    flags: attribute(target::METHOD);
    methods: CONSTRUCT_OVERRIDE;
}

native_class! {
    /// <https://www.php.net/class.deprecated>
    pub(crate) static DEPRECATED = "final class Deprecated";
    flags: attribute(target::FUNCTION | target::METHOD | target::CLASS_CONSTANT);
    prop "public readonly ?string $message";
    prop "public readonly ?string $since";
    methods: CONSTRUCT_DEPRECATED;
}

fn set(this: &ObjRef, slot: u32, value: Value) {
    this.set_slot(slot, value);
}

#[php_method("Attribute::__construct(int $flags = 63)", rename = CONSTRUCT_ATTRIBUTE)]
fn construct_attribute(this: &ObjRef, flags: i64) {
    set(this, 0, Value::int(flags));
}

#[php_method("ReturnTypeWillChange::__construct()", rename = CONSTRUCT_RETURN_TYPE)]
fn construct_return_type(this: &ObjRef) {
    let _ = this;
}

#[php_method("AllowDynamicProperties::__construct()", rename = CONSTRUCT_ALLOW_DYNAMIC)]
fn construct_allow_dynamic(this: &ObjRef) {
    let _ = this;
}

#[php_method("SensitiveParameter::__construct()", rename = CONSTRUCT_SENSITIVE)]
fn construct_sensitive(this: &ObjRef) {
    let _ = this;
}

#[php_method("SensitiveParameterValue::__construct(mixed $value)", rename = CONSTRUCT_SENSITIVE_VALUE)]
fn construct_sensitive_value(this: &ObjRef, value: Value) {
    set(this, 0, value);
}

#[php_method("SensitiveParameterValue::getValue(): mixed")]
fn get_value(this: &ObjRef) -> Value {
    this.get_slot(0)
}

#[php_method("SensitiveParameterValue::__debugInfo(): array")]
fn debug_info(this: &ObjRef) -> PhpArray {
    let _ = this;
    PhpArray::new()
}

#[php_method("Override::__construct()", rename = CONSTRUCT_OVERRIDE)]
fn construct_override(this: &ObjRef) {
    let _ = this;
}

#[php_method("Deprecated::__construct(?string $message = null, ?string $since = null)", rename = CONSTRUCT_DEPRECATED)]
fn construct_deprecated(this: &ObjRef, message: Option<&PhpString>, since: Option<&PhpString>) {
    set(this, 0, Value::from(message.cloned()));
    set(this, 1, Value::from(since.cloned()));
}

/// A value that backtraces do not show.
pub(crate) fn sensitive(cx: &mut Context, value: Value) -> PhpResult<Value> {
    let class: ClassRef = cx.native_class("sensitiveparametervalue");
    let object = cx.new_object(class)?;
    set(&object, 0, value);
    Ok(Value::object(object))
}
