//! Errors: raising and handling them, assertions.

use phalanx_macros::{native_class, php_fn};
use phalanx_value::{PhpArray, PhpString, Value};
use phalanx_vm::args::Callable;
use phalanx_vm::errors::ErrorHandler;
use phalanx_vm::ini::{access, parse_bool};
use phalanx_vm::native::{IniCheck, NativeFn, NativeIni};
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] =
    &[&ERROR_GET_LAST, &ERROR_CLEAR_LAST, &ERROR_LOG, &ASSERT, &ASSERT_OPTIONS];

/// Functions of this file that belong to the core.
pub static CORE_FUNCTIONS: &[&NativeFn] = &[
    &ERROR_REPORTING,
    &TRIGGER_ERROR,
    &USER_ERROR,
    &SET_ERROR_HANDLER,
    &RESTORE_ERROR_HANDLER,
    &SET_EXCEPTION_HANDLER,
    &RESTORE_EXCEPTION_HANDLER,
];

native_class! {
    /// <https://www.php.net/class.assertionerror>
    pub static ASSERTION_ERROR = "class AssertionError extends Error";
}

/// Settings of assertions.
pub static INI: &[NativeIni] = &[
    deprecated("assert.active", Some("1"), |cx, value, _| stays("assert.active", cx, parse_bool(value))),
    deprecated("assert.bail", Some("0"), |cx, value, _| stays("assert.bail", cx, !parse_bool(value))),
    deprecated("assert.callback", None, |cx, value, _| stays("assert.callback", cx, value.is_empty())),
    deprecated("assert.exception", Some("1"), |cx, value, _| {
        stays("assert.exception", cx, parse_bool(value))
    }),
    deprecated("assert.warning", Some("1"), |cx, value, _| stays("assert.warning", cx, parse_bool(value))),
];

const fn deprecated(name: &'static str, default: Option<&'static str>, on_change: IniCheck) -> NativeIni {
    NativeIni { name, default, access: access::ALL, on_change: Some(on_change) }
}

/// Takes any value of a setting that should be left as it is, and says so if it is not.
fn stays(name: &str, cx: &mut Context, as_it_was: bool) -> bool {
    if !as_it_was {
        // An exception of the error handler is pending: whoever changes the setting finds it.
        let _ = cx.doc_deprecated(format!("{name} INI setting is deprecated"));
    }
    true
}

const E_USER_ERROR: i64 = 256;
const E_USER_NOTICE: i64 = 1024;
const E_ALL: i64 = 30719;

/// <https://www.php.net/error_reporting>
#[php_fn("error_reporting(?int $error_level = null): int")]
fn error_reporting(cx: &mut Context, error_level: Option<i64>) -> i64 {
    let before = cx.ini.error_reporting;
    if let Some(level) = error_level {
        cx.set_ini("error_reporting", Some(level.to_string().as_bytes()), access::USER);
    }
    before
}

/// <https://www.php.net/trigger_error>
#[php_fn("trigger_error(string $message, int $error_level = E_USER_NOTICE): true", default(error_level = E_USER_NOTICE))]
fn trigger_error(cx: &mut Context, message: &PhpString, error_level: i64) -> PhpResult<bool> {
    raise_user_error(cx, message, error_level)
}

/// <https://www.php.net/user_error>
#[php_fn("user_error(string $message, int $error_level = E_USER_NOTICE): true", default(error_level = E_USER_NOTICE))]
fn user_error(cx: &mut Context, message: &PhpString, error_level: i64) -> PhpResult<bool> {
    raise_user_error(cx, message, error_level)
}

fn raise_user_error(cx: &mut Context, message: &PhpString, level: i64) -> PhpResult<bool> {
    match level {
        E_USER_ERROR => cx.deprecated(
            "Passing E_USER_ERROR to trigger_error() is deprecated since 8.4, throw an exception or call exit with a \
             string message instead",
        )?,
        512 | E_USER_NOTICE | 16384 => {}
        _ => {
            let text = "must be one of E_USER_ERROR, E_USER_WARNING, E_USER_NOTICE, or E_USER_DEPRECATED";
            return Err(cx.arg_value_error(2, text));
        }
    }
    cx.raise(level, message)?;
    Ok(true)
}

/// <https://www.php.net/set_error_handler>
#[php_fn("set_error_handler(?callable $callback, int $error_levels = E_ALL)", default(error_levels = E_ALL))]
fn set_error_handler(cx: &mut Context, callback: Option<Callable>, error_levels: i64) -> Option<Value> {
    let handler = callback.map(|callback| ErrorHandler { callback: callback.value, mask: error_levels });
    cx.errors.set_handler(handler)
}

/// <https://www.php.net/restore_error_handler>
#[php_fn("restore_error_handler(): true")]
fn restore_error_handler(cx: &mut Context) -> bool {
    cx.errors.restore_handler();
    true
}

/// <https://www.php.net/set_exception_handler>
#[php_fn("set_exception_handler(?callable $callback)")]
fn set_exception_handler(cx: &mut Context, callback: Option<Callable>) -> Option<Value> {
    cx.errors.set_exception_handler(callback.map(|callback| callback.value))
}

/// <https://www.php.net/restore_exception_handler>
#[php_fn("restore_exception_handler(): true")]
fn restore_exception_handler(cx: &mut Context) -> bool {
    cx.errors.restore_exception_handler();
    true
}

/// <https://www.php.net/error_get_last>
#[php_fn("error_get_last(): ?array")]
fn error_get_last(cx: &mut Context) -> Option<PhpArray> {
    let last = cx.errors.last.as_ref()?;
    let mut array = PhpArray::new();
    array.insert_bytes("type", last.level);
    array.insert_bytes("message", &last.message);
    array.insert_bytes("file", &last.file);
    array.insert_bytes("line", last.line);
    Some(array)
}

/// <https://www.php.net/error_clear_last>
#[php_fn("error_clear_last(): void")]
fn error_clear_last(cx: &mut Context) {
    cx.errors.last = None;
}

/// <https://www.php.net/error_log>
#[php_fn(
    "error_log(string $message, int $message_type = 0, ?string $destination = null, ?string $additional_headers = null): bool"
)]
fn error_log(
    cx: &mut Context,
    message: &PhpString,
    message_type: i64,
    destination: Option<&PhpString>,
    additional_headers: Option<&PhpString>,
) -> PhpResult<bool> {
    let _ = additional_headers;
    match message_type {
        2 => {
            cx.doc_warning("TCP/IP option not available!")?;
            Ok(false)
        }
        3 => {
            use std::io::Write;
            let Some(destination) = destination else { return Ok(false) };
            let mode = phalanx_host::fs::OpenMode {
                append: true,
                truncate: false,
                ..phalanx_host::fs::OpenMode::WRITE
            };
            let path = cx.full_path(destination);
            let written = phalanx_host::fs::open(&path, mode).and_then(|mut file| file.write_all(message));
            match written {
                Ok(()) => Ok(true),
                Err(error) => {
                    let reason = phalanx_host::error_text(&error);
                    let text = format!("Failed to open stream: {reason}");
                    cx.doc_error(2, destination.as_bytes(), text)?;
                    Ok(false)
                }
            }
        }
        4 => {
            cx.output.sink_mut().error(&[message, b"\n".as_slice()].concat());
            Ok(true)
        }
        _ => {
            cx.log(message);
            Ok(true)
        }
    }
}

/// <https://www.php.net/assert>
#[php_fn("assert(mixed $assertion, Throwable|string|null $description = null): bool")]
fn assert(cx: &mut Context, assertion: &Value, description: &Value) -> PhpResult<bool> {
    if cx.ini.assertions <= 0 || !cx.ini.get_bool("assert.active") || cx.to_bool(assertion)? {
        return Ok(true);
    }
    let callback = cx.ini.get_str("assert.callback").to_vec();
    if !callback.is_empty() {
        let (file, line) = cx.position();
        let mut args = vec![Value::string(file), Value::int(i64::from(line)), Value::NULL];
        if description.is_string() {
            args.push(description.clone());
        }
        cx.call_value(&Value::str(callback), &args)?;
    }
    if cx.ini.get_bool("assert.exception") {
        if let Some(exception) = description.as_object() {
            return Err(cx.throw_object(exception.clone()));
        }
        let message = description.as_string().cloned().unwrap_or_default();
        return Err(cx.throw_code("assertionerror", &message, 1));
    }
    if cx.ini.get_bool("assert.warning") {
        match description.is_nullish() {
            true => cx.doc_warning("Assertion failed")?,
            false => {
                let text = cx.to_string(description)?;
                cx.doc_warning([text.as_bytes(), b" failed"].concat())?;
            }
        }
    }
    if cx.ini.get_bool("assert.bail") {
        return Err(cx.bail_out());
    }
    Ok(false)
}

/// <https://www.php.net/assert_options>
#[php_fn(
    "assert_options(int $option, mixed $value = UNKNOWN): mixed",
    deprecated = "since 8.3",
    default(value = Value::UNDEF)
)]
fn assert_options(cx: &mut Context, option: i64, value: Value) -> PhpResult<Value> {
    let name = match option {
        1 => "assert.active",
        2 => "assert.callback",
        3 => "assert.bail",
        4 => "assert.warning",
        5 => "assert.exception",
        _ => return Err(cx.arg_value_error(1, "must be an ASSERT_* constant")),
    };
    let before = match option {
        2 => cx.ini.get(name).map_or(Value::NULL, Value::str),
        _ => Value::int(i64::from(cx.ini.get_bool(name))),
    };
    if !value.is_undef() {
        let text = cx.to_string(&value)?;
        cx.set_ini(name, Some(&text), access::USER);
    }
    Ok(before)
}
