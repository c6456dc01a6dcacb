//! What PHP's scanner finds wrong inside of string literals while it hands out their tokens.
//!
//! The parser's scanner leaves the insides of literals to the parser, which decodes them once. After an error the order of
//! events counts, so here each token is checked as it comes.

use std::collections::HashMap;

use crate::error::Fault;
use crate::lexer::{Lexer, TextContext};
use crate::literal::{Indentation, unescape_double, without_line_end};
use crate::token::{Token, TokenKind};

/// What is known of heredocs.
#[derive(Default)]
pub(super) struct LiteralChecks {
    /// Those that are open: their indentation, and whether they are nowdocs.
    heredocs: Vec<(Indentation, bool)>,
    /// Those that were found by reading ahead, by their offset.
    ahead: HashMap<u32, Result<Indentation, Fault>>,
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
                if !self.ahead.contains_key(&token.start) {
                    self.read_ahead(token, lexer);
                }
                let known = self.ahead.remove(&token.start).unwrap_or(Ok(Indentation::default()));
                let indentation = known.map_err(|fault| (fault, token.end))?;
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

    /// Reads ahead to the closing label of the heredoc that `start` opens, and notes the indentation of this one and of all
    /// that are nested in it. Without a closing label nothing is cut off.
    fn read_ahead(&mut self, start: Token, lexer: &Lexer<'_>) {
        let mut lexer = lexer.clone();
        // Each with the kind of its first token, once that is known.
        let mut open: Vec<(u32, Option<TokenKind>)> = vec![(start.start, None)];
        while let Some(innermost) = open.last_mut() {
            let token = lexer.next_significant();
            innermost.1.get_or_insert(token.kind);
            match token.kind {
                TokenKind::StartHeredoc => open.push((token.start, None)),
                TokenKind::EndHeredoc => {
                    let Some((offset, first)) = open.pop() else { return };
                    self.ahead.insert(offset, indentation(token.text(lexer.source()), first));
                }
                // What is wrong there is found when it is reached.
                TokenKind::End | TokenKind::Error => {
                    let rest = open.drain(..).map(|(offset, _)| (offset, Ok(Indentation::default())));
                    return self.ahead.extend(rest);
                }
                _ => {}
            }
        }
    }
}

/// The indentation that a closing label asks for. The first line is checked here when it does not begin with text.
fn indentation(closing: &[u8], first: Option<TokenKind>) -> Result<Indentation, Fault> {
    let indentation = Indentation::of_closing(closing).ok_or(Fault::HeredocMixedIndentation)?;
    let text_first = matches!(first, Some(TokenKind::EncapsedAndWhitespace | TokenKind::EndHeredoc));
    if indentation.len > 0 && !text_first {
        return Err(Fault::HeredocIndentation { expected: indentation.len as u32 });
    }
    Ok(indentation)
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
