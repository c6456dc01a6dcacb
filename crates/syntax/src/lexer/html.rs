//! Text outside of PHP tags, and the tags.

use memchr::memchr;

use super::{Lexer, Mode};
use crate::token::{Token, TokenKind};

impl Lexer<'_> {
    /// A token outside of PHP code.
    pub(super) fn html(&mut self) -> Token {
        let start = self.pos;
        if start >= self.src.len() {
            return self.end();
        }
        let mut from = start + 1;
        while let Some(found) = memchr(b'?', self.src.get(from..).unwrap_or_default()) {
            from += found + 1;
            let at = from - 2;
            if self.src[at] != b'<' {
                continue;
            }
            if let Some((kind, len)) = self.open_tag(at) {
                if at > start {
                    self.pos = at;
                    return self.token(TokenKind::InlineHtml, start);
                }
                self.mode = Mode::Script;
                return self.take(kind, len);
            }
        }
        self.pos = self.src.len();
        self.token(TokenKind::InlineHtml, start)
    }

    /// The kind and length of the open tag at `at`, where `<?` stands.
    fn open_tag(&self, at: usize) -> Option<(TokenKind, usize)> {
        let rest = &self.src[at + 2..];
        if rest.first() == Some(&b'=') {
            // For the parser it is `echo`.
            return Some((if self.strict { TokenKind::Echo } else { TokenKind::OpenTagWithEcho }, 3));
        }
        if rest.get(..3).is_some_and(|word| word.eq_ignore_ascii_case(b"php")) {
            match &rest[3..] {
                [] => return Some((TokenKind::OpenTag, 5)),
                [b'\r', b'\n', ..] => return Some((TokenKind::OpenTag, 7)),
                [b' ' | b'\t' | b'\n' | b'\r', ..] => return Some((TokenKind::OpenTag, 6)),
                _ => {}
            }
        }
        self.short_open_tag.then_some((TokenKind::OpenTag, 2))
    }
}
