//! Comparing strings.

use super::natural;
use phalanx_macros::php_fn;
use phalanx_value::PhpString;
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};
use std::cmp::Ordering;

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&STRCOLL, &STRNATCMP, &STRNATCASECMP, &SUBSTR_COMPARE];

/// Functions of this file that belong to the core.
pub static CORE_FUNCTIONS: &[&NativeFn] = &[&STRLEN, &STRCMP, &STRNCMP, &STRCASECMP, &STRNCASECMP];

/// What C's `memcmp` gives: the difference of the first different bytes; else which string is longer.
pub fn difference(left: &[u8], right: &[u8]) -> i64 {
    match left.iter().zip(right).find(|(a, b)| a != b) {
        Some((a, b)) => i64::from(*a) - i64::from(*b),
        None => left.len().cmp(&right.len()) as i64,
    }
}

/// [`difference`] without the case of ASCII letters.
pub fn fold_difference(left: &[u8], right: &[u8]) -> i64 {
    match left.iter().zip(right).find(|(a, b)| !a.eq_ignore_ascii_case(b)) {
        Some((a, b)) => i64::from(a.to_ascii_lowercase()) - i64::from(b.to_ascii_lowercase()),
        None => left.len().cmp(&right.len()) as i64,
    }
}

/// Compares without the case of ASCII letters.
pub fn fold_compare(left: &[u8], right: &[u8]) -> Ordering {
    fold_difference(left, right).cmp(&0)
}

/// <https://www.php.net/strlen>
#[php_fn("strlen(string $string): int", pure, leaf, nothrow)]
fn strlen(string: PhpString) -> PhpResult<i64> {
    Ok(string.len() as i64)
}

/// <https://www.php.net/strcmp>
#[php_fn("strcmp(string $string1, string $string2): int", pure, leaf, nothrow)]
fn strcmp(string1: PhpString, string2: PhpString) -> PhpResult<i64> {
    Ok(difference(&string1, &string2))
}

/// <https://www.php.net/strncmp>
#[php_fn("strncmp(string $string1, string $string2, int $length): int")]
fn strncmp(cx: &mut Context, string1: PhpString, string2: PhpString, length: i64) -> PhpResult<i64> {
    let length = limit(cx, length, 3)?;
    Ok(difference(head(&string1, length), head(&string2, length)))
}

/// <https://www.php.net/strcasecmp>
#[php_fn("strcasecmp(string $string1, string $string2): int", pure, leaf, nothrow)]
fn strcasecmp(string1: PhpString, string2: PhpString) -> PhpResult<i64> {
    Ok(fold_difference(&string1, &string2))
}

/// <https://www.php.net/strncasecmp>
#[php_fn("strncasecmp(string $string1, string $string2, int $length): int")]
fn strncasecmp(cx: &mut Context, string1: PhpString, string2: PhpString, length: i64) -> PhpResult<i64> {
    let length = limit(cx, length, 3)?;
    Ok(fold_difference(head(&string1, length), head(&string2, length)))
}

fn limit(cx: &mut Context, length: i64, argument: u32) -> PhpResult<usize> {
    usize::try_from(length).map_err(|_| cx.arg_value_error(argument, "must be greater than or equal to 0"))
}

fn head(text: &[u8], length: usize) -> &[u8] {
    &text[..text.len().min(length)]
}

/// <https://www.php.net/strcoll>
#[php_fn("strcoll(string $string1, string $string2): int", leaf, nothrow)]
fn strcoll(string1: PhpString, string2: PhpString) -> PhpResult<i64> {
    Ok(difference(&string1, &string2))
}

/// <https://www.php.net/strnatcmp>
#[php_fn("strnatcmp(string $string1, string $string2): int", pure, leaf, nothrow)]
fn strnatcmp(string1: PhpString, string2: PhpString) -> PhpResult<i64> {
    Ok(natural::compare(&string1, &string2, false) as i64)
}

/// <https://www.php.net/strnatcasecmp>
#[php_fn("strnatcasecmp(string $string1, string $string2): int", pure, leaf, nothrow)]
fn strnatcasecmp(string1: PhpString, string2: PhpString) -> PhpResult<i64> {
    Ok(natural::compare(&string1, &string2, true) as i64)
}

/// <https://www.php.net/substr_compare>
#[php_fn(
    "substr_compare(string $haystack, string $needle, int $offset, ?int $length = null, bool $case_insensitive = false): int"
)]
fn substr_compare(
    cx: &mut Context,
    haystack: PhpString,
    needle: PhpString,
    offset: i64,
    length: Option<i64>,
    case_insensitive: bool,
) -> PhpResult<i64> {
    match length {
        Some(0) => return Ok(0),
        Some(length) if length < 0 => return Err(cx.arg_value_error(4, "must be greater than or equal to 0")),
        _ => {}
    }
    let len = haystack.len() as i64;
    let start = if offset < 0 { (offset + len).max(0) } else { offset };
    if start > len {
        return Err(cx.arg_value_error(3, "must be contained in argument #1 ($haystack)"));
    }
    let rest = &haystack[start as usize..];
    let count = length.map_or(needle.len().max(rest.len()), |length| length as usize);
    let (left, right) = (head(rest, count), head(&needle, count));
    Ok(if case_insensitive { fold_difference(left, right) } else { difference(left, right) })
}
