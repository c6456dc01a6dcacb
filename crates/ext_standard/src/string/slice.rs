//! Parts of strings: `substr()`, `str_split()`, `str_pad()`, `str_repeat()`, `strrev()`.

use super::wrap;
use phalanx_macros::php_fn;
use phalanx_value::{PhpArray, PhpString, StringBuilder, Value};
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] =
    &[&SUBSTR, &STR_SPLIT, &STR_PAD, &STR_REPEAT, &STRREV, &WORDWRAP, &CHUNK_SPLIT, &NL2BR, &ORD, &CHR];

/// The part of `text` that `offset` and `length` name; negative ones count from the end, and what lies outside is cut.
pub fn range(text: &[u8], offset: i64, length: Option<i64>) -> &[u8] {
    let len = text.len() as i64;
    let start = if offset < 0 { (len + offset.max(-len)).max(0) } else { offset.min(len) };
    let rest = len - start;
    let count = match length {
        None => rest,
        Some(length) if length < 0 => (rest + length.max(-rest)).max(0),
        Some(length) => length.min(rest),
    };
    &text[start as usize..(start + count) as usize]
}

/// <https://www.php.net/substr>
#[php_fn("substr(string $string, int $offset, ?int $length = null): string", pure, leaf, nothrow)]
fn substr(string: PhpString, offset: i64, length: Option<i64>) -> PhpResult<PhpString> {
    let part = range(&string, offset, length);
    if part.len() == string.len() {
        return Ok(string);
    }
    Ok(PhpString::from_bytes(part))
}

/// <https://www.php.net/str_split>
#[php_fn("str_split(string $string, int $length = 1): array")]
fn str_split(cx: &mut Context, string: PhpString, length: i64) -> PhpResult<PhpArray> {
    if length <= 0 {
        return Err(cx.arg_value_error(2, "must be greater than 0"));
    }
    let size = usize::try_from(length).unwrap_or(usize::MAX);
    cx.check_alloc_of(string.len().div_ceil(size), size_of::<Value>())?;
    Ok(string.chunks(size).map(Value::str).collect())
}

/// <https://www.php.net/str_pad>
#[php_fn(
    "str_pad(string $string, int $length, string $pad_string = \" \", int $pad_type = STR_PAD_RIGHT): string",
    default(pad_type = 1)
)]
fn str_pad(
    cx: &mut Context,
    string: PhpString,
    length: i64,
    pad: PhpString,
    pad_type: i64,
) -> PhpResult<PhpString> {
    if length < 0 || length as usize <= string.len() {
        return Ok(string);
    }
    if pad.is_empty() {
        return Err(cx.arg_value_error(3, "must be a non-empty string"));
    }
    let missing = length as usize - string.len();
    let left = match pad_type {
        0 => missing,
        1 => 0,
        2 => missing / 2,
        _ => return Err(cx.arg_value_error(4, "must be STR_PAD_LEFT, STR_PAD_RIGHT, or STR_PAD_BOTH")),
    };
    cx.check_alloc_of(length as usize, 1)?;
    let mut out = StringBuilder::with_capacity(length as usize);
    push_cycle(&mut out, &pad, left);
    out.push_bytes(&string);
    push_cycle(&mut out, &pad, missing - left);
    Ok(out.finish())
}

fn push_cycle(out: &mut StringBuilder, pattern: &[u8], mut count: usize) {
    if let [byte] = pattern {
        return out.push_repeat(*byte, count);
    }
    while count > 0 {
        let piece = &pattern[..pattern.len().min(count)];
        out.push_bytes(piece);
        count -= piece.len();
    }
}

/// <https://www.php.net/str_repeat>
#[php_fn("str_repeat(string $string, int $times): string")]
fn str_repeat(cx: &mut Context, string: PhpString, times: i64) -> PhpResult<PhpString> {
    let Ok(times) = usize::try_from(times) else {
        return Err(cx.arg_value_error(2, "must be greater than or equal to 0"));
    };
    if string.is_empty() || times == 0 {
        return Ok(PhpString::new());
    }
    if times == 1 {
        return Ok(string);
    }
    cx.check_alloc_of(times, string.len())?;
    let total = string.len() * times;
    let mut out = StringBuilder::with_capacity(total);
    if let [byte] = *string.as_bytes() {
        out.push_repeat(byte, times);
    } else {
        for _ in 0..times {
            out.push_bytes(&string);
        }
    }
    Ok(out.finish())
}

/// <https://www.php.net/strrev>
#[php_fn("strrev(string $string): string", pure, leaf, nothrow)]
fn strrev(mut string: PhpString) -> PhpResult<PhpString> {
    string.make_mut().reverse();
    Ok(string)
}

/// <https://www.php.net/wordwrap>
#[php_fn(
    "wordwrap(string $string, int $width = 75, string $break = \"\\n\", bool $cut_long_words = false): string"
)]
fn wordwrap(
    cx: &mut Context,
    string: PhpString,
    width: i64,
    line_break: PhpString,
    cut: bool,
) -> PhpResult<PhpString> {
    if string.is_empty() {
        return Ok(string);
    }
    if line_break.is_empty() {
        return Err(cx.arg_value_error(3, "must not be empty"));
    }
    if width == 0 && cut {
        return Err(cx.arg_value_error(4, "cannot be true when argument #2 ($width) is 0"));
    }
    Ok(wrap::word_wrap(&string, width, &line_break, cut).into())
}

/// <https://www.php.net/chunk_split>
#[php_fn("chunk_split(string $string, int $length = 76, string $separator = \"\\r\\n\"): string")]
fn chunk_split(
    cx: &mut Context,
    string: PhpString,
    length: i64,
    separator: PhpString,
) -> PhpResult<PhpString> {
    if length < 1 {
        return Err(cx.arg_value_error(2, "must be greater than 0"));
    }
    Ok(wrap::chunk_split(&string, length as usize, &separator).into())
}

/// <https://www.php.net/nl2br>
#[php_fn("nl2br(string $string, bool $use_xhtml = true): string", pure, leaf, nothrow)]
fn nl2br(string: PhpString, use_xhtml: bool) -> PhpResult<PhpString> {
    if memchr::memchr2(b'\n', b'\r', &string).is_none() {
        return Ok(string);
    }
    Ok(wrap::nl_to_br(&string, use_xhtml).into())
}

/// <https://www.php.net/ord>
#[php_fn("ord(string $character): int", pure, leaf, nothrow)]
fn ord(character: PhpString) -> PhpResult<i64> {
    Ok(i64::from(character.first().copied().unwrap_or(0)))
}

/// <https://www.php.net/chr>
#[php_fn("chr(int $codepoint): string", pure, leaf, nothrow)]
fn chr(codepoint: i64) -> PhpResult<PhpString> {
    Ok(PhpString::byte(codepoint as u8))
}
