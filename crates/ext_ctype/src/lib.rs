//! PHP's ctype extension: whether each byte of a text is of one kind.
#![forbid(unsafe_code)]

use phalanx_macros::php_fn;
use phalanx_value::Value;
use phalanx_vm::native::{Extension, NativeFn};
use phalanx_vm::request::PHP_VERSION;
use phalanx_vm::{Context, PhpResult, convert};

/// The extension.
pub static EXTENSION: Extension = Extension {
    name: "ctype",
    version: PHP_VERSION,
    functions: &[FUNCTIONS],
    classes: &[],
    consts: &[],
    ini: &[],
    request_start: None,
    request_end: None,
};

/// What an integer outside of a byte counts as: its text.
struct Number {
    digits: bool,
    minus: bool,
}

const NEITHER: Number = Number { digits: false, minus: false };
const DIGITS: Number = Number { digits: true, minus: false };
const BOTH: Number = Number { digits: true, minus: true };

/// Whether each byte of `text` is of a kind. An integer is taken for a byte by its number.
fn check(cx: &mut Context, text: &Value, number: Number, kind: fn(u8) -> bool) -> PhpResult<bool> {
    if let Some(text) = text.as_string() {
        return Ok(!text.is_empty() && text.as_bytes().iter().all(|byte| kind(*byte)));
    }
    let mut message = b"Argument of type ".to_vec();
    message.extend_from_slice(convert::type_name(text).as_bytes());
    message.extend_from_slice(b" will be interpreted as string in the future");
    cx.doc_deprecated(message)?;
    Ok(match text.as_int() {
        Some(code @ 0..=255) => kind(code as u8),
        Some(code @ -128..0) => kind((code + 256) as u8),
        Some(code) => {
            if code >= 0 {
                number.digits
            } else {
                number.minus
            }
        }
        None => false,
    })
}

#[php_fn("ctype_alnum(mixed $text): bool")]
fn ctype_alnum(cx: &mut Context, text: &Value) -> PhpResult<bool> {
    check(cx, text, DIGITS, |byte| byte.is_ascii_alphanumeric())
}

#[php_fn("ctype_alpha(mixed $text): bool")]
fn ctype_alpha(cx: &mut Context, text: &Value) -> PhpResult<bool> {
    check(cx, text, NEITHER, |byte| byte.is_ascii_alphabetic())
}

#[php_fn("ctype_cntrl(mixed $text): bool")]
fn ctype_cntrl(cx: &mut Context, text: &Value) -> PhpResult<bool> {
    check(cx, text, NEITHER, |byte| byte.is_ascii_control())
}

#[php_fn("ctype_digit(mixed $text): bool")]
fn ctype_digit(cx: &mut Context, text: &Value) -> PhpResult<bool> {
    check(cx, text, DIGITS, |byte| byte.is_ascii_digit())
}

#[php_fn("ctype_lower(mixed $text): bool")]
fn ctype_lower(cx: &mut Context, text: &Value) -> PhpResult<bool> {
    check(cx, text, NEITHER, |byte| byte.is_ascii_lowercase())
}

#[php_fn("ctype_graph(mixed $text): bool")]
fn ctype_graph(cx: &mut Context, text: &Value) -> PhpResult<bool> {
    check(cx, text, BOTH, |byte| byte.is_ascii_graphic())
}

#[php_fn("ctype_print(mixed $text): bool")]
fn ctype_print(cx: &mut Context, text: &Value) -> PhpResult<bool> {
    check(cx, text, BOTH, |byte| byte == b' ' || byte.is_ascii_graphic())
}

#[php_fn("ctype_punct(mixed $text): bool")]
fn ctype_punct(cx: &mut Context, text: &Value) -> PhpResult<bool> {
    check(cx, text, NEITHER, |byte| byte.is_ascii_punctuation())
}

#[php_fn("ctype_space(mixed $text): bool")]
fn ctype_space(cx: &mut Context, text: &Value) -> PhpResult<bool> {
    check(cx, text, NEITHER, |byte| matches!(byte, b'\t'..=b'\r' | b' '))
}

#[php_fn("ctype_upper(mixed $text): bool")]
fn ctype_upper(cx: &mut Context, text: &Value) -> PhpResult<bool> {
    check(cx, text, NEITHER, |byte| byte.is_ascii_uppercase())
}

#[php_fn("ctype_xdigit(mixed $text): bool")]
fn ctype_xdigit(cx: &mut Context, text: &Value) -> PhpResult<bool> {
    check(cx, text, DIGITS, |byte| byte.is_ascii_hexdigit())
}

static FUNCTIONS: &[&NativeFn] = &[
    &CTYPE_ALNUM,
    &CTYPE_ALPHA,
    &CTYPE_CNTRL,
    &CTYPE_DIGIT,
    &CTYPE_LOWER,
    &CTYPE_GRAPH,
    &CTYPE_PRINT,
    &CTYPE_PUNCT,
    &CTYPE_SPACE,
    &CTYPE_UPPER,
    &CTYPE_XDIGIT,
];
