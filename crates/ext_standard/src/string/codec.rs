//! Encodings, checksums and hashes.

use super::mask::Mask;
use super::{escape, transfer};
use crate::errors::warn_all;
use md5::Digest;
use phalanx_macros::php_fn;
use phalanx_value::{PhpString, Value};
use phalanx_vm::args::OrFalse;
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[
    &ADDSLASHES,
    &STRIPSLASHES,
    &ADDCSLASHES,
    &STRIPCSLASHES,
    &QUOTEMETA,
    &BASE64_ENCODE,
    &BASE64_DECODE,
    &CONVERT_UUENCODE,
    &CONVERT_UUDECODE,
    &QUOTED_PRINTABLE_ENCODE,
    &QUOTED_PRINTABLE_DECODE,
    &BIN2HEX,
    &HEX2BIN,
    &CRC32,
    &MD5,
    &SHA1,
    &UTF8_ENCODE,
    &UTF8_DECODE,
];

/// <https://www.php.net/addslashes>
#[php_fn("addslashes(string $string): string", pure, leaf, nothrow)]
fn addslashes(string: &PhpString) -> PhpString {
    escape::add_slashes(string).map_or_else(|| string.clone(), PhpString::from)
}

/// <https://www.php.net/stripslashes>
#[php_fn("stripslashes(string $string): string", pure, leaf, nothrow)]
fn stripslashes(string: &PhpString) -> PhpString {
    if memchr::memchr(b'\\', string).is_none() {
        return string.clone();
    }
    escape::strip_slashes(string).into()
}

/// <https://www.php.net/addcslashes>
#[php_fn("addcslashes(string $string, string $characters): string")]
fn addcslashes(cx: &mut Context, string: &PhpString, characters: &PhpString) -> PhpResult<PhpString> {
    if string.is_empty() || characters.is_empty() {
        return Ok(string.clone());
    }
    let (mask, warnings) = Mask::with_ranges(characters);
    warn_all(cx, &warnings)?;
    Ok(escape::add_c_slashes(string, &mask).into())
}

/// <https://www.php.net/stripcslashes>
#[php_fn("stripcslashes(string $string): string", pure, leaf, nothrow)]
fn stripcslashes(string: &PhpString) -> Vec<u8> {
    escape::strip_c_slashes(string)
}

/// <https://www.php.net/quotemeta>
#[php_fn("quotemeta(string $string): string", pure, leaf, nothrow)]
fn quotemeta(string: &PhpString) -> Vec<u8> {
    escape::quote_meta(string)
}

/// <https://www.php.net/base64_encode>
#[php_fn("base64_encode(string $string): string", pure, leaf, nothrow)]
fn base64_encode(string: &PhpString) -> Vec<u8> {
    transfer::base64_encode(string)
}

/// <https://www.php.net/base64_decode>
#[php_fn("base64_decode(string $string, bool $strict = false): string|false", pure, leaf, nothrow)]
fn base64_decode(string: &PhpString, strict: bool) -> OrFalse<Vec<u8>> {
    OrFalse(transfer::base64_decode(string, strict))
}

/// <https://www.php.net/convert_uuencode>
#[php_fn("convert_uuencode(string $string): string", pure, leaf, nothrow)]
fn convert_uuencode(string: &PhpString) -> Vec<u8> {
    if string.is_empty() { Vec::new() } else { transfer::uu_encode(string) }
}

/// <https://www.php.net/convert_uudecode>
#[php_fn("convert_uudecode(string $string): string|false")]
fn convert_uudecode(cx: &mut Context, string: &PhpString) -> PhpResult<Value> {
    match transfer::uu_decode(string) {
        Some(bytes) => Ok(Value::str(bytes)),
        None => cx.doc_warning("Argument #1 ($data) is not a valid uuencoded string").map(|()| Value::FALSE),
    }
}

/// <https://www.php.net/quoted_printable_encode>
#[php_fn("quoted_printable_encode(string $string): string", pure, leaf, nothrow)]
fn quoted_printable_encode(string: &PhpString) -> Vec<u8> {
    transfer::quoted_printable_encode(string)
}

/// <https://www.php.net/quoted_printable_decode>
#[php_fn("quoted_printable_decode(string $string): string", pure, leaf, nothrow)]
fn quoted_printable_decode(string: &PhpString) -> Vec<u8> {
    transfer::quoted_printable_decode(string)
}

/// <https://www.php.net/bin2hex>
#[php_fn("bin2hex(string $string): string", pure, leaf, nothrow)]
fn bin2hex(string: &PhpString) -> Vec<u8> {
    transfer::hex(string)
}

/// <https://www.php.net/hex2bin>
#[php_fn("hex2bin(string $string): string|false")]
fn hex2bin(cx: &mut Context, string: &PhpString) -> PhpResult<Value> {
    let problem = if !string.len().is_multiple_of(2) {
        "Hexadecimal input string must have an even length"
    } else {
        match transfer::unhex(string) {
            Some(bytes) => return Ok(Value::str(bytes)),
            None => "Input string must be hexadecimal string",
        }
    };
    cx.doc_warning(problem).map(|()| Value::FALSE)
}

/// <https://www.php.net/crc32>
#[php_fn("crc32(string $string): int", pure, leaf, nothrow)]
fn crc32(string: &PhpString) -> i64 {
    i64::from(crc32fast::hash(string))
}

/// <https://www.php.net/md5>
#[php_fn("md5(string $string, bool $binary = false): string", pure, leaf, nothrow)]
fn md5(string: &PhpString, binary: bool) -> Vec<u8> {
    shown(&md5::Md5::digest(string.as_bytes()), binary)
}

/// <https://www.php.net/sha1>
#[php_fn("sha1(string $string, bool $binary = false): string", pure, leaf, nothrow)]
fn sha1(string: &PhpString, binary: bool) -> Vec<u8> {
    shown(&sha1::Sha1::digest(string.as_bytes()), binary)
}

/// A hash as bytes or in hexadecimal.
pub fn shown(hash: &[u8], binary: bool) -> Vec<u8> {
    if binary { hash.to_vec() } else { transfer::hex(hash) }
}

/// <https://www.php.net/utf8_encode>
#[php_fn(
    "utf8_encode(string $string): string",
    deprecated = "since 8.2, visit the php.net documentation for various alternatives"
)]
fn utf8_encode(string: &PhpString) -> String {
    string.iter().map(|byte| char::from(*byte)).collect()
}

/// <https://www.php.net/utf8_decode>
#[php_fn(
    "utf8_decode(string $string): string",
    deprecated = "since 8.2, visit the php.net documentation for various alternatives"
)]
fn utf8_decode(string: &PhpString) -> Vec<u8> {
    let mut out = Vec::with_capacity(string.len());
    let mut rest = string.as_bytes();
    while !rest.is_empty() {
        let len = match phalanx_value::utf8::next_char(rest) {
            Ok((code, len)) => {
                out.push(u8::try_from(code).unwrap_or(b'?'));
                len
            }
            Err(skip) => {
                out.push(b'?');
                skip
            }
        };
        rest = rest.get(len..).unwrap_or(&[]);
    }
    out
}
