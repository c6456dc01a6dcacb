//! Replacing: `str_replace()`, `substr_replace()`, `strtr()`.

use super::case::lower;
use super::slice;
use crate::args::assign;
use memchr::memmem;
use phalanx_macros::php_fn;
use phalanx_value::{PhpArray, PhpRef, PhpString, StringBuilder, Value};
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};
use std::collections::HashMap;

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&STR_REPLACE, &STR_IREPLACE, &SUBSTR_REPLACE, &STRTR];

/// <https://www.php.net/str_replace>
#[php_fn(
    "str_replace(array|string $search, array|string $replace, array|string $subject, &$count = null): string|array"
)]
fn str_replace(
    cx: &mut Context,
    search: Value,
    replace: Value,
    subject: Value,
    count: Option<PhpRef>,
) -> PhpResult<Value> {
    replace_in(cx, &search, &replace, &subject, count, false)
}

/// <https://www.php.net/str_ireplace>
#[php_fn(
    "str_ireplace(array|string $search, array|string $replace, array|string $subject, &$count = null): string|array"
)]
fn str_ireplace(
    cx: &mut Context,
    search: Value,
    replace: Value,
    subject: Value,
    count: Option<PhpRef>,
) -> PhpResult<Value> {
    replace_in(cx, &search, &replace, &subject, count, true)
}

fn replace_in(
    cx: &mut Context,
    search: &Value,
    replace: &Value,
    subject: &Value,
    count: Option<PhpRef>,
    fold: bool,
) -> PhpResult<Value> {
    if replace.is_array() && !search.is_array() {
        return Err(cx.arg_error(2, "must be of type string when argument #1 ($search) is a string"));
    }
    let pairs = pairs(cx, search, replace)?;
    let mut total = 0;
    let result = match subject.as_array() {
        None => {
            let subject = cx.to_string(subject)?;
            Value::string(replace_all(subject, &pairs, fold, &mut total))
        }
        Some(subjects) => {
            let mut results = PhpArray::new();
            for (key, value) in subjects {
                let value = value.deref_clone();
                let new = if value.is_array() || value.is_object() {
                    value
                } else {
                    let text = cx.to_string(&value)?;
                    Value::string(replace_all(text, &pairs, fold, &mut total))
                };
                results.insert(key, new);
            }
            Value::array(results)
        }
    };
    if let Some(count) = count {
        assign(cx, &count, Value::int(total))?;
    }
    Ok(result)
}

/// What is replaced by what.
fn pairs(cx: &mut Context, search: &Value, replace: &Value) -> PhpResult<Vec<(PhpString, PhpString)>> {
    let Some(searches) = search.as_array() else {
        return Ok(vec![(cx.to_string(search)?, cx.to_string(replace)?)]);
    };
    let mut pairs = Vec::with_capacity(searches.len());
    let common = if replace.is_array() { None } else { Some(cx.to_string(replace)?) };
    let mut replacements = replace.as_array().map(|array| array.values());
    for needle in searches.values() {
        let needle = cx.to_string(&needle.deref_clone())?;
        let with = match &mut replacements {
            None => common.clone().unwrap_or_default(),
            Some(values) => match values.next() {
                Some(value) => cx.to_string(&value.deref_clone())?,
                None => PhpString::new(),
            },
        };
        pairs.push((needle, with));
    }
    Ok(pairs)
}

fn replace_all(
    mut subject: PhpString,
    pairs: &[(PhpString, PhpString)],
    fold: bool,
    count: &mut i64,
) -> PhpString {
    for (needle, with) in pairs {
        if subject.is_empty() {
            break;
        }
        if needle.is_empty() || needle.len() > subject.len() {
            continue;
        }
        subject = if fold {
            replace_folded(subject, &lower(needle.clone()), with, count)
        } else {
            replace_one(subject, needle, with, count)
        };
    }
    subject
}

/// `subject` with each `needle` replaced.
pub fn replace_one(mut subject: PhpString, needle: &[u8], with: &[u8], count: &mut i64) -> PhpString {
    if let ([old], [new]) = (needle, with) {
        if memchr::memchr(*old, &subject).is_some() {
            for byte in subject.make_mut() {
                if byte == old {
                    *byte = *new;
                    *count += 1;
                }
            }
        }
        return subject;
    }
    let places = memmem::find_iter(&subject, needle);
    splice(&subject, places, needle.len(), with, count).unwrap_or(subject)
}

fn replace_folded(subject: PhpString, needle: &[u8], with: &[u8], count: &mut i64) -> PhpString {
    let folded = lower(subject.clone());
    let places = memmem::find_iter(&folded, needle);
    splice(&subject, places, needle.len(), with, count).unwrap_or(subject)
}

/// `subject` with `with` for the `length` bytes at each place; `None` if there is no place.
fn splice(
    subject: &[u8],
    places: impl Iterator<Item = usize>,
    length: usize,
    with: &[u8],
    count: &mut i64,
) -> Option<PhpString> {
    let mut places = places.peekable();
    places.peek()?;
    let mut out = StringBuilder::with_capacity(subject.len() + with.len());
    let mut done = 0;
    for place in places {
        out.push_bytes(&subject[done..place]);
        out.push_bytes(with);
        done = place + length;
        *count += 1;
    }
    out.push_bytes(&subject[done..]);
    Some(out.finish())
}

/// <https://www.php.net/substr_replace>
#[php_fn(
    "substr_replace(array|string $string, array|string $replace, array|int $offset, array|int|null $length = null): string|array"
)]
fn substr_replace(
    cx: &mut Context,
    string: Value,
    replace: Value,
    offset: Value,
    length: Value,
) -> PhpResult<Value> {
    let Some(strings) = string.as_array() else {
        let text = cx.to_string(&string)?;
        if offset.is_array() != length.is_array() && !length.is_null() {
            return Err(match offset.is_array() {
                true => cx.arg_error(3, "cannot be an array when working on a single string"),
                false => cx.arg_error(4, "cannot be an array when working on a single string"),
            });
        }
        if offset.is_array() {
            return Err(cx.arg_error(3, "cannot be an array when working on a single string"));
        }
        let with = match replace.as_array() {
            None => cx.to_string(&replace)?,
            Some(all) => match all.values().next() {
                Some(first) => cx.to_string(&first.deref_clone())?,
                None => PhpString::new(),
            },
        };
        let (offset, length) = (cx.to_int(&offset)?, optional_int(cx, &length)?);
        return Ok(Value::string(replace_part(&text, &with, offset, length)));
    };
    let common = if replace.is_array() { None } else { Some(cx.to_string(&replace)?) };
    let mut replaces = replace.as_array().map(|array| array.values());
    let mut offsets = offset.as_array().map(|array| array.values());
    let mut lengths = length.as_array().map(|array| array.values());
    let mut results = PhpArray::new();
    for (key, value) in strings {
        let text = cx.to_string(&value.deref_clone())?;
        let offset = match &mut offsets {
            None => cx.to_int(&offset)?,
            Some(offsets) => match offsets.next() {
                Some(offset) => cx.to_int(&offset.deref_clone())?,
                None => 0,
            },
        };
        let length = match &mut lengths {
            None => optional_int(cx, &length)?,
            Some(lengths) => match lengths.next() {
                Some(length) => Some(cx.to_int(&length.deref_clone())?),
                None => None,
            },
        };
        let with = match &mut replaces {
            None => common.clone().unwrap_or_default(),
            Some(values) => match values.next() {
                Some(value) => cx.to_string(&value.deref_clone())?,
                None => PhpString::new(),
            },
        };
        results.insert(key, Value::string(replace_part(&text, &with, offset, length)));
    }
    Ok(Value::array(results))
}

fn optional_int(cx: &mut Context, value: &Value) -> PhpResult<Option<i64>> {
    if value.is_nullish() { Ok(None) } else { cx.to_int(value).map(Some) }
}

fn replace_part(text: &[u8], with: &[u8], offset: i64, length: Option<i64>) -> PhpString {
    let part = slice::range(text, offset, length);
    let start = part.as_ptr() as usize - text.as_ptr() as usize;
    PhpString::concat_all(&[&text[..start], with, &text[start + part.len()..]])
}

/// <https://www.php.net/strtr>
#[php_fn("strtr(string $string, array|string $from, ?string $to = null): string")]
fn strtr(cx: &mut Context, string: PhpString, from: Value, to: Option<PhpString>) -> PhpResult<PhpString> {
    match (from.as_array(), to) {
        (Some(_), Some(_)) => Err(cx.arg_error(2, "must be of type string, array given")),
        (None, None) => Err(cx.arg_error(2, "must be of type array, string given")),
        (Some(pairs), None) => translate(cx, string, pairs),
        (None, Some(to)) => {
            let from = cx.to_string(&from)?;
            Ok(exchange(string, &from, &to))
        }
    }
}

/// Each byte of `from` becomes the one of `to` at its place.
fn exchange(mut string: PhpString, from: &[u8], to: &[u8]) -> PhpString {
    let len = from.len().min(to.len());
    if string.is_empty() || len == 0 {
        return string;
    }
    let mut table: [u8; 256] = std::array::from_fn(|byte| byte as u8);
    for (old, new) in from.iter().zip(to) {
        table[usize::from(*old)] = *new;
    }
    if string.iter().any(|byte| table[usize::from(*byte)] != *byte) {
        for byte in string.make_mut() {
            *byte = table[usize::from(*byte)];
        }
    }
    string
}

/// The longest key at each place is replaced; what was put in is not looked at again.
fn translate(cx: &mut Context, string: PhpString, pairs: &PhpArray) -> PhpResult<PhpString> {
    if string.is_empty() || pairs.is_empty() {
        return Ok(string);
    }
    let mut table: HashMap<PhpString, PhpString> = HashMap::with_capacity(pairs.len());
    let (mut shortest, mut longest) = (usize::MAX, 0);
    let mut begins = [false; 256];
    for (key, value) in pairs {
        let key = key.to_string();
        let Some(&first) = key.first() else {
            cx.doc_warning("Ignoring replacement of empty string")?;
            continue;
        };
        let value = cx.to_string(&value.deref_clone())?;
        if key.len() > string.len() {
            continue;
        }
        begins[usize::from(first)] = true;
        shortest = shortest.min(key.len());
        longest = longest.max(key.len());
        table.insert(key, value);
    }
    if table.len() == 1
        && let Some((needle, with)) = table.iter().next()
    {
        return Ok(replace_one(string, needle, with, &mut 0));
    }
    let mut out = StringBuilder::with_capacity(string.len());
    let (mut at, mut done) = (0, 0);
    while at < string.len() {
        if begins[usize::from(string[at])] {
            let most = longest.min(string.len() - at);
            let found =
                (shortest..=most).rev().find_map(|len| Some((len, table.get(&string[at..at + len])?)));
            if let Some((len, with)) = found {
                out.push_bytes(&string[done..at]);
                out.push_bytes(with);
                at += len;
                done = at;
                continue;
            }
        }
        at += 1;
    }
    if done == 0 {
        return Ok(string);
    }
    out.push_bytes(&string[done..]);
    Ok(out.finish())
}
