//! The methods that every enum has.

use crate::Context;
use crate::class::ClassRef;
use crate::native::{NativeFn, NativeType};
use crate::thrown::PhpResult;
use crate::types::{Type, TypeScope};
use phalanx_bytecode::types as bit;
use phalanx_macros::php_method;
use phalanx_value::{ObjRef, PhpArray, Value};

static INT_METHODS: [&NativeFn; 3] = [&CASES, &FROM_INT, &TRY_FROM_INT];
static STRING_METHODS: [&NativeFn; 3] = [&CASES, &FROM_STRING, &TRY_FROM_STRING];

/// `cases`, `from` and `tryFrom` of an enum backed by ints or strings.
pub(crate) fn methods(int: bool) -> &'static [&'static NativeFn; 3] {
    if int { &INT_METHODS } else { &STRING_METHODS }
}

fn from_value(cx: &mut Context, class: ClassRef, value: Value) -> PhpResult<ObjRef> {
    match cx.enum_from_value(class, &value)? {
        Some(case) => Ok(case),
        None => Err(cx.no_such_case(class, &value)),
    }
}

#[php_method("static UnitEnum::cases(): array")]
fn cases(cx: &mut Context, class: ClassRef) -> PhpResult<PhpArray> {
    cx.enum_cases(class)
}

/// The value for an enum backed by ints: numeric strings count.
fn int_value(cx: &mut Context, value: Value) -> PhpResult<Value> {
    const INT: NativeType = NativeType { bits: bit::INT, classes: &[], text: "int" };
    let mut converted = value.clone();
    let strict = cx.caller_is_strict();
    if Type::Native(&INT).fit(cx, &mut converted, TypeScope::default(), strict)? {
        return Ok(converted);
    }
    if value.is_null() { Ok(Value::int(0)) } else { Err(cx.arg_type_error(1, "int", &value)) }
}

/// The value for an enum backed by strings.
fn string_value(cx: &mut Context, value: Value) -> PhpResult<Value> {
    Ok(Value::string(cx.to_string(&value)?))
}

#[php_method("static BackedEnum::from(string|int $value): static", rename = FROM_INT)]
fn from_int(cx: &mut Context, class: ClassRef, value: Value) -> PhpResult<ObjRef> {
    let value = int_value(cx, value)?;
    from_value(cx, class, value)
}

#[php_method("static BackedEnum::tryFrom(string|int $value): ?static", rename = TRY_FROM_INT)]
fn try_from_int(cx: &mut Context, class: ClassRef, value: Value) -> PhpResult<Option<ObjRef>> {
    let value = int_value(cx, value)?;
    cx.enum_from_value(class, &value)
}

#[php_method("static BackedEnum::from(string|int $value): static", rename = FROM_STRING)]
fn from_string(cx: &mut Context, class: ClassRef, value: Value) -> PhpResult<ObjRef> {
    let value = string_value(cx, value)?;
    from_value(cx, class, value)
}

#[php_method("static BackedEnum::tryFrom(string|int $value): ?static", rename = TRY_FROM_STRING)]
fn try_from_string(cx: &mut Context, class: ClassRef, value: Value) -> PhpResult<Option<ObjRef>> {
    let value = string_value(cx, value)?;
    cx.enum_from_value(class, &value)
}
