//! String literals and what stands in them.

use memchr::{memchr2, memchr3};

use super::number::{digits_len, prefixed_len};
use super::script::label_end;
use super::{Lexer, Mode};
use crate::token::{Token, TokenKind as T};

/// The bytes that may begin a name.
pub(crate) static LABEL_START: [bool; 256] = label_table(false);
/// The bytes that may go on a name.
pub(crate) static LABEL: [bool; 256] = label_table(true);

const fn label_table(digits: bool) -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        table[byte] = b.is_ascii_alphabetic() || b == b'_' || b >= 0x80 || (digits && b.is_ascii_digit());
        byte += 1;
    }
    table
}

/// An open heredoc or nowdoc.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heredoc {
    label: (u32, u32),
}

impl Lexer<'_> {
    /// A token inside of a string.
    pub(super) fn string_mode(&mut self) -> Token {
        match self.mode {
            Mode::DoubleQuotes => self.quoted_part(b'"', T::DoubleQuote),
            Mode::Backquote => self.quoted_part(b'`', T::Backquote),
            Mode::Heredoc => self.heredoc_part(),
            Mode::Nowdoc => self.nowdoc_part(),
            Mode::EndHeredoc => self.heredoc_end(),
            Mode::VarOffset => self.var_offset(),
            Mode::VarName => self.var_name(),
            Mode::Property => self.property(),
            Mode::Html | Mode::Script => self.next_token(),
        }
    }

    pub(super) fn single_quoted(&mut self, prefix: usize) -> Token {
        let start = self.pos;
        let mut at = start + prefix + 1;
        while let Some(found) = memchr2(b'\'', b'\\', self.src.get(at..).unwrap_or_default()) {
            at += found;
            if self.src[at] == b'\'' {
                self.pos = at + 1;
                return self.token(T::ConstantEncapsedString, start);
            }
            at += 2;
        }
        self.pos = self.src.len();
        self.token(T::EncapsedAndWhitespace, start)
    }

    /// A whole string when no variable stands in it, else its opening quote.
    pub(super) fn double_quoted(&mut self, prefix: usize) -> Token {
        let start = self.pos;
        let mut at = start + prefix + 1;
        // A brace before `from` was escaped or is not part of the string.
        let mut from = at;
        while let Some(found) = memchr3(b'"', b'\\', b'$', self.src.get(at..).unwrap_or_default()) {
            at += found;
            match self.src[at] {
                b'"' => {
                    self.pos = at + 1;
                    return self.token(T::ConstantEncapsedString, start);
                }
                b'\\' => {
                    at += 2;
                    from = at;
                }
                _ => {
                    if (at > from && self.src[at - 1] == b'{') || self.interpolates(at) {
                        break;
                    }
                    at += 1;
                }
            }
        }
        self.pos = start + prefix + 1;
        self.mode = Mode::DoubleQuotes;
        self.token(T::DoubleQuote, start)
    }

    /// Whether the `$` at `at` begins a variable or `${`.
    #[inline]
    fn interpolates(&self, at: usize) -> bool {
        self.src.get(at + 1).is_some_and(|&byte| byte == b'{' || LABEL_START[byte as usize])
    }

    /// A variable or the beginning of an expression at the current position of an interpolated string.
    fn interpolation(&mut self) -> Option<Token> {
        match (self.byte(0), self.byte(1)) {
            (b'$', b'{') => {
                self.open(b'{', self.mode, self.pos);
                self.mode = Mode::VarName;
                Some(self.take(T::DollarOpenCurlyBraces, 2))
            }
            (b'$', next) if LABEL_START[next as usize] => {
                let start = self.pos;
                let end = label_end(self.src, start + 1);
                self.pos = end;
                let property = match self.rest() {
                    [b'[', ..] => {
                        self.resume = self.mode;
                        self.mode = Mode::VarOffset;
                        return Some(self.token(T::Variable, start));
                    }
                    [b'-', b'>', next, ..] | [b'?', b'-', b'>', next, ..] => LABEL_START[*next as usize],
                    _ => false,
                };
                if property {
                    self.resume = self.mode;
                    self.mode = Mode::Property;
                }
                Some(self.token(T::Variable, start))
            }
            (b'{', b'$') => {
                self.open(b'{', self.mode, self.pos);
                self.mode = Mode::Script;
                Some(self.take(T::CurlyOpen, 1))
            }
            _ => None,
        }
    }

    fn quoted_part(&mut self, quote: u8, quote_kind: T) -> Token {
        let start = self.pos;
        if start >= self.src.len() {
            return self.end();
        }
        if self.byte(0) == quote {
            self.mode = Mode::Script;
            return self.take(quote_kind, 1);
        }
        if let Some(token) = self.interpolation() {
            return token;
        }
        let mut at = start;
        let mut from = start;
        self.pos = loop {
            let Some(found) = memchr3(quote, b'\\', b'$', self.src.get(at..).unwrap_or_default()) else {
                break self.src.len();
            };
            at += found;
            match self.src[at] {
                b'\\' => {
                    at += 2;
                    from = at;
                }
                b'$' => {
                    if at > from && self.src[at - 1] == b'{' {
                        break at - 1;
                    }
                    if self.interpolates(at) {
                        break at;
                    }
                    at += 1;
                }
                _ => break at,
            }
        };
        self.token(T::EncapsedAndWhitespace, start)
    }

    /// A heredoc's or nowdoc's start; `prefix` is 1 behind a `b`. `None` when it is a shift operator.
    pub(super) fn heredoc_start(&mut self, prefix: usize) -> Option<Token> {
        let start = self.pos;
        let mut at = start + prefix + 3;
        while matches!(self.src.get(at), Some(b' ' | b'\t')) {
            at += 1;
        }
        let quote = *self.src.get(at)?;
        let quoted = matches!(quote, b'\'' | b'"');
        at += usize::from(quoted);
        if !LABEL_START[*self.src.get(at)? as usize] {
            return None;
        }
        let label = (at as u32, label_end(self.src, at) as u32);
        at = label.1 as usize;
        if quoted {
            if self.src.get(at) != Some(&quote) {
                return None;
            }
            at += 1;
        }
        at += match self.src.get(at..)? {
            [b'\r', b'\n', ..] => 2,
            [b'\n' | b'\r', ..] => 1,
            _ => return None,
        };
        self.pos = at;
        self.heredocs.push(Heredoc { label });
        self.mode = if self.closing_label(at).is_some() {
            Mode::EndHeredoc
        } else if quote == b'\'' {
            Mode::Nowdoc
        } else {
            Mode::Heredoc
        };
        Some(self.token(T::StartHeredoc, start))
    }

    /// The offset behind the closing label of the innermost heredoc if the line that begins at `at` has it.
    fn closing_label(&self, at: usize) -> Option<usize> {
        let label = self.heredocs.last()?.label;
        let label = &self.src[label.0 as usize..label.1 as usize];
        let mut at = at;
        while matches!(self.src.get(at), Some(b' ' | b'\t')) {
            at += 1;
        }
        let end = at + label.len();
        // At the very end of the source PHP does not recognise the label.
        let next = *self.src.get(end)?;
        (&self.src[at..end] == label && !LABEL[next as usize]).then_some(end)
    }

    fn heredoc_end(&mut self) -> Token {
        let start = self.pos;
        if let Some(end) = self.closing_label(start) {
            self.pos = end;
        }
        self.heredocs.pop();
        self.mode = Mode::Script;
        self.token(T::EndHeredoc, start)
    }

    /// Steps over the line end at `at`; tells whether the closing label comes next.
    fn line_end(&self, at: usize) -> (usize, bool) {
        let next = at + if self.src[at] == b'\r' && self.src.get(at + 1) == Some(&b'\n') { 2 } else { 1 };
        (next, self.closing_label(next).is_some())
    }

    fn heredoc_part(&mut self) -> Token {
        let start = self.pos;
        if start >= self.src.len() {
            return self.end();
        }
        if let Some(token) = self.interpolation() {
            return token;
        }
        let mut at = start;
        self.pos = loop {
            match self.src.get(at) {
                None => break self.src.len(),
                Some(b'\n' | b'\r') => {
                    let (next, closes) = self.line_end(at);
                    at = next;
                    if closes {
                        self.mode = Mode::EndHeredoc;
                        break at;
                    }
                }
                Some(b'\\') => match self.src.get(at + 1) {
                    Some(b'\n' | b'\r') => at += 1,
                    Some(_) => at += 2,
                    None => at += 1,
                },
                Some(b'$') if self.interpolates(at) => break at,
                Some(b'{') if self.src.get(at + 1) == Some(&b'$') => break at,
                Some(_) => at += 1,
            }
        };
        self.token(T::EncapsedAndWhitespace, start)
    }

    fn nowdoc_part(&mut self) -> Token {
        let start = self.pos;
        if start >= self.src.len() {
            return self.end();
        }
        let mut at = start;
        self.pos = loop {
            let Some(found) = memchr2(b'\n', b'\r', &self.src[at..]) else { break self.src.len() };
            let (next, closes) = self.line_end(at + found);
            at = next;
            if closes {
                self.mode = Mode::EndHeredoc;
                break at;
            }
        };
        self.token(T::EncapsedAndWhitespace, start)
    }

    /// Behind `${`: a plain name, if `[` or `}` follows it.
    fn var_name(&mut self) -> Token {
        self.mode = Mode::Script;
        if LABEL_START[self.byte(0) as usize] {
            let start = self.pos;
            let end = label_end(self.src, start);
            if matches!(self.src.get(end), Some(b'[' | b'}')) {
                self.pos = end;
                return self.token(T::StringVarname, start);
            }
        }
        self.next_significant_or_trivia()
    }

    /// Hands over to PHP code inside of a string.
    fn next_significant_or_trivia(&mut self) -> Token {
        if self.strict { self.next_significant() } else { self.next_token() }
    }

    fn var_offset(&mut self) -> Token {
        let start = self.pos;
        let byte = match self.src.get(start) {
            None => return self.end(),
            Some(&byte) => byte,
        };
        match byte {
            b']' => {
                self.mode = self.resume;
                self.take(T::CloseBracket, 1)
            }
            b'0'..=b'9' => {
                let rest = self.rest();
                let len =
                    prefixed_len(rest).unwrap_or_else(|| digits_len(rest, |byte| byte.is_ascii_digit()));
                self.take(T::NumString, len)
            }
            b'$' if LABEL_START[self.byte(1) as usize] => {
                self.pos = label_end(self.src, start + 1);
                self.token(T::Variable, start)
            }
            b' ' | b'\n' | b'\t' | b'\r' | b'\\' | b'\'' | b'#' => {
                // What stands here cannot be an offset: PHP ends it with an empty string.
                self.mode = self.resume;
                self.token(T::EncapsedAndWhitespace, start)
            }
            _ if LABEL_START[byte as usize] => {
                self.pos = label_end(self.src, start);
                self.token(T::String, start)
            }
            // Brackets do not nest here: none of these is valid.
            _ => {
                let kind = std::str::from_utf8(&[byte]).ok().and_then(T::from_name);
                self.take(kind.unwrap_or(T::BadCharacter), 1)
            }
        }
    }
}
