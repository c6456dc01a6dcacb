//! `++` and `--` on strings.

use super::numeric::{Numeric, classify};
use crate::string::PhpString;
use crate::value::Value;

/// What `++` makes of a string: numeric strings count up as numbers, `""` becomes `"1"`, others as [`increment`] says.
pub fn increment_string(string: &PhpString) -> Value {
    match classify(string.as_bytes()) {
        Numeric::Int(int) => int.checked_add(1).map_or(Value::float(int as f64 + 1.0), Value::int),
        Numeric::Float(float) => Value::float(float + 1.0),
        Numeric::No => Value::string(increment(string)),
    }
}

/// What `--` makes of a string: numeric strings count down as numbers, `""` becomes -1, others stay as they are.
pub fn decrement_string(string: &PhpString) -> Value {
    match classify(string.as_bytes()) {
        Numeric::Int(int) => int.checked_sub(1).map_or(Value::float(int as f64 - 1.0), Value::int),
        Numeric::Float(float) => Value::float(float - 1.0),
        Numeric::No if string.is_empty() => Value::int(-1),
        Numeric::No => Value::string(string.clone()),
    }
}

/// Whether a string consists of ASCII letters and digits, and of at least one: `++` on others is deprecated.
pub fn is_alphanumeric(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(u8::is_ascii_alphanumeric)
}

/// Perl's string increment: `"Az"` becomes `"Ba"`, `"zz"` becomes `"aaa"`, `"a9"` becomes `"b0"`. The carry stops at the
/// first byte from the right that is neither letter nor digit.
pub fn increment(string: &PhpString) -> PhpString {
    if string.is_empty() {
        return PhpString::byte(b'1');
    }
    let mut bytes = string.as_bytes().to_vec();
    for at in (0..bytes.len()).rev() {
        let (next, first) = match bytes[at] {
            b'z' => (b'a', b'a'),
            b'Z' => (b'A', b'A'),
            b'9' => (b'0', b'1'),
            byte if byte.is_ascii_alphanumeric() => {
                bytes[at] = byte + 1;
                return PhpString::from_bytes(&bytes);
            }
            _ => return PhpString::from_bytes(&bytes),
        };
        bytes[at] = next;
        if at == 0 {
            bytes.insert(0, first);
        }
    }
    PhpString::from_bytes(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, up: &str, down: &str) {
        let string = PhpString::from(text);
        assert_eq!(format!("{:?}", increment_string(&string)), up, "{text:?}++");
        assert_eq!(format!("{:?}", decrement_string(&string)), down, "{text:?}--");
    }

    #[test]
    fn strings_count() {
        check("", "\"1\"", "-1");
        check("5", "6", "4");
        check("5.5", "6.5", "4.5");
        check("Az", "\"Ba\"", "\"Az\"");
        check("zz", "\"aaa\"", "\"zz\"");
        check("Zz9", "\"AAa0\"", "\"Zz9\"");
        check("a-z", "\"a-a\"", "\"a-z\"");
        check("-", "\"-\"", "\"-\"");
        check("9223372036854775807", "9.223372036854776e18", "9223372036854775806");
        check(" 1", "2", "0");
        check("1 ", "2", "0");
        check("1e2", "101.0", "99.0");
    }
}
