//! Finding: positions, parts, counts, tests.

use super::case::lower;
use super::mask::Mask;
use memchr::memmem;
use phalanx_macros::php_fn;
use phalanx_value::{PhpString, Value};
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[
    &STRPOS,
    &STRIPOS,
    &STRRPOS,
    &STRRIPOS,
    &STRSTR,
    &STRCHR,
    &STRISTR,
    &STRRCHR,
    &STR_CONTAINS,
    &STR_STARTS_WITH,
    &STR_ENDS_WITH,
    &SUBSTR_COUNT,
    &STRPBRK,
    &STRSPN,
    &STRCSPN,
];

const OFFSET_TEXT: &str = "must be contained in argument #1 ($haystack)";

/// The place that `offset` names, from the end if negative.
fn place(cx: &mut Context, offset: i64, len: usize, argument: u32) -> PhpResult<usize> {
    let at = if offset < 0 { offset.checked_add(len as i64).unwrap_or(-1) } else { offset };
    if at < 0 || at > len as i64 {
        return Err(cx.arg_value_error(argument, OFFSET_TEXT));
    }
    Ok(at as usize)
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    match needle {
        [] => Some(0),
        [byte] => memchr::memchr(*byte, haystack),
        _ => memmem::find(haystack, needle),
    }
}

fn find_last(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    match needle {
        [] => Some(haystack.len()),
        [byte] => memchr::memrchr(*byte, haystack),
        _ => memmem::rfind(haystack, needle),
    }
}

fn position(at: Option<usize>) -> Value {
    at.map_or(Value::FALSE, |at| Value::int(at as i64))
}

/// <https://www.php.net/strpos>
#[php_fn("strpos(string $haystack, string $needle, int $offset = 0): int|false")]
fn strpos(cx: &mut Context, haystack: PhpString, needle: PhpString, offset: i64) -> PhpResult<Value> {
    let start = place(cx, offset, haystack.len(), 3)?;
    Ok(position(find(&haystack[start..], &needle).map(|at| start + at)))
}

/// <https://www.php.net/stripos>
#[php_fn("stripos(string $haystack, string $needle, int $offset = 0): int|false")]
fn stripos(cx: &mut Context, haystack: PhpString, needle: PhpString, offset: i64) -> PhpResult<Value> {
    let start = place(cx, offset, haystack.len(), 3)?;
    Ok(position(find(&lower(haystack)[start..], &lower(needle)).map(|at| start + at)))
}

/// <https://www.php.net/strrpos>
#[php_fn("strrpos(string $haystack, string $needle, int $offset = 0): int|false")]
fn strrpos(cx: &mut Context, haystack: PhpString, needle: PhpString, offset: i64) -> PhpResult<Value> {
    last_position(cx, &haystack, &needle, offset)
}

/// <https://www.php.net/strripos>
#[php_fn("strripos(string $haystack, string $needle, int $offset = 0): int|false")]
fn strripos(cx: &mut Context, haystack: PhpString, needle: PhpString, offset: i64) -> PhpResult<Value> {
    last_position(cx, &lower(haystack), &lower(needle), offset)
}

/// The last place of `needle`. A negative offset says how far from the end the needle must begin at the latest.
fn last_position(cx: &mut Context, haystack: &[u8], needle: &[u8], offset: i64) -> PhpResult<Value> {
    let len = haystack.len();
    if offset >= 0 {
        if offset > len as i64 {
            return Err(cx.arg_value_error(3, OFFSET_TEXT));
        }
        let start = offset as usize;
        return Ok(position(find_last(&haystack[start..], needle).map(|at| start + at)));
    }
    let back = offset.unsigned_abs() as usize;
    if back > len {
        return Err(cx.arg_value_error(3, OFFSET_TEXT));
    }
    let end = if back < needle.len() { len } else { (len - back + needle.len()).min(len) };
    Ok(position(find_last(&haystack[..end], needle)))
}

/// <https://www.php.net/strstr>
#[php_fn(
    "strstr(string $haystack, string $needle, bool $before_needle = false): string|false",
    pure,
    leaf,
    nothrow
)]
fn strstr(haystack: PhpString, needle: PhpString, before_needle: bool) -> PhpResult<Value> {
    Ok(part(&haystack, find(&haystack, &needle), before_needle))
}

/// <https://www.php.net/strchr>
#[php_fn(
    "strchr(string $haystack, string $needle, bool $before_needle = false): string|false",
    pure,
    leaf,
    nothrow
)]
fn strchr(haystack: PhpString, needle: PhpString, before_needle: bool) -> PhpResult<Value> {
    Ok(part(&haystack, find(&haystack, &needle), before_needle))
}

/// <https://www.php.net/stristr>
#[php_fn(
    "stristr(string $haystack, string $needle, bool $before_needle = false): string|false",
    pure,
    leaf,
    nothrow
)]
fn stristr(haystack: PhpString, needle: PhpString, before_needle: bool) -> PhpResult<Value> {
    let at = find(&lower(haystack.clone()), &lower(needle));
    Ok(part(&haystack, at, before_needle))
}

/// <https://www.php.net/strrchr>
#[php_fn(
    "strrchr(string $haystack, string $needle, bool $before_needle = false): string|false",
    pure,
    leaf,
    nothrow
)]
fn strrchr(haystack: PhpString, needle: PhpString, before_needle: bool) -> PhpResult<Value> {
    // Only the first byte is looked for; that of the empty string is the NUL behind it.
    let byte = needle.first().copied().unwrap_or(0);
    Ok(part(&haystack, memchr::memrchr(byte, &haystack), before_needle))
}

fn part(haystack: &PhpString, at: Option<usize>, before: bool) -> Value {
    match at {
        None => Value::FALSE,
        Some(at) => Value::str(if before { &haystack[..at] } else { &haystack[at..] }),
    }
}

/// <https://www.php.net/str_contains>
#[php_fn("str_contains(string $haystack, string $needle): bool", pure, leaf, nothrow)]
fn str_contains(haystack: PhpString, needle: PhpString) -> PhpResult<bool> {
    Ok(find(&haystack, &needle).is_some())
}

/// <https://www.php.net/str_starts_with>
#[php_fn("str_starts_with(string $haystack, string $needle): bool", pure, leaf, nothrow)]
fn str_starts_with(haystack: PhpString, needle: PhpString) -> PhpResult<bool> {
    Ok(haystack.starts_with(&needle))
}

/// <https://www.php.net/str_ends_with>
#[php_fn("str_ends_with(string $haystack, string $needle): bool", pure, leaf, nothrow)]
fn str_ends_with(haystack: PhpString, needle: PhpString) -> PhpResult<bool> {
    Ok(haystack.ends_with(&needle))
}

/// <https://www.php.net/substr_count>
#[php_fn("substr_count(string $haystack, string $needle, int $offset = 0, ?int $length = null): int")]
fn substr_count(
    cx: &mut Context,
    haystack: PhpString,
    needle: PhpString,
    offset: i64,
    length: Option<i64>,
) -> PhpResult<i64> {
    if needle.is_empty() {
        return Err(cx.arg_value_error(2, "must not be empty"));
    }
    let start = place(cx, offset, haystack.len(), 3)?;
    let rest = &haystack[start..];
    let end = match length {
        None => rest.len() as i64,
        Some(length) if length < 0 => length + rest.len() as i64,
        Some(length) => length,
    };
    if end < 0 || end > rest.len() as i64 {
        return Err(cx.arg_value_error(4, OFFSET_TEXT));
    }
    let rest = &rest[..end as usize];
    Ok(match needle.as_bytes() {
        [byte] => memchr::memchr_iter(*byte, rest).count() as i64,
        needle => memmem::find_iter(rest, needle).count() as i64,
    })
}

/// <https://www.php.net/strpbrk>
#[php_fn("strpbrk(string $string, string $characters): string|false")]
fn strpbrk(cx: &mut Context, string: PhpString, characters: PhpString) -> PhpResult<Value> {
    if characters.is_empty() {
        return Err(cx.arg_value_error(2, "must be a non-empty string"));
    }
    let mask = Mask::of(&characters);
    Ok(part(&string, string.iter().position(|byte| mask.has(*byte)), false))
}

/// <https://www.php.net/strspn>
#[php_fn(
    "strspn(string $string, string $characters, int $offset = 0, ?int $length = null): int",
    pure,
    leaf,
    nothrow
)]
fn strspn(string: PhpString, characters: PhpString, offset: i64, length: Option<i64>) -> PhpResult<i64> {
    let mask = Mask::of(&characters);
    let part = super::slice::range(&string, offset, length);
    Ok(part.iter().take_while(|byte| mask.has(**byte)).count() as i64)
}

/// <https://www.php.net/strcspn>
#[php_fn(
    "strcspn(string $string, string $characters, int $offset = 0, ?int $length = null): int",
    pure,
    leaf,
    nothrow
)]
fn strcspn(string: PhpString, characters: PhpString, offset: i64, length: Option<i64>) -> PhpResult<i64> {
    let mask = Mask::of(&characters);
    let part = super::slice::range(&string, offset, length);
    Ok(part.iter().take_while(|byte| !mask.has(**byte)).count() as i64)
}
