//! From the bytes of string literals to what they mean: escapes and heredoc indentation.
//!
//! Offsets of faults are relative to the text that was handed in.

use crate::error::Fault;

/// A fault inside of a literal and its offset in the literal's text.
pub(crate) type LiteralFault = (Fault, usize);

/// Decodes the inside of a single-quoted string.
pub(crate) fn unescape_single(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        match rest.get(at + 1) {
            Some(&byte @ (b'\\' | b'\'')) => out.push(byte),
            Some(&byte) => out.extend_from_slice(&[b'\\', byte]),
            None => out.push(b'\\'),
        }
        rest = rest.get(at + 2..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
}

/// Decodes a piece of a double-quoted string, heredoc (`quote` is `None`) or backquoted command. Calls `overflow` with the
/// offset and text of octal escapes above `\377`.
pub(crate) fn unescape_double(
    text: &[u8],
    quote: Option<u8>,
    out: &mut Vec<u8>,
    overflow: &mut dyn FnMut(usize, &[u8]),
) -> Result<(), LiteralFault> {
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'\\', &text[at..]) {
        out.extend_from_slice(&text[at..at + found]);
        at += found;
        let Some(&byte) = text.get(at + 1) else {
            out.push(b'\\');
            return Ok(());
        };
        let mut len = 2;
        match byte {
            b'n' => out.push(b'\n'),
            b't' => out.push(b'\t'),
            b'r' => out.push(b'\r'),
            b'f' => out.push(0x0C),
            b'v' => out.push(0x0B),
            b'e' => out.push(0x1B),
            b'\\' | b'$' => out.push(byte),
            b'"' | b'`' if Some(byte) == quote => out.push(byte),
            b'x' | b'X' if text.get(at + 2).is_some_and(u8::is_ascii_hexdigit) => {
                let digits = &text[at + 2..];
                let count = digits.iter().take(2).take_while(|byte| byte.is_ascii_hexdigit()).count();
                out.push(digits[..count].iter().fold(0, |value, &digit| value << 4 | hex(digit) as u8));
                len = 2 + count;
            }
            b'u' if text.get(at + 2) == Some(&b'{') => {
                let digits = &text[at + 3..];
                let count = digits.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
                if count == 0 || digits.get(count) != Some(&b'}') {
                    return Err((Fault::InvalidCodepoint, at));
                }
                let value = digits[..count]
                    .iter()
                    .try_fold(0u32, |value, &digit| value.checked_mul(16)?.checked_add(hex(digit)))
                    .filter(|&value| value <= 0x10_FFFF)
                    .ok_or((Fault::CodepointTooLarge, at))?;
                push_utf8(value, out);
                len = 3 + count + 1;
            }
            b'0'..=b'7' => {
                let digits = &text[at + 1..];
                let count = digits.iter().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
                let value =
                    digits[..count].iter().fold(0u32, |value, &digit| value << 3 | u32::from(digit - b'0'));
                if value > 0xFF {
                    overflow(at, &digits[..count]);
                }
                out.push(value as u8);
                len = 1 + count;
            }
            _ => out.extend_from_slice(&[b'\\', byte]),
        }
        at += len;
    }
    out.extend_from_slice(&text[at..]);
    Ok(())
}

fn hex(digit: u8) -> u32 {
    (digit as char).to_digit(16).unwrap_or(0)
}

/// PHP writes surrogates as three bytes like any other code point, so `char` cannot be used.
fn push_utf8(value: u32, out: &mut Vec<u8>) {
    let tail = |shift: u32| 0x80 | (value >> shift & 0x3F) as u8;
    match value {
        0..0x80 => out.push(value as u8),
        0x80..0x800 => out.extend_from_slice(&[0xC0 | (value >> 6) as u8, tail(0)]),
        0x800..0x1_0000 => out.extend_from_slice(&[0xE0 | (value >> 12) as u8, tail(6), tail(0)]),
        _ => out.extend_from_slice(&[0xF0 | (value >> 18) as u8, tail(12), tail(6), tail(0)]),
    }
}

/// The indentation of a heredoc's closing label.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Indentation {
    /// The number of characters.
    pub len: usize,
    /// Whether they are tabs.
    pub tabs: bool,
}

impl Indentation {
    /// From the text of the closing token: white space and the label. `None` when tabs and spaces are mixed.
    pub(crate) fn of_closing(text: &[u8]) -> Option<Self> {
        let len = text.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let tabs = text[..len].iter().filter(|&&byte| byte == b'\t').count();
        (tabs == 0 || tabs == len).then_some(Self { len, tabs: tabs > 0 })
    }

    /// Removes the indentation from a piece of a heredoc. `line_start` tells whether the piece begins a line, `last`
    /// whether the closing label follows it (its line end is already cut off).
    pub(crate) fn strip(
        self,
        text: &[u8],
        line_start: bool,
        last: bool,
        out: &mut Vec<u8>,
    ) -> Result<(), LiteralFault> {
        if self.len == 0 {
            out.extend_from_slice(text);
            return Ok(());
        }
        let mut at = 0;
        if !line_start {
            at = next_line(text, 0).unwrap_or(text.len());
            out.extend_from_slice(&text[..at]);
            if at == text.len() && !ends_line(text) {
                return Ok(());
            }
        }
        loop {
            let next = next_line(text, at);
            let line = &text[at..next.unwrap_or(text.len())];
            let content = line.len() - line_end_len(line);
            let complete = next.is_some() || last;
            let mut skip = 0;
            // A line of white space may be shorter than the indentation.
            while skip < self.len && !(complete && skip == content) {
                match line.get(skip) {
                    Some(b' ') if self.tabs => return Err((Fault::HeredocMixedIndentation, at)),
                    Some(b'\t') if !self.tabs => return Err((Fault::HeredocMixedIndentation, at)),
                    Some(b' ' | b'\t') => skip += 1,
                    _ => return Err((Fault::HeredocIndentation { expected: self.len as u32 }, at)),
                }
            }
            out.extend_from_slice(&line[skip..]);
            match next {
                Some(next) => at = next,
                None => return Ok(()),
            }
        }
    }
}

/// The offset behind the next line end.
fn next_line(text: &[u8], from: usize) -> Option<usize> {
    let at = from + memchr::memchr2(b'\n', b'\r', &text[from..])?;
    Some(if text[at] == b'\r' && text.get(at + 1) == Some(&b'\n') { at + 2 } else { at + 1 })
}

fn ends_line(text: &[u8]) -> bool {
    line_end_len(text) > 0
}

fn line_end_len(text: &[u8]) -> usize {
    match text {
        [.., b'\r', b'\n'] => 2,
        [.., b'\n' | b'\r'] => 1,
        _ => 0,
    }
}

/// `text` without the line end that belongs to the closing label.
pub(crate) fn without_line_end(text: &[u8]) -> &[u8] {
    &text[..text.len() - line_end_len(text)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&[u8], Fault>) {
        let mut out = Vec::new();
        let result = unescape_double(text.as_bytes(), Some(b'"'), &mut out, &mut |_, _| {});
        assert_eq!(result.map(|()| &out[..]).map_err(|fault| fault.0), expected, "{text}");
    }

    #[test]
    fn escapes() {
        check(r"a\n\t\\\$\e", Ok(b"a\n\t\\$\x1B"));
        check(r#"\"\'\q\`"#, Ok(br#""\'\q\`"#));
        check(r"\x41\x4g\xg\X42", Ok(b"A\x04g\\xgB"));
        check(r"\101\0\777", Ok(b"A\0\xFF"));
        check(r"\u{e9}\u{1F600}\u{d800}\u", Ok(b"\xC3\xA9\xF0\x9F\x98\x80\xED\xA0\x80\\u"));
        check(r"\u{}", Err(Fault::InvalidCodepoint));
        check(r"\u{110000}", Err(Fault::CodepointTooLarge));
        check(r"\", Ok(br"\"));
    }

    fn check_strip(closing: &str, text: &str, expected: Result<&str, Fault>) {
        let indentation = Indentation::of_closing(closing.as_bytes()).unwrap();
        let mut out = Vec::new();
        let result = indentation.strip(text.as_bytes(), true, true, &mut out);
        assert_eq!(
            result.map(|()| String::from_utf8(out).unwrap()).map_err(|fault| fault.0),
            expected.map(Into::into)
        );
    }

    #[test]
    fn indentation() {
        check_strip("A", " a\nb", Ok(" a\nb"));
        check_strip("  A", "  a\n    b\n\n \n  c", Ok("a\n  b\n\n\nc"));
        check_strip("  A", "  a\n b", Err(Fault::HeredocIndentation { expected: 2 }));
        check_strip("  A", "\ta", Err(Fault::HeredocMixedIndentation));
        check_strip("\tA", "\ta\n", Ok("a\n"));
    }
}
