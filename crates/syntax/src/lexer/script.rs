//! Tokens of PHP code: white space, comments, names, operators.

use memchr::{memchr, memchr2, memchr3};
use phalanx_base::Span;

use super::{LABEL, LABEL_START, Lexer, Mode, keyword};
use crate::error::Fault;
use crate::token::{Token, TokenKind as T};

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// The offset behind the label that starts at `from`.
#[inline(always)]
pub(super) fn label_end(src: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(&byte) = src.get(at) {
        if !LABEL[byte as usize] {
            break;
        }
        at += 1;
    }
    at
}

impl Lexer<'_> {
    /// Skips spaces and line ends; tells whether there were any.
    #[inline(always)]
    pub(super) fn skip_white_space(&mut self) -> bool {
        let start = self.pos;
        while let Some(&byte) = self.src.get(self.pos) {
            if !is_space(byte) {
                break;
            }
            self.pos += 1;
        }
        self.pos > start
    }

    /// Skips one comment and tells which kind it was.
    pub(super) fn skip_comment(&mut self) -> Option<T> {
        match (self.byte(0), self.byte(1)) {
            // Behind `->` there are no attributes.
            (b'#', b'[') if self.mode == Mode::Script => None,
            (b'#', _) | (b'/', b'/') => {
                self.pos = self.line_comment_end(self.pos + 1);
                Some(T::Comment)
            }
            (b'/', b'*') => {
                let start = self.pos;
                let is_doc = self.byte(2) == b'*' && is_space(self.byte(3)) && self.src.len() > start + 3;
                match self.block_comment_end(start) {
                    Some(end) => self.pos = end,
                    None => {
                        self.pos = self.src.len();
                        if self.strict {
                            let line = crate::LineIndex::new(self.src).line(start as u32);
                            self.error = Some((Fault::UnterminatedComment { line }, start as u32));
                        }
                    }
                }
                if is_doc {
                    self.doc = Span::new(start as u32, self.pos as u32);
                }
                Some(if is_doc { T::DocComment } else { T::Comment })
            }
            _ => None,
        }
    }

    /// The offset behind `*/` of the comment that starts at `start`. Slashes are rarer in comments than asterisks.
    fn block_comment_end(&self, start: usize) -> Option<usize> {
        let mut at = start + 3;
        loop {
            at += memchr(b'/', self.src.get(at..)?)? + 1;
            if self.src[at - 2] == b'*' {
                return Some(at);
            }
        }
    }

    /// Where a one-line comment ends: before the line end or `?>`.
    fn line_comment_end(&self, from: usize) -> usize {
        let mut at = from;
        while let Some(found) = memchr3(b'\n', b'\r', b'?', &self.src[at..]) {
            at += found;
            if self.src[at] != b'?' || self.src.get(at + 1) == Some(&b'>') {
                return at;
            }
            at += 1;
        }
        self.src.len()
    }

    /// A token behind `->`.
    pub(super) fn property(&mut self) -> Token {
        match self.byte(0) {
            b'-' if self.byte(1) == b'>' => self.take(T::ObjectOperator, 2),
            b'?' if self.byte(1) == b'-' && self.byte(2) == b'>' => self.take(T::NullsafeObjectOperator, 3),
            byte => {
                self.mode = self.resume;
                if LABEL_START[byte as usize] {
                    let start = self.pos;
                    self.pos = label_end(self.src, start);
                    return self.token(T::String, start);
                }
                if self.mode == Mode::Script { self.script() } else { self.string_mode() }
            }
        }
    }

    /// A token that is neither white space nor comment, in PHP code.
    #[inline]
    pub(super) fn script(&mut self) -> Token {
        let byte = self.byte(0);
        match byte {
            b'$' => {
                if LABEL_START[self.byte(1) as usize] {
                    let start = self.pos;
                    self.pos = label_end(self.src, start + 1);
                    self.token(T::Variable, start)
                } else {
                    self.take(T::Dollar, 1)
                }
            }
            b'b' | b'B' => match self.byte(1) {
                b'"' => self.double_quoted(1),
                b'\'' => self.single_quoted(1),
                b'<' if self.byte(2) == b'<' && self.byte(3) == b'<' => {
                    self.heredoc_start(1).unwrap_or_else(|| self.name())
                }
                _ => self.name(),
            },
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => self.name(),
            b'0'..=b'9' => self.number(),
            b'\'' => self.single_quoted(0),
            b'"' => self.double_quoted(0),
            b';' => self.take(T::Semicolon, 1),
            b',' => self.take(T::Comma, 1),
            b'(' => self.open_paren(),
            b')' => self.close(b')', b'(', T::CloseParen),
            b'[' => self.open_bracket(T::OpenBracket, 1),
            b']' => self.close(b']', b'[', T::CloseBracket),
            b'{' => {
                self.open(b'{', Mode::Script, self.pos);
                self.take(T::OpenBrace, 1)
            }
            b'}' => {
                self.doc = Span::default();
                self.close(b'}', b'{', T::CloseBrace)
            }
            _ => self.operator(byte),
        }
    }

    fn operator(&mut self, byte: u8) -> Token {
        let (second, third) = (self.byte(1), self.byte(2));
        let (kind, len) = match byte {
            b'=' => match (second, third) {
                (b'=', b'=') => (T::IsIdentical, 3),
                (b'=', _) => (T::IsEqual, 2),
                (b'>', _) => (T::DoubleArrow, 2),
                _ => (T::Equals, 1),
            },
            b'-' => match second {
                b'>' => {
                    self.resume = Mode::Script;
                    self.mode = Mode::Property;
                    (T::ObjectOperator, 2)
                }
                b'=' => (T::MinusEqual, 2),
                b'-' => (T::Dec, 2),
                _ => (T::Minus, 1),
            },
            b'.' => match (second, third) {
                (b'0'..=b'9', _) => return self.number(),
                (b'=', _) => (T::ConcatEqual, 2),
                (b'.', b'.') => (T::Ellipsis, 3),
                _ => (T::Dot, 1),
            },
            b':' => match second {
                b':' => (T::DoubleColon, 2),
                _ => (T::Colon, 1),
            },
            b'?' => match (second, third) {
                (b'>', _) => return self.close_tag(),
                (b'?', b'=') => (T::CoalesceEqual, 3),
                (b'?', _) => (T::Coalesce, 2),
                (b'-', b'>') => {
                    self.resume = Mode::Script;
                    self.mode = Mode::Property;
                    (T::NullsafeObjectOperator, 3)
                }
                _ => (T::Question, 1),
            },
            b'&' => match second {
                b'&' => (T::BooleanAnd, 2),
                b'=' => (T::AndEqual, 2),
                _ => (self.ampersand(), 1),
            },
            b'|' => match second {
                b'|' => (T::BooleanOr, 2),
                b'=' => (T::OrEqual, 2),
                _ => (T::Bar, 1),
            },
            b'!' => match (second, third) {
                (b'=', b'=') => (T::IsNotIdentical, 3),
                (b'=', _) => (T::IsNotEqual, 2),
                _ => (T::Exclamation, 1),
            },
            b'<' => match (second, third) {
                (b'<', b'<') => {
                    if let Some(token) = self.heredoc_start(0) {
                        return token;
                    }
                    (T::Sl, 2)
                }
                (b'<', b'=') => (T::SlEqual, 3),
                (b'<', _) => (T::Sl, 2),
                (b'=', b'>') => (T::Spaceship, 3),
                (b'=', _) => (T::IsSmallerOrEqual, 2),
                (b'>', _) => (T::IsNotEqual, 2),
                _ => (T::Less, 1),
            },
            b'>' => match (second, third) {
                (b'>', b'=') => (T::SrEqual, 3),
                (b'>', _) => (T::Sr, 2),
                (b'=', _) => (T::IsGreaterOrEqual, 2),
                _ => (T::Greater, 1),
            },
            b'+' => match second {
                b'+' => (T::Inc, 2),
                b'=' => (T::PlusEqual, 2),
                _ => (T::Plus, 1),
            },
            b'*' => match (second, third) {
                (b'*', b'=') => (T::PowEqual, 3),
                (b'*', _) => (T::Pow, 2),
                (b'=', _) => (T::MulEqual, 2),
                _ => (T::Star, 1),
            },
            b'/' => match second {
                b'=' => (T::DivEqual, 2),
                _ => (T::Slash, 1),
            },
            b'%' => match second {
                b'=' => (T::ModEqual, 2),
                _ => (T::Percent, 1),
            },
            b'^' => match second {
                b'=' => (T::XorEqual, 2),
                _ => (T::Caret, 1),
            },
            b'\\' => {
                if LABEL_START[second as usize] {
                    let start = self.pos;
                    self.pos = self.namespaced_end(start);
                    return self.token(T::NameFullyQualified, start);
                }
                (T::NsSeparator, 1)
            }
            // Comments were skipped, so this is an attribute.
            b'#' => return self.open_bracket(T::Attribute, 2),
            b'~' => (T::Tilde, 1),
            b'@' => (T::At, 1),
            b'`' => {
                self.mode = Mode::Backquote;
                (T::Backquote, 1)
            }
            _ if self.pos >= self.src.len() => return self.end(),
            _ => (T::BadCharacter, 1),
        };
        self.take(kind, len)
    }

    #[inline]
    fn open_bracket(&mut self, kind: T, len: usize) -> Token {
        if self.strict {
            self.open(b'[', Mode::Script, self.pos);
        }
        self.take(kind, len)
    }

    fn close_tag(&mut self) -> Token {
        self.mode = Mode::Html;
        let len = match (self.byte(2), self.byte(3)) {
            (b'\r', b'\n') => 4,
            (b'\n' | b'\r', _) => 3,
            _ => 2,
        };
        // For the parser a closing tag is a semicolon.
        self.take(if self.strict { T::Semicolon } else { T::CloseTag }, len)
    }

    /// Which of the two ampersands stands here.
    fn ampersand(&self) -> T {
        let at = self.skip_trivia_from(self.pos + 1);
        match &self.src[at..] {
            [b'$', ..] | [b'.', b'.', b'.', ..] => T::AmpersandVar,
            _ => T::Ampersand,
        }
    }

    /// The offset of the first byte at or behind `from` that is neither white space nor comment.
    pub(super) fn skip_trivia_from(&self, from: usize) -> usize {
        let mut at = from;
        loop {
            match self.src.get(at) {
                Some(&byte) if is_space(byte) => at += 1,
                Some(b'#') if self.src.get(at + 1) != Some(&b'[') => {
                    match memchr2(b'\n', b'\r', &self.src[at..]) {
                        Some(found) => at += found,
                        None => return self.src.len(),
                    }
                }
                Some(b'/') => match self.src.get(at + 1) {
                    Some(b'/') => match memchr2(b'\n', b'\r', &self.src[at..]) {
                        Some(found) => at += found,
                        None => return self.src.len(),
                    },
                    Some(b'*') => match self.block_comment_end(at) {
                        Some(end) => at = end,
                        None => return at,
                    },
                    _ => return at,
                },
                _ => return at,
            }
        }
    }

    /// `(`, or a cast.
    #[inline]
    fn open_paren(&mut self) -> Token {
        if let Some((kind, len, removed)) = self.cast() {
            let token = self.take(kind, len);
            if removed && self.strict {
                return self.fail(Fault::RealCast, token.start as usize, token.start as usize);
            }
            return token;
        }
        if self.strict {
            self.open(b'(', Mode::Script, self.pos);
        }
        self.take(T::OpenParen, 1)
    }

    /// The kind and length of the cast at the current position, and whether it is one that PHP has removed.
    #[inline]
    fn cast(&self) -> Option<(T, usize, bool)> {
        let rest = self.rest();
        let blanks =
            |from: usize| rest[from..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let start = 1 + blanks(1);
        if !rest.get(start)?.is_ascii_alphabetic() {
            return None;
        }
        let word = rest[start..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        if !(3..=7).contains(&word) {
            return None;
        }
        let end = start + word + blanks(start + word);
        if rest.get(end) != Some(&b')') {
            return None;
        }
        let mut lower = [0; 7];
        lower[..word].copy_from_slice(&rest[start..start + word]);
        lower.make_ascii_lowercase();
        let kind = match &lower[..word] {
            b"int" | b"integer" => T::IntCast,
            b"float" | b"double" | b"real" => T::DoubleCast,
            b"string" | b"binary" => T::StringCast,
            b"array" => T::ArrayCast,
            b"object" => T::ObjectCast,
            b"bool" | b"boolean" => T::BoolCast,
            b"unset" => T::UnsetCast,
            _ => return None,
        };
        Some((kind, end + 1, &lower[..word] == b"real"))
    }

    /// The end of `(\label)*` from `from`, where a backslash may stand.
    fn namespaced_end(&self, from: usize) -> usize {
        let mut at = from;
        while self.src.get(at) == Some(&b'\\')
            && self.src.get(at + 1).is_some_and(|&byte| LABEL_START[byte as usize])
        {
            at = label_end(self.src, at + 1);
        }
        at
    }

    /// A keyword or name.
    #[inline]
    fn name(&mut self) -> Token {
        let start = self.pos;
        let end = label_end(self.src, start + 1);
        self.pos = end;
        if self.byte(0) == b'\\' && LABEL_START[self.byte(1) as usize] {
            self.pos = self.namespaced_end(end);
            let relative = self.src[start..end].eq_ignore_ascii_case(b"namespace");
            return self.token(if relative { T::NameRelative } else { T::NameQualified }, start);
        }
        match keyword::lookup(&self.src[start..end]) {
            None => self.token(T::String, start),
            Some(kind) => self.keyword(kind, start),
        }
    }

    #[inline]
    fn keyword(&mut self, kind: T, start: usize) -> Token {
        let kind = match kind {
            T::Yield => self.yield_from(),
            T::Enum => self.enum_or_name(),
            T::Public => self.with_set(T::Public, T::PublicSet),
            T::Protected => self.with_set(T::Protected, T::ProtectedSet),
            T::Private => self.with_set(T::Private, T::PrivateSet),
            kind => kind,
        };
        self.token(kind, start)
    }

    /// `public(set)` and its relatives are one token.
    fn with_set(&mut self, plain: T, set: T) -> T {
        if self.rest().get(..5).is_some_and(|text| text.eq_ignore_ascii_case(b"(set)")) {
            self.pos += 5;
            set
        } else {
            plain
        }
    }

    /// `yield from` is one token, whatever white space and comments lie between.
    fn yield_from(&mut self) -> T {
        let at = self.skip_trivia_from(self.pos);
        if at > self.pos
            && self.src[at..].get(..4).is_some_and(|text| text.eq_ignore_ascii_case(b"from"))
            && !self.src.get(at + 4).is_some_and(|&byte| LABEL[byte as usize])
        {
            self.pos = at + 4;
            return T::YieldFrom;
        }
        T::Yield
    }

    /// `enum` is a keyword only before a name other than `extends` and `implements`.
    fn enum_or_name(&self) -> T {
        let at = self.skip_trivia_from(self.pos);
        if at == self.pos || !self.src.get(at).is_some_and(|&byte| LABEL_START[byte as usize]) {
            return T::String;
        }
        let word = &self.src[at..];
        for other in [&b"extends"[..], b"implements"] {
            if word.get(..other.len()).is_some_and(|text| text.eq_ignore_ascii_case(other)) {
                return T::String;
            }
        }
        T::Enum
    }
}
