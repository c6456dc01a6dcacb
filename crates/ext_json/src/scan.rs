//! The words of JSON.

use crate::error::JsonError;
use crate::flag;
use phalanx_value::utf8;

/// A word.
#[derive(Debug, PartialEq)]
pub enum Token {
    /// `{`
    OpenObject,
    /// `}`
    CloseObject,
    /// `[`
    OpenArray,
    /// `]`
    CloseArray,
    /// `,`
    Comma,
    /// `:`
    Colon,
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    /// An integer that does not fit, when it is wanted as text.
    BigInt(Vec<u8>),
    String(Vec<u8>),
    End,
}

/// Reads words.
pub struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
    flags: i64,
}

impl<'a> Scanner<'a> {
    pub fn new(text: &'a [u8], flags: i64) -> Scanner<'a> {
        Scanner { text, at: 0, flags }
    }

    fn rest(&self) -> &'a [u8] {
        &self.text[self.at..]
    }

    fn simple(&mut self, token: Token) -> Result<Token, JsonError> {
        self.at += 1;
        Ok(token)
    }

    /// The next word.
    pub fn next(&mut self) -> Result<Token, JsonError> {
        let blanks = self.rest().iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r')).count();
        self.at += blanks;
        match self.rest() {
            [] => Ok(Token::End),
            [b'{', ..] => self.simple(Token::OpenObject),
            [b'}', ..] => self.simple(Token::CloseObject),
            [b'[', ..] => self.simple(Token::OpenArray),
            [b']', ..] => self.simple(Token::CloseArray),
            [b',', ..] => self.simple(Token::Comma),
            [b':', ..] => self.simple(Token::Colon),
            [b'"', ..] => {
                self.at += 1;
                self.string()
            }
            [b'-' | b'0'..=b'9', ..] => self.number(),
            [b'n', ..] => self.word(b"null", Token::Null),
            [b't', ..] => self.word(b"true", Token::Bool(true)),
            [b'f', ..] => self.word(b"false", Token::Bool(false)),
            [0..32, ..] => Err(JsonError::CtrlChar),
            [0x80..=0xff, ..] => Err(match utf8::next_char(self.rest()) {
                Ok(_) => JsonError::Syntax,
                Err(_) => JsonError::Utf8,
            }),
            _ => Err(JsonError::Syntax),
        }
    }

    fn word(&mut self, word: &[u8], token: Token) -> Result<Token, JsonError> {
        if !self.rest().starts_with(word) {
            return Err(JsonError::Syntax);
        }
        self.at += word.len();
        Ok(token)
    }

    fn number(&mut self) -> Result<Token, JsonError> {
        let text = self.rest();
        let digits =
            |from: usize| text[from.min(text.len())..].iter().take_while(|b| b.is_ascii_digit()).count();
        let sign = usize::from(text[0] == b'-');
        let whole = match text.get(sign) {
            Some(b'0') => 1,
            Some(b'1'..=b'9') => digits(sign),
            _ => return Err(JsonError::Syntax),
        };
        let mut end = sign + whole;
        let mut is_float = false;
        if text.get(end) == Some(&b'.') && digits(end + 1) > 0 {
            end += 1 + digits(end + 1);
            is_float = true;
        }
        if matches!(text.get(end), Some(b'e' | b'E')) {
            let exponent_sign = usize::from(matches!(text.get(end + 1), Some(b'+' | b'-')));
            let exponent = digits(end + 1 + exponent_sign);
            if exponent > 0 {
                end += 1 + exponent_sign + exponent;
                is_float = true;
            }
        }
        let number = &text[..end];
        self.at += end;
        let as_text = || std::str::from_utf8(number).unwrap_or("0");
        if !is_float {
            if let Ok(int) = as_text().parse::<i64>() {
                return Ok(Token::Int(int));
            }
            if self.flags & flag::BIGINT_AS_STRING != 0 {
                return Ok(Token::BigInt(number.to_vec()));
            }
        }
        Ok(Token::Float(as_text().parse().unwrap_or(0.0)))
    }

    fn string(&mut self) -> Result<Token, JsonError> {
        let mut out = Vec::new();
        loop {
            let rest = self.rest();
            let plain =
                rest.iter().take_while(|b| matches!(b, b' '..=0x7f) && !matches!(b, b'"' | b'\\')).count();
            out.extend_from_slice(&rest[..plain]);
            self.at += plain;
            match self.rest() {
                [b'"', ..] => {
                    self.at += 1;
                    return Ok(Token::String(out));
                }
                [b'\\', ..] => self.escape(&mut out)?,
                [0x80..=0xff, ..] => match utf8::next_char(self.rest()) {
                    Ok((_, len)) => {
                        out.extend_from_slice(&self.rest()[..len]);
                        self.at += len;
                    }
                    Err(_) => {
                        // Each byte of a broken sequence counts for itself here.
                        self.at += 1;
                        if self.flags & flag::INVALID_UTF8_IGNORE != 0 {
                        } else if self.flags & flag::INVALID_UTF8_SUBSTITUTE != 0 {
                            out.extend_from_slice("\u{fffd}".as_bytes());
                        } else {
                            return Err(JsonError::Utf8);
                        }
                    }
                },
                // The end of the text is a NUL to the scanner.
                _ => return Err(JsonError::CtrlChar),
            }
        }
    }

    fn escape(&mut self, out: &mut Vec<u8>) -> Result<(), JsonError> {
        let byte = match self.rest().get(1) {
            Some(byte @ (b'"' | b'\\' | b'/')) => *byte,
            Some(b'b') => 8,
            Some(b'f') => 12,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'u') => {
                let unit = self.unit(2).ok_or(JsonError::Syntax)?;
                let (code, len) = match unit {
                    0xd800..0xdc00 => {
                        let low = match self.rest().get(6..8) {
                            Some(b"\\u") => self.unit(8).filter(|low| (0xdc00..0xe000).contains(low)),
                            _ => None,
                        };
                        let low = low.ok_or(JsonError::Utf16)?;
                        (0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00), 12)
                    }
                    0xdc00..0xe000 => return Err(JsonError::Utf16),
                    _ => (unit, 6),
                };
                utf8::push_char(out, code);
                self.at += len;
                return Ok(());
            }
            _ => return Err(JsonError::Syntax),
        };
        out.push(byte);
        self.at += 2;
        Ok(())
    }

    /// Four hexadecimal digits.
    fn unit(&self, from: usize) -> Option<u32> {
        let digits = self.rest().get(from..from + 4)?;
        digits.iter().try_fold(0, |unit, digit| Some(unit << 4 | char::from(*digit).to_digit(16)?))
    }
}

#[cfg(test)]
mod tests {
    use super::{Scanner, Token};
    use crate::error::JsonError;

    fn check(text: &[u8], expect: Result<Token, JsonError>) {
        assert_eq!(Scanner::new(text, 0).next(), expect, "{}", text.escape_ascii());
    }

    #[test]
    fn words() {
        check(b" true", Ok(Token::Bool(true)));
        check(b"TRUE", Err(JsonError::Syntax));
        check(b"-12", Ok(Token::Int(-12)));
        check(b"1.5e3,", Ok(Token::Float(1500.0)));
        check(b"\"a\\u00e9\\ud83d\\ude00\\n\"", Ok(Token::String("aé😀\n".into())));
        check(b"\"\\ud800\"", Err(JsonError::Utf16));
        check(b"\"\\u00zz\"", Err(JsonError::Syntax));
        check(b"\"\\x\"", Err(JsonError::Syntax));
        check(b"\"a\nb\"", Err(JsonError::CtrlChar));
        check(b"\"\xff\"", Err(JsonError::Utf8));
        check(b"\xff", Err(JsonError::Utf8));
        check(b"nul", Err(JsonError::Syntax));
    }
}
