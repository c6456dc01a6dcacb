//! What PHP's scanner finds wrong inside of string literals while it hands out their tokens.
//!
//! The parser's scanner leaves the insides of literals to the parser, which decodes them once. After an error the order of
//! events counts, so here each token is checked as it comes.

use crate::error::Fault;
use crate::lexer::{Lexer, TextContext};
use crate::literal::{Indentation, unescape_double, without_line_end};
use crate::token::{Token, TokenKind};

/// The heredocs that are open.
#[derive(Default)]
pub(super) struct LiteralChecks {
    heredocs: Vec<(Indentation, bool)>,
}

impl LiteralChecks {
    /// Checks `token`, behind which `lexer` stands.
    pub(super) fn check(&mut self, token: Token, lexer: &Lexer<'_>) -> Result<(), (Fault, u32)> {
        let source = lexer.source();
        let text = token.text(source);
        match token.kind {
            TokenKind::ConstantEncapsedString => {
                let prefix = usize::from(!matches!(text[0], b'"' | b'\''));
                if text[prefix] == b'"' {
                    let start = prefix + 1;
                    check_escapes(&text[start..text.len() - 1], token.start + start as u32)?;
                }
            }
            TokenKind::StartHeredoc => {
                let indentation = heredoc_indentation(token, lexer)?;
                self.heredocs.push((indentation, text.contains(&b'\'')));
            }
            TokenKind::EndHeredoc => {
                self.heredocs.pop();
            }
            TokenKind::EncapsedAndWhitespace => match (lexer.text_context(), self.heredocs.last()) {
                (TextContext::Quoted, _) => check_escapes(text, token.start)?,
                (TextContext::Heredoc { last }, Some(&(indentation, raw))) => {
                    let text = if last { without_line_end(text) } else { text };
                    let line_start = matches!(source[token.start as usize - 1], b'\n' | b'\r');
                    let mut stripped = Vec::new();
                    indentation
                        .strip(text, line_start, last, &mut stripped)
                        .map_err(|(fault, at)| (fault, token.start + at as u32))?;
                    if !raw {
                        check_stripped_escapes(&stripped, text, token.start)?;
                    }
                }
                _ => {}
            },
            _ => {}
        }
        Ok(())
    }
}

/// Reads ahead to the closing label of the heredoc that `start` opens; without one
/// nothing is cut off.
fn heredoc_indentation(start: Token, lexer: &Lexer<'_>) -> Result<Indentation, (Fault, u32)> {
    let mut ahead = lexer.clone();
    let mut first = None;
    let mut depth = 1;
    loop {
        let token = ahead.next_significant();
        first.get_or_insert(token.kind);
        match token.kind {
            TokenKind::StartHeredoc => depth += 1,
            TokenKind::EndHeredoc => depth -= 1,
            // What is wrong there is found when it is reached.
            TokenKind::End | TokenKind::Error => return Ok(Indentation::default()),
            _ => {}
        }
        if depth == 0 {
            let Some(indentation) = Indentation::of_closing(token.text(lexer.source())) else {
                return Err((Fault::HeredocMixedIndentation, start.end));
            };
            let text_first = matches!(first, Some(TokenKind::EncapsedAndWhitespace | TokenKind::EndHeredoc));
            if indentation.len > 0 && !text_first {
                return Err((Fault::HeredocIndentation { expected: indentation.len as u32 }, start.end));
            }
            return Ok(indentation);
        }
    }
}

/// Decodes a text for its faults only.
fn check_escapes(text: &[u8], offset: u32) -> Result<(), (Fault, u32)> {
    if memchr::memchr(b'\\', text).is_none() {
        return Ok(());
    }
    unescape_double(text, None, &mut Vec::new(), &mut |_, _| {})
        .map_err(|(fault, at)| (fault, offset + at as u32))
}

/// The same for a text whose indentation is gone: it has the lines of `original`.
fn check_stripped_escapes(stripped: &[u8], original: &[u8], offset: u32) -> Result<(), (Fault, u32)> {
    check_escapes(stripped, 0).map_err(|(fault, at)| {
        let lines = memchr::memchr_iter(b'\n', &stripped[..at as usize]).count();
        let line_start = match lines {
            0 => 0,
            _ => memchr::memchr_iter(b'\n', original).nth(lines - 1).map_or(0, |newline| newline + 1),
        };
        (fault, offset + line_start as u32)
    })
}
