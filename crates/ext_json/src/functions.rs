//! The functions and classes of the extension.

use crate::decode::Decoder;
use crate::encode::Encoder;
use crate::error::JsonError;
use crate::flag;
use phalanx_macros::{native_class, php_fn};
use phalanx_value::{PhpString, Value};
use phalanx_vm::native::{NativeConst, NativeFn, NativeType, NativeValue};
use phalanx_vm::{Context, PhpResult};

/// Functions.
pub static FUNCTIONS: &[&NativeFn] =
    &[&JSON_ENCODE, &JSON_DECODE, &JSON_VALIDATE, &JSON_LAST_ERROR, &JSON_LAST_ERROR_MSG];

const fn constant(name: &'static str, value: i64) -> NativeConst {
    NativeConst { name, value: NativeValue::Int(value), flags: 0, ty: NativeType::NONE, deprecated: None }
}

/// Constants.
pub static CONSTS: &[NativeConst] = &[
    constant("JSON_HEX_TAG", flag::HEX_TAG),
    constant("JSON_HEX_AMP", flag::HEX_AMP),
    constant("JSON_HEX_APOS", flag::HEX_APOS),
    constant("JSON_HEX_QUOT", flag::HEX_QUOT),
    constant("JSON_FORCE_OBJECT", flag::FORCE_OBJECT),
    constant("JSON_NUMERIC_CHECK", flag::NUMERIC_CHECK),
    constant("JSON_UNESCAPED_SLASHES", flag::UNESCAPED_SLASHES),
    constant("JSON_PRETTY_PRINT", flag::PRETTY_PRINT),
    constant("JSON_UNESCAPED_UNICODE", flag::UNESCAPED_UNICODE),
    constant("JSON_PARTIAL_OUTPUT_ON_ERROR", flag::PARTIAL_OUTPUT_ON_ERROR),
    constant("JSON_PRESERVE_ZERO_FRACTION", flag::PRESERVE_ZERO_FRACTION),
    constant("JSON_UNESCAPED_LINE_TERMINATORS", flag::UNESCAPED_LINE_TERMINATORS),
    constant("JSON_OBJECT_AS_ARRAY", flag::OBJECT_AS_ARRAY),
    constant("JSON_BIGINT_AS_STRING", flag::BIGINT_AS_STRING),
    constant("JSON_INVALID_UTF8_IGNORE", flag::INVALID_UTF8_IGNORE),
    constant("JSON_INVALID_UTF8_SUBSTITUTE", flag::INVALID_UTF8_SUBSTITUTE),
    constant("JSON_THROW_ON_ERROR", flag::THROW_ON_ERROR),
    constant("JSON_ERROR_NONE", 0),
    constant("JSON_ERROR_DEPTH", 1),
    constant("JSON_ERROR_STATE_MISMATCH", 2),
    constant("JSON_ERROR_CTRL_CHAR", 3),
    constant("JSON_ERROR_SYNTAX", 4),
    constant("JSON_ERROR_UTF8", 5),
    constant("JSON_ERROR_RECURSION", 6),
    constant("JSON_ERROR_INF_OR_NAN", 7),
    constant("JSON_ERROR_UNSUPPORTED_TYPE", 8),
    constant("JSON_ERROR_INVALID_PROPERTY_NAME", 9),
    constant("JSON_ERROR_UTF16", 10),
    constant("JSON_ERROR_NON_BACKED_ENUM", 11),
];

native_class! {
    /// <https://www.php.net/class.jsonserializable>
    pub static JSON_SERIALIZABLE = "interface JsonSerializable";
    abstract "tentative jsonSerialize(): mixed";
}

native_class! {
    /// <https://www.php.net/class.jsonexception>
    pub static JSON_EXCEPTION = "class JsonException extends Exception";
}

/// The error of the last call that does not throw.
#[derive(Default)]
struct Last(JsonError);

/// <https://www.php.net/json_encode>
#[php_fn("json_encode(mixed $value, int $flags = 0, int $depth = 512): string|false")]
fn json_encode(cx: &mut Context, value: &Value, flags: i64, depth: i64) -> PhpResult<Value> {
    let mut encoder = Encoder::new(flags, depth);
    let done = encoder.encode(cx, value)?;
    let (out, error) = (encoder.out, encoder.error);
    if flags & flag::THROW_ON_ERROR != 0 {
        if error != JsonError::None && flags & flag::PARTIAL_OUTPUT_ON_ERROR == 0 {
            return Err(throw(cx, error));
        }
        return Ok(Value::str(out));
    }
    cx.state::<Last>().0 = error;
    Ok(if done { Value::str(out) } else { Value::FALSE })
}

fn throw(cx: &mut Context, error: JsonError) -> phalanx_vm::Thrown {
    cx.throw_code("jsonexception", error.text(), error as i64)
}

/// The depth as a number of levels.
fn levels(cx: &mut Context, depth: i64, argument: u32) -> PhpResult<usize> {
    if depth <= 0 {
        return Err(cx.arg_value_error(argument, "must be greater than 0"));
    }
    if depth > i64::from(i32::MAX) {
        return Err(cx.arg_value_error(argument, "must be less than 2147483647"));
    }
    Ok(depth as usize)
}

/// <https://www.php.net/json_decode>
#[php_fn("json_decode(string $json, ?bool $associative = null, int $depth = 512, int $flags = 0): mixed")]
fn json_decode(
    cx: &mut Context,
    json: &PhpString,
    associative: Option<bool>,
    depth: i64,
    flags: i64,
) -> PhpResult<Value> {
    let throws = flags & flag::THROW_ON_ERROR != 0;
    if !throws {
        cx.state::<Last>().0 = JsonError::None;
    }
    let result = if json.is_empty() {
        Err(JsonError::Syntax)
    } else {
        let depth = levels(cx, depth, 3)?;
        let flags = match associative {
            Some(true) => flags | flag::OBJECT_AS_ARRAY,
            Some(false) => flags & !flag::OBJECT_AS_ARRAY,
            None => flags,
        };
        Decoder::new(json, flags, depth, true).decode(cx)?
    };
    match result {
        Ok(value) => Ok(value),
        Err(error) if throws => Err(throw(cx, error)),
        Err(error) => {
            cx.state::<Last>().0 = error;
            Ok(Value::NULL)
        }
    }
}

/// <https://www.php.net/json_validate>
#[php_fn("json_validate(string $json, int $depth = 512, int $flags = 0): bool")]
fn json_validate(cx: &mut Context, json: &PhpString, depth: i64, flags: i64) -> PhpResult<bool> {
    if flags & !flag::INVALID_UTF8_IGNORE != 0 {
        let text = "must be a valid flag (allowed flags: JSON_INVALID_UTF8_IGNORE)";
        return Err(cx.arg_value_error(3, text));
    }
    cx.state::<Last>().0 = JsonError::None;
    let error = if json.is_empty() {
        JsonError::Syntax
    } else {
        let depth = levels(cx, depth, 2)?;
        Decoder::new(json, flags, depth, false).decode(cx)?.err().unwrap_or_default()
    };
    cx.state::<Last>().0 = error;
    Ok(error == JsonError::None)
}

/// <https://www.php.net/json_last_error>
#[php_fn("json_last_error(): int")]
fn json_last_error(cx: &mut Context) -> i64 {
    cx.state::<Last>().0 as i64
}

/// <https://www.php.net/json_last_error_msg>
#[php_fn("json_last_error_msg(): string")]
fn json_last_error_msg(cx: &mut Context) -> &'static str {
    cx.state::<Last>().0.text()
}
