//! The scanner of ini files. What a token is depends on where it stands: before the equals sign, in a value, in an
//! offset, in quotes. The states and the rule that the longest match wins are PHP's own.

use super::Mode;

/// A token.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Section,
    Raw(Vec<u8>),
    Close,
    Offset(Vec<u8>),
    DollarCurly,
    VarName(Vec<u8>),
    /// `:-` in a variable.
    Fallback,
    CurlyClose,
    True,
    False,
    Null,
    Label(Vec<u8>),
    Constant(Vec<u8>),
    Number(Vec<u8>),
    Str(Vec<u8>),
    Whitespace(Vec<u8>),
    Quote,
    Quoted(Vec<u8>),
    /// An operator, an equals sign, or a byte that means nothing here.
    Byte(u8),
    EndOfLine,
    EndOfFile,
}

impl Token {
    /// What error messages call it.
    pub(super) fn name(&self) -> String {
        match self {
            Token::Section => "TC_SECTION".into(),
            Token::Raw(_) => "TC_RAW".into(),
            Token::Close => "']'".into(),
            Token::Offset(_) => "TC_OFFSET".into(),
            Token::DollarCurly => "TC_DOLLAR_CURLY".into(),
            Token::VarName(_) => "TC_VARNAME".into(),
            Token::Fallback => "TC_FALLBACK".into(),
            Token::CurlyClose => "'}'".into(),
            Token::True => "BOOL_TRUE".into(),
            Token::False => "BOOL_FALSE".into(),
            Token::Null => "NULL_NULL".into(),
            Token::Label(_) => "TC_LABEL".into(),
            Token::Constant(_) => "TC_CONSTANT".into(),
            Token::Number(_) => "TC_NUMBER".into(),
            Token::Str(_) => "TC_STRING".into(),
            Token::Whitespace(_) => "TC_WHITESPACE".into(),
            Token::Quote => "'\"'".into(),
            Token::Quoted(_) => "TC_QUOTED_STRING".into(),
            // A name that its line ends ends with the file, as PHP has it.
            Token::Byte(b'\n' | b'\r') => "end of file".into(),
            Token::Byte(byte) => format!("'{}'", byte.escape_ascii()),
            Token::EndOfLine => "END_OF_LINE".into(),
            Token::EndOfFile => "end of file".into(),
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Initial,
    SectionRaw,
    Section,
    Offset,
    Value,
    RawValue,
    Quotes,
    VarName,
}

pub(super) struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
    pub(super) line: u32,
    mode: Mode,
    state: State,
    outer: Vec<State>,
}

const TRUE_WORDS: [&[u8]; 3] = [b"true", b"on", b"yes"];
const FALSE_WORDS: [&[u8]; 4] = [b"false", b"off", b"none", b"no"];

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn is_label(byte: u8) -> bool {
    !b"=\n\r\t;&|^$~(){}!\"[]\0".contains(&byte)
}

fn is_constant_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

fn trim_blanks(text: &[u8]) -> &[u8] {
    let start = text.iter().position(|&b| !is_blank(b)).unwrap_or(text.len());
    let end = text.iter().rposition(|&b| !is_blank(b)).map_or(start, |last| last + 1);
    &text[start..end]
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a [u8], mode: Mode) -> Scanner<'a> {
        // A byte order mark is no part of the text.
        let at = if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        Scanner { text, at, line: 1, mode, state: State::Initial, outer: Vec::new() }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn rest(&self) -> &'a [u8] {
        &self.text[self.at..]
    }

    /// How many bytes from here fulfil the test.
    fn run(&self, test: impl Fn(u8) -> bool) -> usize {
        self.rest().iter().take_while(|&&byte| test(byte)).count()
    }

    fn take(&mut self, len: usize) -> &'a [u8] {
        let taken = &self.text[self.at..self.at + len];
        self.at += len;
        taken
    }

    /// Length of the line end that begins `at` bytes from here.
    fn newline(&self, at: usize) -> usize {
        match self.rest().get(at..) {
            Some([b'\r', b'\n', ..]) => 2,
            Some([b'\r' | b'\n', ..]) => 1,
            _ => 0,
        }
    }

    /// Blanks and a line end, or a comment up to the end of its line: the token that ends a value.
    fn end_of_line(&mut self, comments: bool) -> Option<Token> {
        let blanks = self.run(is_blank);
        let mut end = blanks + self.newline(blanks);
        if comments && self.rest().get(blanks) == Some(&b';') {
            let comment = self.rest()[blanks..].iter().take_while(|b| !matches!(b, b'\r' | b'\n')).count();
            end = blanks + comment + self.newline(blanks + comment);
        } else if end == blanks {
            return None;
        }
        self.at += end;
        self.line += 1;
        self.state = State::Initial;
        Some(Token::EndOfLine)
    }

    /// The reserved word that stands here, with the blanks behind it, if nothing longer does.
    fn reserved(&mut self, longest: usize) -> Option<Token> {
        let words = TRUE_WORDS.iter().map(|word| (*word, Token::True));
        let words = words.chain(FALSE_WORDS.iter().map(|word| (*word, Token::False)));
        for (word, token) in words.chain([(b"null".as_slice(), Token::Null)]) {
            if !self.rest().get(..word.len()).is_some_and(|text| text.eq_ignore_ascii_case(word)) {
                continue;
            }
            let len = word.len() + self.rest()[word.len()..].iter().take_while(|b| is_blank(**b)).count();
            if len >= longest {
                self.at += len;
                return Some(token);
            }
        }
        None
    }

    pub(super) fn next(&mut self) -> Token {
        match self.state {
            State::Initial => self.initial(),
            State::SectionRaw => self.section_raw(),
            State::Section | State::Offset => self.bracketed(),
            State::Value => self.value(),
            State::RawValue => self.raw_value(),
            State::Quotes => self.quotes(),
            State::VarName => self.var_name(),
        }
    }

    fn initial(&mut self) -> Token {
        loop {
            let Some(byte) = self.peek() else { return Token::EndOfFile };
            if byte == b'[' {
                self.at += 1;
                self.state = if self.mode == Mode::Raw { State::SectionRaw } else { State::Section };
                return Token::Section;
            }
            if let Some(end) = self.end_of_line(true) {
                return end;
            }
            let blanks = self.run(is_blank);
            if self.rest().get(blanks) == Some(&b'=') {
                self.at += blanks + 1;
                self.at += self.run(is_blank);
                self.state = if self.mode == Mode::Raw { State::RawValue } else { State::Value };
                return Token::Byte(b'=');
            }
            let label = self.run(is_label);
            if self.rest().get(label) == Some(&b'[') {
                let name = trim_blanks(self.take(label)).to_vec();
                self.at += 1;
                self.at += self.run(is_blank);
                self.state = State::Offset;
                return Token::Offset(name);
            }
            if let Some(word) = self.reserved(label) {
                return word;
            }
            if label > blanks {
                return Token::Label(trim_blanks(self.take(label)).to_vec());
            }
            if blanks > 0 {
                self.at += blanks;
                continue;
            }
            self.at += 1;
            return Token::Byte(byte);
        }
    }

    fn section_end(&mut self) -> Token {
        self.at += 1;
        let blanks = self.run(is_blank);
        self.at += blanks + self.newline(blanks);
        self.line += 1;
        self.state = State::Initial;
        Token::Close
    }

    fn section_raw(&mut self) -> Token {
        match self.peek() {
            None => Token::EndOfFile,
            Some(b']') => self.section_end(),
            Some(b'\n' | b'\r') => {
                self.at += 1;
                Token::Byte(b'\n')
            }
            Some(_) => {
                let len = self.run(|byte| !matches!(byte, b']' | b'\n' | b'\r'));
                Token::Raw(self.take(len).to_vec())
            }
        }
    }

    /// A section's name, or an offset.
    fn bracketed(&mut self) -> Token {
        let blanks = self.run(is_blank);
        let section = self.state == State::Section;
        match self.rest().get(blanks) {
            None if blanks == 0 => return Token::EndOfFile,
            Some(b']') if section && blanks == 0 => return self.section_end(),
            Some(b']') if !section => {
                self.at += blanks + 1;
                self.state = State::Initial;
                return Token::Close;
            }
            Some(b'"') => {
                self.at += blanks + 1;
                self.enter(State::Quotes);
                return Token::Quote;
            }
            _ if blanks > 0 => return Token::Whitespace(self.take(blanks).to_vec()),
            _ => {}
        }
        if let Some(token) = self.quoted_or_variable() {
            return token;
        }
        let mut len = 0;
        while let Some(&byte) = self.rest().get(len) {
            len += match byte {
                b'\\' if self.rest().len() > len + 1 => 2,
                b'$' if self.rest().get(len + 1) != Some(&b'{') => 1,
                b'$' | b'\n' | b'\r' | b';' | b'"' | b'\'' | b']' | b'\\' => break,
                _ => 1,
            };
        }
        self.word(len)
    }

    /// A constant, a number, or any text of `len` bytes; whichever is longest.
    fn word(&mut self, len: usize) -> Token {
        let constant = match self.peek() {
            Some(first) if is_constant_start(first) => self.run(|b| b.is_ascii_alphanumeric() || b == b'_'),
            _ => 0,
        };
        let number = self.number();
        if constant > 0 && constant >= len {
            Token::Constant(self.take(constant).to_vec())
        } else if number > 0 && number >= len {
            Token::Number(self.take(number).to_vec())
        } else if len > 0 {
            Token::Str(self.take(len).to_vec())
        } else {
            let byte = self.rest()[0];
            self.at += 1;
            Token::Byte(byte)
        }
    }

    /// Length of the number here.
    fn number(&self) -> usize {
        let rest = self.rest();
        let sign = usize::from(rest.first() == Some(&b'-'));
        let whole = rest[sign..].iter().take_while(|b| b.is_ascii_digit()).count();
        let point = sign + whole;
        if rest.get(point) != Some(&b'.') {
            return if whole > 0 { point } else { 0 };
        }
        let fraction = rest[point + 1..].iter().take_while(|b| b.is_ascii_digit()).count();
        if whole + fraction > 0 { point + 1 + fraction } else { 0 }
    }

    fn enter(&mut self, state: State) {
        self.outer.push(self.state);
        self.state = state;
    }

    fn leave(&mut self) {
        self.state = self.outer.pop().unwrap_or(State::Initial);
    }

    /// A string in single quotes, or the start of a variable.
    fn quoted_or_variable(&mut self) -> Option<Token> {
        if self.rest().starts_with(b"${") {
            self.at += 2;
            self.enter(State::VarName);
            return Some(Token::DollarCurly);
        }
        if self.peek() == Some(b'\'') {
            let end = self.rest()[1..].iter().position(|&byte| byte == b'\'')?;
            let quoted = &self.take(end + 2)[1..end + 1];
            self.line += quoted.iter().filter(|&&byte| byte == b'\n').count() as u32;
            return Some(Token::Raw(quoted.to_vec()));
        }
        None
    }

    fn value(&mut self) -> Token {
        if let Some(end) = self.end_of_line(true) {
            return end;
        }
        let blanks = self.run(is_blank);
        match self.rest().get(blanks) {
            None if blanks == 0 => return Token::EndOfFile,
            Some(b'"') => {
                self.at += blanks + 1;
                self.enter(State::Quotes);
                return Token::Quote;
            }
            Some(&byte @ (b'&' | b'|' | b'^' | b'~' | b'(' | b')' | b'!')) => {
                self.at += blanks + 1;
                self.at += self.run(is_blank);
                return Token::Byte(byte);
            }
            Some(b'=') => {
                self.at += blanks + 1;
                self.at += self.run(is_blank);
                return Token::Byte(b'=');
            }
            _ if blanks > 0 => return Token::Whitespace(self.take(blanks).to_vec()),
            _ => {}
        }
        if let Some(token) = self.quoted_or_variable() {
            return token;
        }
        let mut len = 0;
        while let Some(&byte) = self.rest().get(len) {
            len += match byte {
                b'$' if self.rest().get(len + 1) != Some(&b'{') => 1,
                b'$' => break,
                _ if b"= \t\n\r;&|^~()!\"\0".contains(&byte) => break,
                _ => 1,
            };
        }
        match self.reserved(len) {
            Some(word) => word,
            None => self.word(len),
        }
    }

    fn raw_value(&mut self) -> Token {
        if let Some(end) = self.end_of_line(true) {
            return end;
        }
        if self.peek().is_none() {
            return Token::EndOfFile;
        }
        self.at += self.run(is_blank);
        let line = self.run(|byte| !matches!(byte, b'\n' | b'\r'));
        let text = &self.rest()[..line];
        let quoted = text.first() == Some(&b'"');
        // A comment begins at the first semicolon; in a value that begins with a quote, behind the last quote.
        let from = if quoted { text.iter().rposition(|&byte| byte == b'"').unwrap_or(0) } else { 0 };
        let end = text[from..].iter().position(|&byte| byte == b';').map_or(line, |at| from + at);
        self.at += end;
        let value = &text[..end];
        let trimmed = &value[..value.iter().rposition(|&b| !is_blank(b)).map_or(0, |last| last + 1)];
        match trimmed {
            [b'"', inner @ .., b'"'] => Token::Raw(inner.to_vec()),
            _ => Token::Raw(trimmed.to_vec()),
        }
    }

    fn quotes(&mut self) -> Token {
        match self.peek() {
            None => return Token::EndOfFile,
            Some(b'"') => {
                self.at += 1;
                self.at += self.run(is_blank);
                self.leave();
                return Token::Quote;
            }
            Some(b'$') if self.rest().starts_with(b"${") => {
                self.at += 2;
                self.enter(State::VarName);
                return Token::DollarCurly;
            }
            Some(_) => {}
        }
        let mut text = Vec::new();
        while let Some(byte) = self.peek() {
            match (byte, self.rest().get(1)) {
                (b'"', _) | (b'$', Some(b'{')) => break,
                (b'\\', Some(&next @ (b'"' | b'\\'))) => {
                    text.push(next);
                    self.at += 1;
                }
                _ => text.push(byte),
            }
            if byte == b'\n' {
                self.line += 1;
            }
            self.at += 1;
        }
        Token::Quoted(text)
    }

    fn var_name(&mut self) -> Token {
        if self.rest().starts_with(b":-") {
            self.at += 2;
            self.state = State::Value;
            return Token::Fallback;
        }
        match self.peek() {
            None => Token::EndOfFile,
            Some(b'}') => {
                self.at += 1;
                self.leave();
                Token::CurlyClose
            }
            Some(byte) => {
                let len = self.rest().iter().enumerate();
                let len =
                    len.take_while(|&(at, &b)| is_label(b) && !self.rest()[at..].starts_with(b":-")).count();
                if len == 0 {
                    self.at += 1;
                    return Token::Byte(byte);
                }
                Token::VarName(self.take(len).to_vec())
            }
        }
    }

    /// The text of a variable's fallback, up to the brace that ends it.
    pub(super) fn fallback(&mut self) -> Vec<u8> {
        let len = self.run(|byte| !matches!(byte, b'}' | b'\n' | b'\r'));
        let text = self.take(len).to_vec();
        self.state = State::VarName;
        text
    }
}
