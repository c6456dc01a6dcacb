//! `sscanf()` and `fscanf()`: text taken apart by a format.

use crate::args::assign;
use crate::streams;
use phalanx_macros::php_fn;
use phalanx_value::{PhpArray, PhpResource, PhpString, Value};
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&SSCANF, &FSCANF];

/// A conversion of a format.
struct Conversion {
    kind: Kind,
    /// Which variable, if the format says so; 1-based.
    position: Option<usize>,
    width: Option<usize>,
    /// The value is dropped.
    suppress: bool,
}

enum Kind {
    Decimal,
    Unsigned,
    Octal,
    Hex,
    /// Base by prefix.
    Any,
    Float,
    Text,
    Chars,
    /// Bytes that are taken.
    Set(Box<[bool; 256]>),
    /// How much was read.
    Count,
}

enum Part {
    /// Any number of blanks.
    Blank,
    Byte(u8),
    Convert(Conversion),
}

/// Takes a format apart; the text of a mistake otherwise.
fn parse(format: &[u8]) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut at = 0;
    let number = |at: &mut usize| {
        let start = *at;
        let mut value = 0usize;
        while let Some(digit) = format.get(*at).filter(|byte| byte.is_ascii_digit()) {
            value = value.saturating_mul(10).saturating_add(usize::from(digit - b'0'));
            *at += 1;
        }
        (*at > start).then_some(value)
    };
    while let Some(&byte) = format.get(at) {
        at += 1;
        if byte.is_ascii_whitespace() || byte == 0x0b {
            parts.push(Part::Blank);
            continue;
        }
        if byte != b'%' {
            parts.push(Part::Byte(byte));
            continue;
        }
        if format.get(at) == Some(&b'%') {
            at += 1;
            parts.push(Part::Byte(b'%'));
            continue;
        }
        let mut suppress = false;
        let mut position = None;
        if format.get(at) == Some(&b'*') {
            suppress = true;
            at += 1;
        }
        let mut width = number(&mut at);
        if !suppress && width.is_some() && format.get(at) == Some(&b'$') {
            position = width;
            at += 1;
            width = number(&mut at);
        }
        if matches!(format.get(at), Some(b'l' | b'h' | b'L')) {
            at += 1;
        }
        let Some(&code) = format.get(at) else {
            return Err("Bad scan conversion character \"\0\"".to_owned());
        };
        at += 1;
        let kind = match code {
            b'n' => Kind::Count,
            b'd' | b'D' => Kind::Decimal,
            b'i' => Kind::Any,
            b'o' => Kind::Octal,
            b'x' | b'X' => Kind::Hex,
            b'u' => Kind::Unsigned,
            b'f' | b'e' | b'E' | b'g' => Kind::Float,
            b's' => Kind::Text,
            b'c' => Kind::Chars,
            b'[' => Kind::Set(set(format, &mut at)?),
            _ => return Err(format!("Bad scan conversion character \"{}\"", char::from(code))),
        };
        parts.push(Part::Convert(Conversion { kind, position, width, suppress }));
    }
    Ok(parts)
}

/// The set behind `[`.
fn set(format: &[u8], at: &mut usize) -> Result<Box<[bool; 256]>, String> {
    let mut members = Box::new([false; 256]);
    let exclude = format.get(*at) == Some(&b'^');
    if exclude {
        *at += 1;
    }
    let start = *at;
    loop {
        let Some(&byte) = format.get(*at) else { return Err("Unmatched [ in format string".to_owned()) };
        *at += 1;
        if byte == b']' && *at - 1 > start {
            break;
        }
        match (format.get(*at), format.get(*at + 1)) {
            (Some(b'-'), Some(&end)) if end != b']' => {
                let (low, high) = (byte.min(end), byte.max(end));
                (low..=high).for_each(|member| members[usize::from(member)] = true);
                *at += 2;
            }
            _ => members[usize::from(byte)] = true,
        }
    }
    if exclude {
        members.iter_mut().for_each(|member| *member = !*member);
    }
    Ok(members)
}

/// What scanning gave: a value per variable, and whether the text ended before the first conversion.
struct Scanned {
    values: Vec<Value>,
    done: usize,
    underflow: bool,
}

fn is_blank(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == 0x0b
}

fn scan(text: &[u8], parts: &[Part], count: usize) -> Scanned {
    let mut scanned = Scanned { values: vec![Value::NULL; count], done: 0, underflow: false };
    let mut at = 0;
    let mut next = 0;
    for part in parts {
        let conversion = match part {
            Part::Blank => {
                while text.get(at).is_some_and(|&byte| is_blank(byte)) {
                    at += 1;
                }
                continue;
            }
            Part::Byte(byte) => {
                if at >= text.len() {
                    scanned.underflow = scanned.done == 0;
                    return scanned;
                }
                if text[at] != *byte {
                    return scanned;
                }
                at += 1;
                continue;
            }
            Part::Convert(conversion) => conversion,
        };
        let place = if conversion.suppress {
            None
        } else {
            let place = conversion.position.map_or(next, |position| position - 1);
            next += usize::from(conversion.position.is_none());
            Some(place)
        };
        if let Kind::Count = conversion.kind {
            if let Some(place) = place {
                scanned.values[place] = Value::int(at as i64);
                scanned.done += 1;
            }
            continue;
        }
        if !matches!(conversion.kind, Kind::Chars | Kind::Set(_)) {
            while text.get(at).is_some_and(|&byte| is_blank(byte)) {
                at += 1;
            }
        }
        if at >= text.len() {
            scanned.underflow = scanned.done == 0;
            return scanned;
        }
        let Some((value, length)) = convert(&text[at..], conversion) else { return scanned };
        at += length;
        if let Some(place) = place {
            scanned.values[place] = value;
            scanned.done += 1;
        }
    }
    scanned
}

/// The value that a conversion makes of the start of a text, and how much of it.
fn convert(text: &[u8], conversion: &Conversion) -> Option<(Value, usize)> {
    let width = conversion.width.filter(|&width| width > 0);
    let limit = width.unwrap_or(usize::MAX).min(text.len());
    let text_of = |length: usize| (length > 0).then(|| (Value::str(&text[..length]), length));
    match &conversion.kind {
        Kind::Text => text_of(text[..limit].iter().position(|&byte| is_blank(byte)).unwrap_or(limit)),
        Kind::Set(members) => {
            text_of(text[..limit].iter().position(|&byte| !members[usize::from(byte)]).unwrap_or(limit))
        }
        Kind::Chars => text_of(width.unwrap_or(1).min(text.len())),
        Kind::Float => float(&text[..limit]),
        Kind::Decimal => integer(&text[..limit], 10, false),
        Kind::Unsigned => integer(&text[..limit], 10, true),
        Kind::Octal => integer(&text[..limit], 8, false),
        Kind::Hex => integer(&text[..limit], 16, false),
        Kind::Any => integer(&text[..limit], 0, false),
        Kind::Count => None,
    }
}

fn integer(text: &[u8], base: u32, unsigned: bool) -> Option<(Value, usize)> {
    let mut at = 0;
    let negative = text.first() == Some(&b'-');
    if matches!(text.first(), Some(b'+' | b'-')) {
        at += 1;
    }
    let mut base = base;
    let hex_prefix = |at: usize| {
        text.get(at) == Some(&b'0')
            && matches!(text.get(at + 1), Some(b'x' | b'X'))
            && text.get(at + 2).is_some_and(u8::is_ascii_hexdigit)
    };
    if (base == 16 || base == 0) && hex_prefix(at) {
        base = 16;
        at += 2;
    } else if base == 0 {
        base = if text.get(at) == Some(&b'0') { 8 } else { 10 };
    }
    let start = at;
    let mut value: i128 = 0;
    while let Some(digit) = text.get(at).and_then(|&byte| char::from(byte).to_digit(base)) {
        value = (value * i128::from(base) + i128::from(digit)).min(i128::from(u64::MAX));
        at += 1;
    }
    if at == start {
        return None;
    }
    let signed = if negative { -value } else { value };
    if unsigned && signed < 0 {
        return Some((Value::str((signed as i64 as u64).to_string()), at));
    }
    Some((Value::int(signed.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64), at))
}

fn float(text: &[u8]) -> Option<(Value, usize)> {
    let mut at = usize::from(matches!(text.first(), Some(b'+' | b'-')));
    let digits = |at: &mut usize| {
        let start = *at;
        while text.get(*at).is_some_and(u8::is_ascii_digit) {
            *at += 1;
        }
        *at - start
    };
    let whole = digits(&mut at);
    let mut fraction = 0;
    if text.get(at) == Some(&b'.') {
        at += 1;
        fraction = digits(&mut at);
    }
    if whole + fraction == 0 {
        return None;
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        let mut end = at + 1;
        end += usize::from(matches!(text.get(end), Some(b'+' | b'-')));
        if digits(&mut end) > 0 {
            at = end;
        }
    }
    let number: f64 = std::str::from_utf8(&text[..at]).ok()?.parse().ok()?;
    Some((Value::float(number), at))
}

/// The values of a text, as `sscanf` gives them: as an array, or how many variables got one.
pub(crate) fn scanned(cx: &mut Context, text: &[u8], format: &[u8], vars: &[Value]) -> PhpResult<Value> {
    let parts = match parse(format) {
        Ok(parts) => parts,
        Err(text) => return Err(cx.throw_value_error(text)),
    };
    let wanted = parts.iter().filter_map(|part| match part {
        Part::Convert(conversion) if !conversion.suppress => Some(conversion.position),
        _ => None,
    });
    let positions: Vec<Option<usize>> = wanted.collect();
    let by_position = positions.iter().any(Option::is_some);
    if by_position && positions.iter().any(Option::is_none) {
        return Err(cx.throw_value_error("cannot mix \"%\" and \"%n$\" conversion specifiers"));
    }
    let count = positions.iter().map(|position| position.unwrap_or(0)).max().unwrap_or(0);
    let count = if by_position { count } else { positions.len() };
    if positions.contains(&Some(0)) || !vars.is_empty() && by_position && count > vars.len() {
        return Err(cx.throw_value_error("\"%n$\" argument index out of range"));
    }
    if !vars.is_empty() && count > vars.len() {
        return Err(cx.throw_value_error("Different numbers of variable names and field specifiers"));
    }
    if !vars.is_empty() && count < vars.len() {
        return Err(cx.throw_value_error("Variable is not assigned by any conversion specifiers"));
    }
    let scanned = scan(text, &parts, count);
    if vars.is_empty() {
        if scanned.underflow {
            return Ok(Value::NULL);
        }
        return Ok(Value::array(PhpArray::from_list(scanned.values)));
    }
    if scanned.underflow {
        return Ok(Value::int(-1));
    }
    let done = scanned.done;
    for (variable, value) in vars.iter().zip(scanned.values) {
        if let Some(variable) = variable.as_ref().filter(|_| !value.is_null()) {
            assign(cx, variable, value)?;
        }
    }
    Ok(Value::int(done as i64))
}

/// <https://www.php.net/sscanf>
#[php_fn("sscanf(string $string, string $format, mixed &...$vars): array|int|null")]
fn sscanf(cx: &mut Context, string: &PhpString, format: &PhpString, vars: &[Value]) -> PhpResult<Value> {
    scanned(cx, string, format, vars)
}

/// <https://www.php.net/fscanf>
#[php_fn("fscanf(resource $stream, string $format, mixed &...$vars): array|int|false|null")]
fn fscanf(cx: &mut Context, stream: &PhpResource, format: &PhpString, vars: &[Value]) -> PhpResult<Value> {
    let stream = streams::of_argument(cx, stream)?;
    match stream.line(cx, usize::MAX)? {
        Some(line) => scanned(cx, &line, format, vars),
        None => Ok(Value::FALSE),
    }
}
