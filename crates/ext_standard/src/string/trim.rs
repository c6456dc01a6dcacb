//! Taking bytes off the ends: `trim()` and friends.

use super::mask::Mask;
use crate::errors::warn_all;
use phalanx_macros::php_fn;
use phalanx_value::PhpString;
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&TRIM, &LTRIM, &RTRIM, &CHOP];

/// <https://www.php.net/trim>
#[php_fn("trim(string $string, string $characters = \" \\n\\r\\t\\v\\0\"): string")]
fn trim(cx: &mut Context, string: PhpString, characters: PhpString) -> PhpResult<PhpString> {
    cut(cx, string, characters, true, true)
}

/// <https://www.php.net/ltrim>
#[php_fn("ltrim(string $string, string $characters = \" \\n\\r\\t\\v\\0\"): string")]
fn ltrim(cx: &mut Context, string: PhpString, characters: PhpString) -> PhpResult<PhpString> {
    cut(cx, string, characters, true, false)
}

/// <https://www.php.net/rtrim>
#[php_fn("rtrim(string $string, string $characters = \" \\n\\r\\t\\v\\0\"): string")]
fn rtrim(cx: &mut Context, string: PhpString, characters: PhpString) -> PhpResult<PhpString> {
    cut(cx, string, characters, false, true)
}

/// <https://www.php.net/chop>
#[php_fn("chop(string $string, string $characters = \" \\n\\r\\t\\v\\0\"): string")]
fn chop(cx: &mut Context, string: PhpString, characters: PhpString) -> PhpResult<PhpString> {
    cut(cx, string, characters, false, true)
}

/// What `trim()` takes off unless told otherwise.
const BLANKS: &[u8] = b" \n\r\t\x0b\0";

fn cut(
    cx: &mut Context,
    string: PhpString,
    list: PhpString,
    left: bool,
    right: bool,
) -> PhpResult<PhpString> {
    let kept = if list.as_bytes() == BLANKS {
        strip(&string, left, right, |byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | 0x0b | 0))
    } else if let [only] = *list.as_bytes() {
        strip(&string, left, right, |byte| byte == only)
    } else {
        let (mask, warnings) = Mask::with_ranges(&list);
        warn_all(cx, &warnings)?;
        strip(&string, left, right, |byte| mask.has(byte))
    };
    if kept.len() == string.len() {
        return Ok(string);
    }
    Ok(PhpString::from_bytes(kept))
}

fn strip(mut text: &[u8], left: bool, right: bool, cuts: impl Fn(u8) -> bool) -> &[u8] {
    if left {
        while let [first, rest @ ..] = text
            && cuts(*first)
        {
            text = rest;
        }
    }
    if right {
        while let [rest @ .., last] = text
            && cuts(*last)
        {
            text = rest;
        }
    }
    text
}
