//! Paths as text.

use super::wildcard;
use phalanx_macros::php_fn;
use phalanx_value::{PhpArray, PhpString, Value};
use phalanx_vm::args::Path;
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&BASENAME, &DIRNAME, &PATHINFO, &FNMATCH];

/// The last part of a path, slashes at its end left out.
pub fn base_name<'a>(path: &'a [u8], suffix: &[u8]) -> &'a [u8] {
    let end = path.iter().rposition(|byte| *byte != b'/').map_or(0, |at| at + 1);
    let path = &path[..end];
    let start = memchr::memrchr(b'/', path).map_or(0, |at| at + 1);
    let name = &path[start..];
    match name.strip_suffix(suffix) {
        Some(rest) if !rest.is_empty() && !suffix.is_empty() => rest,
        _ => name,
    }
}

/// The path without its last part: `.` if there is nothing else.
pub fn dir_name(path: &[u8]) -> &[u8] {
    if path.is_empty() {
        return path;
    }
    let Some(last) = path.iter().rposition(|byte| *byte != b'/') else { return b"/" };
    let Some(slash) = memchr::memrchr(b'/', &path[..last]) else { return b"." };
    match path[..slash].iter().rposition(|byte| *byte != b'/') {
        Some(end) => &path[..=end],
        None => b"/",
    }
}

/// <https://www.php.net/basename>
#[php_fn("basename(string $path, string $suffix = \"\"): string", pure, leaf, nothrow)]
fn basename(path: &PhpString, suffix: &PhpString) -> PhpString {
    PhpString::from_bytes(base_name(path, suffix))
}

/// <https://www.php.net/dirname>
#[php_fn("dirname(string $path, int $levels = 1): string")]
fn dirname(cx: &mut Context, path: &PhpString, levels: i64) -> PhpResult<PhpString> {
    if levels < 1 {
        return Err(cx.arg_value_error(2, "must be greater than or equal to 1"));
    }
    let mut rest = path.as_bytes();
    for _ in 0..levels {
        let shorter = dir_name(rest);
        if shorter == rest {
            break;
        }
        rest = shorter;
    }
    Ok(PhpString::from_bytes(rest))
}

/// <https://www.php.net/pathinfo>
#[php_fn("pathinfo(string $path, int $flags = PATHINFO_ALL): array|string", default(flags = 15))]
fn pathinfo(path: &PhpString, flags: i64) -> Value {
    let mut parts = PhpArray::new();
    let name = base_name(path, b"");
    let dot = memchr::memrchr(b'.', name);
    if flags & 1 != 0 {
        let dir = dir_name(path);
        if !dir.is_empty() {
            parts.insert_bytes("dirname", Value::str(dir));
        }
    }
    if flags & 2 != 0 {
        parts.insert_bytes("basename", Value::str(name));
    }
    if flags & 4 != 0
        && let Some(dot) = dot
    {
        parts.insert_bytes("extension", Value::str(&name[dot + 1..]));
    }
    if flags & 8 != 0 {
        parts.insert_bytes("filename", Value::str(&name[..dot.unwrap_or(name.len())]));
    }
    if flags == 15 {
        return Value::array(parts);
    }
    parts.values().next().cloned().unwrap_or_else(|| Value::str(""))
}

/// <https://www.php.net/fnmatch>
#[php_fn("fnmatch(string $pattern, string $filename, int $flags = 0): bool")]
fn fnmatch(pattern: Path<'_>, filename: Path<'_>, flags: i64) -> bool {
    wildcard::matches(pattern.as_bytes(), filename.as_bytes(), wildcard::Flags::from_bits(flags))
}
