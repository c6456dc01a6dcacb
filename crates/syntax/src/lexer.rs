//! The byte scanner: source bytes to PHP's exact tokens.
//!
//! One scanner serves the parser and ext/tokenizer. It keeps a mode (where PHP's has start conditions) and a stack of open
//! brackets; a bracket remembers the mode to return to, so that `"{$a}"` nests. Two ways of use:
//!
//! - **strict**, for the parser: brackets must match and literals must be valid, else the lexer yields
//!   [`TokenKind::Error`] and says why in [`Lexer::error`];
//! - lenient, for `token_get_all()`: anything goes, as there.
//!
//! **Invariant**: tokens are contiguous. In lenient mode concatenating their texts gives back the source.
//!
//! Line numbers are not tracked here: tokens carry offsets, and whoever wants a line asks [`LineIndex`](crate::LineIndex).

mod html;
mod keyword;
mod number;
mod script;
mod strings;

use phalanx_base::Span;

pub(crate) use number::{Number, number_value};
use strings::Heredoc;
pub(crate) use strings::{LABEL, LABEL_START};

use crate::error::Fault;
use crate::token::{Token, TokenKind};

/// What the next bytes are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mode {
    /// Text outside of PHP tags.
    Html,
    /// PHP code.
    Script,
    /// Behind `->`: keywords are plain names.
    Property,
    /// Behind `${` in a string.
    VarName,
    /// Between `[` and `]` of `"$a[0]"`.
    VarOffset,
    /// In a double-quoted string that has variables.
    DoubleQuotes,
    /// In backquotes.
    Backquote,
    /// In a heredoc.
    Heredoc,
    /// In a nowdoc.
    Nowdoc,
    /// At the closing label.
    EndHeredoc,
}

/// What the text token just read is part of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum TextContext {
    /// A double-quoted string or backquotes.
    Quoted,
    /// A heredoc or nowdoc; `last` when the closing label comes next.
    Heredoc { last: bool },
    /// None of these: a literal without end.
    None,
}

/// An open bracket.
#[derive(Clone, Copy, Debug)]
struct Bracket {
    pos: u32,
    open: u8,
    /// The mode behind the closing brace.
    resume: Mode,
}

/// The byte scanner.
#[derive(Clone)]
pub struct Lexer<'s> {
    src: &'s [u8],
    pos: usize,
    mode: Mode,
    /// The mode to return to from `Property` and `VarOffset`.
    resume: Mode,
    strict: bool,
    short_open_tag: bool,
    brackets: Vec<Bracket>,
    heredocs: Vec<Heredoc>,
    /// Why the last token is `Error`, and where.
    error: Option<(Fault, u32)>,
    /// The last doc comment; `(0, 0)` for none.
    doc: Span,
}

impl<'s> Lexer<'s> {
    /// A scanner over a whole file, which starts outside of PHP tags.
    pub fn new(src: &'s [u8], short_open_tag: bool) -> Self {
        assert!(u32::try_from(src.len()).is_ok_and(|len| len < u32::MAX), "a source is smaller than 4 GiB");
        Self {
            src,
            pos: 0,
            mode: Mode::Html,
            resume: Mode::Script,
            strict: false,
            short_open_tag,
            brackets: Vec::new(),
            heredocs: Vec::new(),
            error: None,
            doc: Span::default(),
        }
    }

    /// Begins inside of PHP tags, as `eval()` does.
    pub fn start_in_script(mut self) -> Self {
        self.mode = Mode::Script;
        self
    }

    /// Begins at `offset`, behind a `#!` line.
    pub(crate) fn start_at(mut self, offset: usize) -> Self {
        self.pos = offset;
        self
    }

    /// Checks brackets and literals.
    pub(crate) fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// Why the last token was [`TokenKind::Error`], and the offset whose line is to be reported.
    pub(crate) fn error(&self) -> Option<(Fault, u32)> {
        self.error
    }

    /// What the text token just read is part of.
    pub(crate) fn text_context(&self) -> TextContext {
        match self.mode {
            Mode::DoubleQuotes | Mode::Backquote => TextContext::Quoted,
            Mode::Heredoc | Mode::Nowdoc => TextContext::Heredoc { last: false },
            Mode::EndHeredoc => TextContext::Heredoc { last: true },
            _ => TextContext::None,
        }
    }

    /// The source.
    #[inline]
    pub fn source(&self) -> &'s [u8] {
        self.src
    }

    /// Takes the last doc comment, so that it documents one declaration only.
    #[inline]
    pub(crate) fn take_doc(&mut self) -> Option<Span> {
        let doc = std::mem::take(&mut self.doc);
        (doc.end != 0).then_some(doc)
    }

    /// The next token, white space and comments included.
    pub fn next_token(&mut self) -> Token {
        match self.mode {
            Mode::Script | Mode::Property => {
                let start = self.pos;
                if self.skip_white_space() {
                    return self.token(TokenKind::Whitespace, start);
                }
                if let Some(kind) = self.skip_comment() {
                    return self.token(kind, start);
                }
                self.significant()
            }
            Mode::Html => self.html(),
            _ => self.string_mode(),
        }
    }

    /// The next token that is not white space, comment or open tag.
    #[inline]
    pub fn next_significant(&mut self) -> Token {
        loop {
            if matches!(self.mode, Mode::Script | Mode::Property) {
                self.skip_white_space();
                match self.byte(0) {
                    b'/' | b'#' if self.skip_comment().is_some() => {
                        if self.error.is_some() {
                            return self.token(TokenKind::Error, self.pos);
                        }
                    }
                    _ => return self.significant(),
                }
            } else if self.mode == Mode::Html {
                let token = self.html();
                if token.kind != TokenKind::OpenTag {
                    return token;
                }
            } else {
                return self.string_mode();
            }
        }
    }

    /// What would be the next significant token; the scanner stays where it is. Only for places in PHP code.
    pub(crate) fn peek_significant(&mut self) -> Token {
        let (pos, mode, resume, doc) = (self.pos, self.mode, self.resume, self.doc);
        let (brackets, heredocs) = (self.brackets.len(), self.heredocs.len());
        let top = self.brackets.last().copied();
        let token = self.next_significant();
        (self.pos, self.mode, self.resume, self.doc) = (pos, mode, resume, doc);
        self.brackets.truncate(brackets);
        if self.brackets.len() < brackets {
            self.brackets.extend(top);
        }
        self.heredocs.truncate(heredocs);
        self.error = None;
        token
    }

    /// What is left of the source, as text outside of PHP code.
    pub(crate) fn rest_as_html(&mut self) -> Option<Token> {
        let start = self.pos;
        self.pos = self.src.len();
        self.mode = Mode::Html;
        (start < self.pos).then(|| self.token(TokenKind::InlineHtml, start))
    }

    /// Whether `text` stands behind the last token, white space and comments aside. Only for places in PHP code.
    #[inline]
    pub(crate) fn next_bytes_are(&self, text: &[u8]) -> bool {
        self.src[self.skip_trivia_from(self.pos)..].starts_with(text)
    }

    /// Whether `first` and then `second` stand behind the last token.
    pub(crate) fn next_bytes_are_then(&self, first: &[u8], second: &[u8]) -> bool {
        let at = self.skip_trivia_from(self.pos);
        self.src[at..].starts_with(first)
            && self.src[self.skip_trivia_from(at + first.len())..].starts_with(second)
    }

    fn significant(&mut self) -> Token {
        if self.mode == Mode::Property { self.property() } else { self.script() }
    }

    /// The byte `ahead` places on; 0 behind the end, which is no valid byte outside of strings and comments.
    #[inline(always)]
    fn byte(&self, ahead: usize) -> u8 {
        match self.src.get(self.pos + ahead) {
            Some(&byte) => byte,
            None => 0,
        }
    }

    /// The bytes from the current position on.
    #[inline(always)]
    fn rest(&self) -> &'s [u8] {
        &self.src[self.pos..]
    }

    #[inline(always)]
    fn token(&self, kind: TokenKind, start: usize) -> Token {
        Token { kind, start: start as u32, end: self.pos as u32 }
    }

    /// Consumes `len` bytes as one token.
    #[inline(always)]
    fn take(&mut self, kind: TokenKind, len: usize) -> Token {
        let start = self.pos;
        self.pos += len;
        self.token(kind, start)
    }

    /// Records an error, to be reported with the line of offset `at`.
    #[cold]
    fn fail(&mut self, fault: Fault, at: usize, start: usize) -> Token {
        self.error = Some((fault, at as u32));
        self.token(TokenKind::Error, start)
    }

    /// The end of the source, where strict mode wants all brackets closed.
    fn end(&mut self) -> Token {
        self.pos = self.src.len();
        if self.strict
            && let Some(&bracket) = self.brackets.last()
        {
            return self.unclosed(bracket, None, self.pos);
        }
        self.token(TokenKind::End, self.pos)
    }

    #[inline]
    fn open(&mut self, open: u8, resume: Mode, pos: usize) {
        self.brackets.push(Bracket { pos: pos as u32, open, resume });
    }

    /// A closing bracket at the current position, one byte long.
    #[inline]
    fn close(&mut self, close: u8, open: u8, kind: TokenKind) -> Token {
        let start = self.pos;
        self.pos += 1;
        if !self.strict {
            // As in PHP's tokenizer only braces nest.
            if close == b'}'
                && let Some(bracket) = self.brackets.pop()
            {
                self.mode = bracket.resume;
            }
            return self.token(kind, start);
        }
        match self.brackets.pop() {
            Some(bracket) if bracket.open == open => {
                self.mode = bracket.resume;
                self.token(kind, start)
            }
            Some(bracket) => self.unclosed(bracket, Some(close), start),
            None => self.fail(Fault::Unmatched { close }, start, start),
        }
    }

    #[cold]
    fn unclosed(&mut self, bracket: Bracket, close: Option<u8>, start: usize) -> Token {
        let lines = crate::LineIndex::new(self.src);
        let line = lines.line(bracket.pos);
        let line = (line != lines.line(start as u32)).then_some(line);
        self.fail(Fault::Unclosed { open: bracket.open, line, close }, start, start)
    }
}
