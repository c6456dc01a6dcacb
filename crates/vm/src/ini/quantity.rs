//! Quantities in settings: `128M`, `0x10`, `2 G`.

/// What is wrong with a quantity. It has a value all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// It does not begin with a digit.
    NoDigits,
    /// Nothing follows `0x` and the like.
    NoDigitsAfterPrefix,
    /// A prefix such as `0q`.
    Prefix(u8),
    /// An unknown suffix; and how much of the text counts.
    Multiplier(u8, usize, usize),
    /// More than one character of suffix, the last of which counts; and how much of the text before it.
    Suffix(u8, usize, usize),
    /// It does not fit.
    Range,
}

impl Problem {
    /// PHP's words for it.
    pub fn text(&self, value: &[u8]) -> String {
        const TAIL: &str = "for backwards compatibility";
        let shown = escape(value);
        match *self {
            Problem::NoDigits => {
                format!("Invalid quantity \"{shown}\": no valid leading digits, interpreting as \"0\" {TAIL}")
            }
            Problem::NoDigitsAfterPrefix => {
                format!(
                    "Invalid quantity \"{shown}\": no digits after base prefix, interpreting as \"0\" {TAIL}"
                )
            }
            Problem::Prefix(byte) => {
                format!("Invalid prefix \"0{}\", interpreting as \"0\" {TAIL}", escape(&[byte]))
            }
            Problem::Multiplier(byte, from, to) => {
                let (byte, counts) = (escape(&[byte]), escape(&value[from..to]));
                format!(
                    "Invalid quantity \"{shown}\": unknown multiplier \"{byte}\", interpreting as \"{counts}\" {TAIL}"
                )
            }
            Problem::Suffix(byte, from, to) => {
                let (byte, counts) = (escape(&[byte]), escape(&value[from..to]));
                format!("Invalid quantity \"{shown}\", interpreting as \"{counts}{byte}\" {TAIL}")
            }
            Problem::Range => {
                format!("Invalid quantity \"{shown}\": value is out of range, using overflow result {TAIL}")
            }
        }
    }
}

/// The bytes as text, with escapes for what is not printable.
fn escape(bytes: &[u8]) -> String {
    let mut text = String::new();
    for &byte in bytes {
        match byte {
            b'\\' => text.push_str("\\\\"),
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\t' => text.push_str("\\t"),
            0x0c => text.push_str("\\f"),
            0x0b => text.push_str("\\v"),
            0x1b => text.push_str("\\e"),
            b' '..=b'~' => text.push(byte as char),
            _ => text.push_str(&format!("\\x{byte:02X}")),
        }
    }
    text
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

/// The number that a setting's text stands for, and what is wrong with the text.
pub fn parse(value: &[u8]) -> (i64, Option<Problem>) {
    let start = value.iter().position(|&byte| !is_space(byte)).unwrap_or(value.len());
    let end = value.iter().rposition(|&byte| !is_space(byte)).map_or(start, |last| last + 1);
    if start == end {
        return (0, None);
    }
    let byte = |at: usize| if at < end { value[at] } else { 0 };
    let negative = byte(start) == b'-';
    let mut digits = start + usize::from(matches!(byte(start), b'-' | b'+'));
    if !byte(digits).is_ascii_digit() {
        return (0, Some(Problem::NoDigits));
    }
    let mut base = 10;
    if byte(digits) == b'0' && byte(digits + 1).is_ascii_digit() {
        base = 8;
    } else if byte(digits) == b'0' {
        if digits + 1 == end {
            return (0, None);
        }
        base = match byte(digits + 1).to_ascii_lowercase() {
            b'g' | b'm' | b'k' => 10,
            b'x' => 16,
            b'o' => 8,
            b'b' => 2,
            other if is_space(other) => 10,
            other => return (0, Some(Problem::Prefix(other))),
        };
        if base != 10 {
            digits += 2;
            if digits == end || is_space(byte(digits)) || matches!(byte(digits), b'-' | b'+') {
                return (0, Some(Problem::NoDigitsAfterPrefix));
            }
        }
    }
    let mut at = digits;
    let mut number = Some(0_u64);
    while let Some(digit) = char::from(byte(at)).to_digit(base) {
        let next = number.and_then(|n| n.checked_mul(u64::from(base))?.checked_add(u64::from(digit)));
        number = next;
        at += 1;
        if at >= end {
            break;
        }
    }
    if at == digits {
        return (0, Some(Problem::NoDigits));
    }
    let mut overflow = number.is_none_or(|n| n > i64::MAX as u64 + u64::from(negative));
    let mut result = match number {
        None => -1,
        Some(number) if negative => (number as i64).wrapping_neg(),
        Some(number) => number as i64,
    };
    while at < end && is_space(value[at]) {
        at += 1;
    }
    if at < end {
        let last = value[end - 1];
        let factor: i64 = match last.to_ascii_lowercase() {
            b'g' => 1 << 30,
            b'm' => 1 << 20,
            b'k' => 1 << 10,
            _ => return (result, Some(Problem::Multiplier(last, 0, at))),
        };
        overflow |= result.checked_mul(factor).is_none();
        result = result.wrapping_mul(factor);
        if at != end - 1 {
            return (result, Some(Problem::Suffix(last, 0, at)));
        }
    }
    (result, overflow.then_some(Problem::Range))
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn check(text: &str, number: i64, problem: Option<&str>) {
        let (result, found) = parse(text.as_bytes());
        assert_eq!(result, number, "{text:?}");
        let found = found.map(|problem| problem.text(text.as_bytes()));
        match problem {
            Some(part) => assert!(found.as_ref().is_some_and(|f| f.contains(part)), "{text:?}: {found:?}"),
            None => assert_eq!(found, None, "{text:?}"),
        }
    }

    #[test]
    fn quantities() {
        check("", 0, None);
        check("1K", 1024, None);
        check("1 M", 1 << 20, None);
        check(" 5 ", 5, None);
        check("0x1F", 31, None);
        check("0b11K", 3072, None);
        check("0o17", 15, None);
        check("017", 15, None);
        check("-1M", -(1 << 20), None);
        check("0x1G", 1 << 30, None);
        check("-0x10", -16, None);
        check("08", 0, Some(r#"unknown multiplier "8", interpreting as "0""#));
        check("1KB", 1, Some(r#"unknown multiplier "B", interpreting as "1""#));
        check("abc", 0, Some("no valid leading digits"));
        check("99999999999999999999", -1, Some("out of range"));
        check("-99999999999999999999", -1, Some("out of range"));
        check("9223372036854775807K", -1024, Some("out of range"));
        check("5 5", 5, Some(r#"unknown multiplier "5", interpreting as "5 ""#));
        check("0x", 0, Some("no digits after base prefix"));
        check("0xG", 0, Some("no valid leading digits"));
        check("1.5M", 1 << 20, Some(r#"Invalid quantity "1.5M", interpreting as "1M""#));
        check("12kk", 12288, Some(r#"interpreting as "12k""#));
        check("1\0K", 1024, Some(r#"Invalid quantity "1\x00K", interpreting as "1K""#));
        check("0xFFFFFFFFFFFFFFFF", -1, Some("out of range"));
    }
}
