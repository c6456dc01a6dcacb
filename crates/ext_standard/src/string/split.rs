//! Strings to lists and back: `explode()`, `implode()`, `strtok()`, `str_word_count()`, `count_chars()`.

use super::mask::Mask;
use crate::errors::warn_all;
use memchr::memmem;
use phalanx_macros::php_fn;
use phalanx_value::{PhpArray, PhpString, StringBuilder, Value, View};
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&EXPLODE, &IMPLODE, &JOIN, &STRTOK, &STR_WORD_COUNT, &COUNT_CHARS];

/// <https://www.php.net/explode>
#[php_fn("explode(string $separator, string $string, int $limit = PHP_INT_MAX): array")]
fn explode(cx: &mut Context, separator: PhpString, string: PhpString, limit: i64) -> PhpResult<PhpArray> {
    if separator.is_empty() {
        return Err(cx.arg_value_error(1, "must not be empty"));
    }
    if string.is_empty() {
        return Ok(if limit >= 0 { PhpArray::from_list([Value::str("")]) } else { PhpArray::new() });
    }
    let most = if limit > 1 { usize::try_from(limit - 1).unwrap_or(usize::MAX) } else { usize::MAX };
    if limit == 0 || limit == 1 {
        return Ok(PhpArray::from_list([Value::string(string)]));
    }
    let mut pieces = PhpArray::new();
    let mut start = 0;
    let mut add = |at: usize| {
        pieces.push_value(Value::str(&string[start..at]));
        start = at + separator.len();
        cx.check_memory()
    };
    match separator.as_bytes() {
        [byte] => memchr::memchr_iter(*byte, &string).take(most).try_for_each(&mut add)?,
        needle => memmem::find_iter(&string, needle).take(most).try_for_each(&mut add)?,
    }
    if start == 0 {
        return Ok(if limit < 0 { PhpArray::new() } else { PhpArray::from_list([Value::string(string)]) });
    }
    pieces.push_value(Value::str(&string[start..]));
    if limit < 0 {
        for _ in limit..0 {
            if pieces.pop().is_none() {
                break;
            }
        }
    }
    Ok(pieces)
}

/// <https://www.php.net/implode>
#[php_fn("implode(array|string $separator, ?array $array = null): string")]
fn implode(cx: &mut Context, separator: Value, array: Option<PhpArray>) -> PhpResult<PhpString> {
    glue(cx, &separator, array)
}

/// <https://www.php.net/join>
#[php_fn("join(array|string $separator, ?array $array = null): string")]
fn join(cx: &mut Context, separator: Value, array: Option<PhpArray>) -> PhpResult<PhpString> {
    glue(cx, &separator, array)
}

fn glue(cx: &mut Context, separator: &Value, array: Option<PhpArray>) -> PhpResult<PhpString> {
    match (separator.as_array(), array) {
        (Some(pieces), None) => concat(cx, b"", pieces),
        (None, None) => Err(cx.arg_error(1, "must be of type array, string given")),
        (Some(_), Some(_)) => Err(cx.arg_error(1, "must be of type string, array given")),
        (None, Some(pieces)) => {
            let separator = cx.to_string(separator)?;
            concat(cx, &separator, &pieces)
        }
    }
}

/// The strings of `pieces` with `separator` between them.
pub fn concat(cx: &mut Context, separator: &[u8], pieces: &PhpArray) -> PhpResult<PhpString> {
    if pieces.len() == 1
        && let Some(only) = pieces.values().next()
    {
        return cx.to_string(&only.deref_clone());
    }
    let strings = pieces.values().map(|v| v.as_bytes().map_or(8, <[u8]>::len)).sum::<usize>();
    let separators = separator.len().saturating_mul(pieces.len());
    let total = strings.saturating_add(separators);
    cx.check_alloc(total)?;
    let mut out = StringBuilder::with_capacity(total);
    for (index, piece) in pieces.values().enumerate() {
        if index > 0 {
            out.push_bytes(separator);
        }
        match piece.view() {
            View::Str(string) => out.push_bytes(string),
            View::Int(int) => out.push_int(int),
            _ => {
                let text = cx.to_string(&piece.deref_clone())?;
                out.push_bytes(&text);
            }
        }
    }
    Ok(out.finish())
}

/// What `strtok()` remembers between calls.
#[derive(Default)]
struct Tokenizer {
    text: Option<PhpString>,
    at: usize,
}

/// <https://www.php.net/strtok>
#[php_fn("strtok(string $string, ?string $token = null): string|false")]
fn strtok(cx: &mut Context, string: PhpString, token: Option<PhpString>) -> PhpResult<Value> {
    let delimiters = match token {
        None => string,
        Some(token) => {
            *cx.state::<Tokenizer>() = Tokenizer { text: Some(string), at: 0 };
            token
        }
    };
    let state = cx.state::<Tokenizer>();
    let Some(text) = &state.text else {
        return cx
            .doc_warning("Both arguments must be provided when starting tokenization")
            .map(|()| Value::FALSE);
    };
    let mask = Mask::of(&delimiters);
    let rest = &text[state.at.min(text.len())..];
    let Some(skip) = rest.iter().position(|byte| !mask.has(*byte)) else {
        // What has ended stays ended without a complaint.
        state.at = text.len();
        return Ok(Value::FALSE);
    };
    let len = rest[skip..].iter().position(|byte| mask.has(*byte)).unwrap_or(rest.len() - skip);
    let token = Value::str(&rest[skip..skip + len]);
    state.at += skip + len + 1;
    Ok(token)
}

/// <https://www.php.net/str_word_count>
#[php_fn("str_word_count(string $string, int $format = 0, ?string $characters = null): array|int")]
fn str_word_count(
    cx: &mut Context,
    string: PhpString,
    format: i64,
    characters: Option<PhpString>,
) -> PhpResult<Value> {
    let mask = match &characters {
        Some(list) => {
            let (mask, warnings) = Mask::with_ranges(list);
            warn_all(cx, &warnings)?;
            mask
        }
        None => Mask::of(b""),
    };
    if !(0..=2).contains(&format) {
        return Err(cx.arg_value_error(2, "must be a valid format value"));
    }
    let mut words = Vec::new();
    let text = string.as_bytes();
    // A word neither begins nor ends with a hyphen at the ends of the text, nor begins with an apostrophe there.
    let mut start = 0;
    let mut end = text.len();
    while start < end
        && ((text[start] == b'\'' && !mask.has(b'\'')) || (text[start] == b'-' && !mask.has(b'-')))
    {
        start += 1;
    }
    if end > start && text[end - 1] == b'-' && !mask.has(b'-') {
        end -= 1;
    }
    let in_word = |byte: u8| byte.is_ascii_alphabetic() || mask.has(byte) || byte == b'\'' || byte == b'-';
    let mut at = start;
    while at < end {
        let len = text[at..end].iter().take_while(|byte| in_word(**byte)).count();
        if len > 0 {
            words.push((at, &text[at..at + len]));
            at += len;
        } else {
            at += 1;
        }
    }
    Ok(match format {
        0 => Value::int(words.len() as i64),
        1 => Value::array(words.iter().map(|word| Value::str(word.1)).collect()),
        _ => {
            let mut array = PhpArray::new();
            for (at, word) in words {
                array.insert(at as i64, Value::str(word));
            }
            Value::array(array)
        }
    })
}

/// <https://www.php.net/count_chars>
#[php_fn("count_chars(string $string, int $mode = 0): array|string")]
fn count_chars(cx: &mut Context, string: PhpString, mode: i64) -> PhpResult<Value> {
    if !(0..=4).contains(&mode) {
        return Err(cx.arg_value_error(2, "must be between 0 and 4 (inclusive)"));
    }
    let mut counts = [0i64; 256];
    for &byte in string.iter() {
        counts[usize::from(byte)] += 1;
    }
    let wanted = |count: i64| match mode {
        0 => true,
        1 | 3 => count > 0,
        _ => count == 0,
    };
    if mode >= 3 {
        let bytes: Vec<u8> = (0..=255u8).filter(|byte| wanted(counts[usize::from(*byte)])).collect();
        return Ok(Value::str(bytes));
    }
    let mut array = PhpArray::new();
    for (byte, &count) in counts.iter().enumerate() {
        if wanted(count) {
            array.insert(byte as i64, count);
        }
    }
    Ok(Value::array(array))
}
