//! `pack()` and `unpack()`: values as bytes of fixed layouts.

use phalanx_macros::php_fn;
use phalanx_value::{ArrayKey, PhpArray, PhpString, Value};
use phalanx_vm::args::OrFalse;
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&PACK, &UNPACK];

/// How often a code applies.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Repeat {
    /// No number was written.
    Once,
    Times(usize),
    /// `*`
    All,
}

/// A number layout.
#[derive(Clone, Copy)]
struct Layout {
    size: usize,
    big: bool,
    signed: bool,
}

/// The layout of the codes for whole numbers.
fn integer(code: u8) -> Option<Layout> {
    let little = cfg!(target_endian = "little");
    let layout = |size, big, signed| Some(Layout { size, big, signed });
    match code {
        b'c' => layout(1, false, true),
        b'C' => layout(1, false, false),
        b's' => layout(2, !little, true),
        b'S' => layout(2, !little, false),
        b'n' => layout(2, true, false),
        b'v' => layout(2, false, false),
        b'i' | b'l' => layout(4, !little, true),
        b'I' | b'L' => layout(4, !little, false),
        b'N' => layout(4, true, false),
        b'V' => layout(4, false, false),
        b'q' => layout(8, !little, true),
        b'Q' => layout(8, !little, false),
        b'J' => layout(8, true, false),
        b'P' => layout(8, false, false),
        _ => None,
    }
}

/// The layout of the codes for floats.
fn floating(code: u8) -> Option<Layout> {
    let little = cfg!(target_endian = "little");
    let layout = |size, big| Some(Layout { size, big, signed: true });
    match code {
        b'f' => layout(4, !little),
        b'g' => layout(4, false),
        b'G' => layout(4, true),
        b'd' => layout(8, !little),
        b'e' => layout(8, false),
        b'E' => layout(8, true),
        _ => None,
    }
}

/// Reads the number or `*` behind a code.
fn repeat(format: &[u8], at: &mut usize) -> Repeat {
    match format.get(*at) {
        Some(b'*') => {
            *at += 1;
            Repeat::All
        }
        Some(byte) if byte.is_ascii_digit() => {
            let mut number = 0usize;
            while let Some(digit) = format.get(*at).filter(|byte| byte.is_ascii_digit()) {
                number = number.saturating_mul(10).saturating_add(usize::from(digit - b'0'));
                *at += 1;
            }
            Repeat::Times(number)
        }
        _ => Repeat::Once,
    }
}

fn put(out: &mut Vec<u8>, bits: u64, layout: Layout) {
    match layout.big {
        true => out.extend_from_slice(&bits.to_be_bytes()[8 - layout.size..]),
        false => out.extend_from_slice(&bits.to_le_bytes()[..layout.size]),
    }
}

fn get(bytes: &[u8], layout: Layout) -> u64 {
    let mut wide = [0; 8];
    if layout.big {
        wide[8 - layout.size..].copy_from_slice(bytes);
        u64::from_be_bytes(wide)
    } else {
        wide[..layout.size].copy_from_slice(bytes);
        u64::from_le_bytes(wide)
    }
}

/// <https://www.php.net/pack>
#[php_fn("pack(string $format, mixed ...$values): string")]
fn pack(cx: &mut Context, format: &PhpString, values: &[Value]) -> PhpResult<Vec<u8>> {
    let mut out = Vec::new();
    let mut values = values.iter();
    let mut at = 0;
    while at < format.len() {
        let code = format[at];
        at += 1;
        let times = repeat(format, &mut at);
        let shown = char::from(code);
        match code {
            b'x' | b'X' | b'@' => {
                let count = match times {
                    Repeat::All => {
                        cx.doc_warning(format!("Type {shown}: '*' ignored"))?;
                        1
                    }
                    Repeat::Once => 1,
                    Repeat::Times(count) => count,
                };
                match code {
                    b'x' => out.resize(out.len() + count, 0),
                    b'@' => out.resize(count, 0),
                    _ if count > out.len() => {
                        cx.doc_warning(format!("Type {shown}: outside of string"))?;
                        out.clear();
                    }
                    _ => out.truncate(out.len() - count),
                }
            }
            b'a' | b'A' | b'Z' | b'h' | b'H' => {
                let Some(value) = values.next() else {
                    return Err(cx.throw_value_error(format!("Type {shown}: not enough arguments")));
                };
                let text = cx.to_string(value)?;
                if matches!(code, b'h' | b'H') {
                    pack_hex(cx, &mut out, code, &text, times)?;
                } else {
                    pack_text(&mut out, code, &text, times);
                }
            }
            _ => {
                let (whole, float) = (integer(code), floating(code));
                if whole.is_none() && float.is_none() {
                    return Err(cx.throw_value_error(format!("Type {shown}: unknown format code")));
                }
                let count = match times {
                    Repeat::All => values.len(),
                    Repeat::Once => 1,
                    Repeat::Times(count) => count,
                };
                if count > values.len() {
                    return Err(cx.throw_value_error(format!("Type {shown}: too few arguments")));
                }
                for value in values.by_ref().take(count) {
                    if let Some(layout) = whole {
                        let int = cx.to_int(value)?;
                        put(&mut out, int as u64, layout);
                    } else if let Some(layout) = float {
                        let number = cx.to_float(value)?;
                        let bits = match layout.size {
                            4 => u64::from((number as f32).to_bits()),
                            _ => number.to_bits(),
                        };
                        put(&mut out, bits, layout);
                    }
                }
            }
        }
    }
    if values.len() > 0 {
        cx.doc_warning(format!("{} arguments unused", values.len()))?;
    }
    Ok(out)
}

fn pack_text(out: &mut Vec<u8>, code: u8, text: &[u8], times: Repeat) {
    let size = match times {
        Repeat::Once => 1,
        Repeat::Times(count) => count,
        Repeat::All => text.len() + usize::from(code == b'Z'),
    };
    // The last byte of a `Z` is always NUL.
    let kept = if code == b'Z' { size.saturating_sub(1) } else { size };
    let text = &text[..text.len().min(kept)];
    out.extend_from_slice(text);
    out.resize(out.len() + size - text.len(), if code == b'A' { b' ' } else { 0 });
}

fn pack_hex(cx: &mut Context, out: &mut Vec<u8>, code: u8, text: &[u8], times: Repeat) -> PhpResult {
    let mut count = match times {
        Repeat::Once => 1,
        Repeat::Times(count) => count,
        Repeat::All => text.len(),
    };
    let shown = char::from(code);
    if count > text.len() {
        cx.doc_warning(format!("Type {shown}: not enough characters in string"))?;
        count = text.len();
    }
    let mut digits = Vec::with_capacity(count);
    for &byte in &text[..count] {
        let digit = char::from(byte).to_digit(16);
        if digit.is_none() {
            cx.doc_warning(format!("Type {shown}: illegal hex digit {}", char::from(byte)))?;
        }
        digits.push(digit.unwrap_or(0) as u8);
    }
    for pair in digits.chunks(2) {
        let (first, second) = (pair[0], pair.get(1).copied().unwrap_or(0));
        out.push(if code == b'H' { first << 4 | second } else { second << 4 | first });
    }
    Ok(())
}

/// <https://www.php.net/unpack>
#[php_fn("unpack(string $format, string $string, int $offset = 0): array|false")]
fn unpack(
    cx: &mut Context,
    format: &PhpString,
    string: &PhpString,
    offset: i64,
) -> PhpResult<OrFalse<PhpArray>> {
    let Some(data) = usize::try_from(offset).ok().and_then(|offset| string.get(offset..)) else {
        return Err(cx.arg_value_error(3, "must be contained in argument #2 ($data)"));
    };
    let mut result = PhpArray::new();
    let mut pos = 0usize;
    let mut at = 0;
    while at < format.len() {
        let code = format[at];
        at += 1;
        let times = repeat(format, &mut at);
        let end = memchr::memchr(b'/', &format[at..]).map_or(format.len(), |found| at + found);
        let name = &format[at..end];
        at = end + 1;
        if !unpack_code(cx, &mut result, data, &mut pos, (code, times, name))? {
            return Ok(OrFalse(None));
        }
    }
    Ok(OrFalse(Some(result)))
}

/// The values of one code; false when the data is too short, which was reported.
fn unpack_code(
    cx: &mut Context,
    result: &mut PhpArray,
    data: &[u8],
    pos: &mut usize,
    (code, times, name): (u8, Repeat, &[u8]),
) -> PhpResult<bool> {
    let shown = char::from(code);
    let count = |default: usize, all: usize| match times {
        Repeat::Once => default,
        Repeat::Times(count) => count,
        Repeat::All => all,
    };
    let left = data.len() - (*pos).min(data.len());
    match code {
        b'X' => {
            let back = if times == Repeat::All { 0 } else { count(1, 0) };
            if times == Repeat::All {
                cx.doc_warning(format!("Type {shown}: '*' ignored"))?;
            }
            if back > *pos {
                cx.doc_warning(format!("Type {shown}: outside of string"))?;
                *pos = 0;
            } else {
                *pos -= back;
            }
            return Ok(true);
        }
        // As PHP has it, no position is no move.
        b'@' if times == Repeat::Times(0) => return Ok(true),
        b'@' => {
            let place = count(1, data.len());
            if place <= data.len() {
                *pos = place;
            } else {
                cx.doc_warning(format!("Type {shown}: outside of string"))?;
                *pos = data.len();
            }
            return Ok(true);
        }
        b'x' => {
            let skip = count(1, 0);
            if times == Repeat::All {
                cx.doc_warning(format!("Type {shown}: '*' ignored"))?;
            }
            return enough(cx, code, skip, left, || *pos += skip);
        }
        b'a' | b'A' | b'Z' | b'h' | b'H' => {
            let nibbles = matches!(code, b'h' | b'H');
            let asked = count(1, if nibbles { left * 2 } else { left });
            let size = if nibbles { asked.div_ceil(2) } else { asked };
            if size > left {
                return enough(cx, code, size, left, || ());
            }
            let bytes = &data[*pos..*pos + size];
            *pos += size;
            let text = match code {
                b'A' => bytes.trim_ascii_end_with_nul().to_vec(),
                b'Z' => bytes[..memchr::memchr(0, bytes).unwrap_or(size)].to_vec(),
                b'a' => bytes.to_vec(),
                _ => unhex(bytes, asked, code == b'H'),
            };
            let key = if name.is_empty() { b"1".as_slice() } else { name };
            result.insert(ArrayKey::from_string(PhpString::from_bytes(key)).as_key(), Value::str(text));
            return Ok(true);
        }
        _ => {}
    }
    let (whole, float) = (integer(code), floating(code));
    let Some(layout) = whole.or(float) else {
        return Err(cx.throw_value_error(format!("Invalid format type {shown}")));
    };
    let repetitions = count(1, usize::MAX);
    for index in 0..repetitions {
        let left = data.len() - *pos;
        if left < layout.size {
            // With `*` the end of the data is the end.
            return if times == Repeat::All { Ok(true) } else { enough(cx, code, layout.size, left, || ()) };
        }
        let bits = get(&data[*pos..*pos + layout.size], layout);
        *pos += layout.size;
        let value = if whole.is_some() {
            let unused = 64 - 8 * layout.size as u32;
            Value::int(if layout.signed { (bits << unused) as i64 >> unused } else { bits as i64 })
        } else if layout.size == 4 {
            Value::float(f64::from(f32::from_bits(bits as u32)))
        } else {
            Value::float(f64::from_bits(bits))
        };
        let key = match (times == Repeat::Once, name.is_empty()) {
            (true, false) => PhpString::from_bytes(name),
            _ => PhpString::concat(name, (index + 1).to_string().as_bytes()),
        };
        result.insert(ArrayKey::from_string(key).as_key(), value);
    }
    Ok(true)
}

/// Does `then` if the data has `need` bytes; else warns.
fn enough(cx: &mut Context, code: u8, need: usize, have: usize, then: impl FnOnce()) -> PhpResult<bool> {
    if need <= have {
        then();
        return Ok(true);
    }
    let values = format!(
        "not enough input values, need {need} values but only {have} {} provided",
        if have == 1 { "was" } else { "were" }
    );
    cx.doc_warning(format!("Type {}: {values}", char::from(code)))?;
    Ok(false)
}

fn unhex(bytes: &[u8], digits: usize, high_first: bool) -> Vec<u8> {
    let mut text = Vec::with_capacity(digits);
    for byte in bytes {
        let (high, low) = (byte >> 4, byte & 15);
        let pair = if high_first { [high, low] } else { [low, high] };
        text.extend(pair.map(|digit| b"0123456789abcdef"[usize::from(digit)]));
    }
    text.truncate(digits);
    text
}

trait TrimEnd {
    fn trim_ascii_end_with_nul(&self) -> &[u8];
}

impl TrimEnd for [u8] {
    /// Without the spaces, line ends and NULs at the end that `A` strips.
    fn trim_ascii_end_with_nul(&self) -> &[u8] {
        let end = self.iter().rposition(|byte| !b" \t\r\n\0".contains(byte)).map_or(0, |last| last + 1);
        &self[..end]
    }
}
