//! Upper and lower case of ASCII letters.

use super::mask::Mask;
use crate::errors::warn_all;
use phalanx_macros::php_fn;
use phalanx_value::PhpString;
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&STRTOLOWER, &STRTOUPPER, &UCFIRST, &LCFIRST, &UCWORDS, &STR_ROT13];

/// <https://www.php.net/strtolower>
#[php_fn("strtolower(string $string): string", pure, leaf, nothrow)]
fn strtolower(string: PhpString) -> PhpResult<PhpString> {
    Ok(lower(string))
}

/// <https://www.php.net/strtoupper>
#[php_fn("strtoupper(string $string): string", pure, leaf, nothrow)]
fn strtoupper(string: PhpString) -> PhpResult<PhpString> {
    Ok(upper(string))
}

/// `string` in lower case; its own block if nothing changes or nobody else has it.
pub fn lower(mut string: PhpString) -> PhpString {
    if string.iter().any(u8::is_ascii_uppercase) {
        string.make_mut().make_ascii_lowercase();
    }
    string
}

/// `string` in upper case; its own block if nothing changes or nobody else has it.
pub fn upper(mut string: PhpString) -> PhpString {
    if string.iter().any(u8::is_ascii_lowercase) {
        string.make_mut().make_ascii_uppercase();
    }
    string
}

/// <https://www.php.net/ucfirst>
#[php_fn("ucfirst(string $string): string", pure, leaf, nothrow)]
fn ucfirst(mut string: PhpString) -> PhpResult<PhpString> {
    if string.first().is_some_and(u8::is_ascii_lowercase) {
        string.make_mut()[0].make_ascii_uppercase();
    }
    Ok(string)
}

/// <https://www.php.net/lcfirst>
#[php_fn("lcfirst(string $string): string", pure, leaf, nothrow)]
fn lcfirst(mut string: PhpString) -> PhpResult<PhpString> {
    if string.first().is_some_and(u8::is_ascii_uppercase) {
        string.make_mut()[0].make_ascii_lowercase();
    }
    Ok(string)
}

/// <https://www.php.net/ucwords>
#[php_fn("ucwords(string $string, string $separators = \" \\t\\r\\n\\f\\v\"): string")]
fn ucwords(cx: &mut Context, mut string: PhpString, separators: PhpString) -> PhpResult<PhpString> {
    let (mask, warnings) = Mask::with_ranges(&separators);
    warn_all(cx, &warnings)?;
    let mut begins = true;
    for byte in string.make_mut() {
        if begins {
            byte.make_ascii_uppercase();
        }
        begins = mask.has(*byte);
    }
    Ok(string)
}

/// <https://www.php.net/str_rot13>
#[php_fn("str_rot13(string $string): string", pure, leaf, nothrow)]
fn str_rot13(mut string: PhpString) -> PhpResult<PhpString> {
    for byte in string.make_mut() {
        *byte = match *byte {
            b'a'..=b'z' => (*byte - b'a' + 13) % 26 + b'a',
            b'A'..=b'Z' => (*byte - b'A' + 13) % 26 + b'A',
            other => other,
        };
    }
    Ok(string)
}
