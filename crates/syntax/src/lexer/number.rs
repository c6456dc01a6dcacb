//! Number literals: where they end and what they are worth.

use super::Lexer;
use crate::error::Fault;
use crate::token::{Token, TokenKind};

/// The value of a number literal.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Number {
    /// Fits 64 bits.
    Int(i64),
    /// Has a fraction or an exponent, or is too large for an integer.
    Float(f64),
    /// `08`.
    Invalid,
}

/// The value of a literal as the lexer delimited it.
pub(crate) fn number_value(text: &[u8]) -> Number {
    // Up to 18 digits always fit, and this is nearly every literal.
    if text.len() <= 18 && (text[0] != b'0' || text.len() == 1) {
        let mut value = 0i64;
        let mut plain = true;
        for &byte in text {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                plain = false;
                break;
            }
            value = value * 10 + i64::from(digit);
        }
        if plain {
            return Number::Int(value);
        }
    }
    slow_value(text)
}

#[cold]
fn slow_value(text: &[u8]) -> Number {
    let digits: Vec<u8> = text.iter().copied().filter(|&byte| byte != b'_').collect();
    match (digits[0], digits.get(1).map(|byte| byte | 0x20)) {
        (b'0', Some(b'x')) => radix_value(&digits[2..], 16),
        (b'0', Some(b'b')) => radix_value(&digits[2..], 2),
        (b'0', Some(b'o')) => radix_value(&digits[2..], 8),
        (first, _) => {
            let text = std::str::from_utf8(&digits).unwrap_or("0");
            if digits.iter().any(|byte| matches!(byte, b'.' | b'e' | b'E')) {
                Number::Float(text.parse().unwrap_or(0.0))
            } else if first == b'0' && digits.len() > 1 {
                radix_value(&digits[1..], 8)
            } else {
                text.parse()
                    .map(Number::Int)
                    .unwrap_or_else(|_| Number::Float(text.parse().unwrap_or(f64::INFINITY)))
            }
        }
    }
}

/// Too large numbers are accumulated in floating point digit by digit, as PHP does: the last bit depends on it.
fn radix_value(digits: &[u8], radix: u32) -> Number {
    let mut int = Some(0i64);
    let mut float = 0f64;
    for &byte in digits {
        let Some(digit) = (byte as char).to_digit(radix) else { return Number::Invalid };
        int = int.and_then(|int| int.checked_mul(i64::from(radix))?.checked_add(i64::from(digit)));
        float = float * f64::from(radix) + f64::from(digit);
    }
    int.map_or(Number::Float(float), Number::Int)
}

/// The length of `digit (digit | '_' digit)*` at the start of `text`; 0 when there is none.
#[inline]
pub(super) fn digits_len(text: &[u8], is_digit: impl Fn(u8) -> bool) -> usize {
    let mut len = 0;
    while let Some(&byte) = text.get(len) {
        if is_digit(byte) {
            len += 1;
        } else if byte == b'_' && len > 0 && text.get(len + 1).is_some_and(|&next| is_digit(next)) {
            len += 2;
        } else {
            break;
        }
    }
    len
}

fn is_decimal(byte: u8) -> bool {
    byte.is_ascii_digit()
}

/// The length of the prefixed literal (`0x1F`, `0b1`, `0o7`) at the start of `text`, if there is one.
pub(super) fn prefixed_len(text: &[u8]) -> Option<usize> {
    if text.first() != Some(&b'0') {
        return None;
    }
    let len = match text.get(1)? | 0x20 {
        b'x' => digits_len(&text[2..], |byte| byte.is_ascii_hexdigit()),
        b'b' => digits_len(&text[2..], |byte| matches!(byte, b'0' | b'1')),
        b'o' => digits_len(&text[2..], |byte| matches!(byte, b'0'..=b'7')),
        _ => 0,
    };
    (len > 0).then_some(len + 2)
}

impl Lexer<'_> {
    /// A number at the current position, which is a digit or a dot before a digit.
    pub(super) fn number(&mut self) -> Token {
        let start = self.pos;
        let rest = self.rest();
        if let Some(len) = prefixed_len(rest) {
            self.pos += len;
            return self.integer(start);
        }
        let mut len = digits_len(rest, is_decimal);
        let mut float = false;
        if rest.get(len) == Some(&b'.') {
            float = true;
            len += 1;
            len += digits_len(&rest[len..], is_decimal);
        }
        if rest.get(len).is_some_and(|byte| byte | 0x20 == b'e') {
            let sign = usize::from(matches!(rest.get(len + 1), Some(b'+' | b'-')));
            let exponent = digits_len(rest.get(len + 1 + sign..).unwrap_or_default(), is_decimal);
            if exponent > 0 {
                float = true;
                len += 1 + sign + exponent;
            }
        }
        self.pos += len;
        if float { self.token(TokenKind::Dnumber, start) } else { self.integer(start) }
    }

    #[inline]
    fn integer(&mut self, start: usize) -> Token {
        let text = &self.src[start..self.pos];
        if text.len() <= 18 && text[0] != b'0' {
            return self.token(TokenKind::Lnumber, start);
        }
        match number_value(text) {
            Number::Int(_) => self.token(TokenKind::Lnumber, start),
            Number::Float(_) => self.token(TokenKind::Dnumber, start),
            Number::Invalid if self.strict => self.fail(Fault::InvalidNumber, start, start),
            Number::Invalid => self.token(TokenKind::Lnumber, start),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, value: Number) {
        assert_eq!(number_value(text.as_bytes()), value, "{text}");
    }

    #[test]
    fn values() {
        check("0", Number::Int(0));
        check("1_000", Number::Int(1000));
        check("0x1f", Number::Int(31));
        check("0B11", Number::Int(3));
        check("0o17", Number::Int(15));
        check("017", Number::Int(15));
        check("0_7", Number::Int(7));
        check("08", Number::Invalid);
        check("9223372036854775807", Number::Int(i64::MAX));
        check("9223372036854775808", Number::Float(9223372036854775808.0));
        check("0x7FFFFFFFFFFFFFFF", Number::Int(i64::MAX));
        check("0x8000000000000000", Number::Float(9223372036854775808.0));
        check("0777777777777777777777", Number::Int(i64::MAX));
        check("1.5e3", Number::Float(1500.0));
        check(".5", Number::Float(0.5));
        check("1.", Number::Float(1.0));
        check("1e400", Number::Float(f64::INFINITY));
        check("08.5", Number::Float(8.5));
    }
}
