//! Words syntax errors as PHP does.

use crate::error::{ErrorKind, SyntaxError};
use crate::parser::{ParseOptions, strict_lexer};
use crate::token::{Token, TokenKind};

/// The error of a source that the parser refused at `at`.
pub(crate) fn explain(source: &[u8], options: ParseOptions, at: Token) -> SyntaxError {
    let mut lexer = strict_lexer(source, options);
    let lines = crate::LineIndex::new(source);
    loop {
        let token = lexer.next_significant();
        if let Some((fault, offset)) = lexer.error() {
            return SyntaxError {
                kind: fault.kind(),
                message: fault.message().into_bytes(),
                line: lines.line(offset),
            };
        }
        if token.start >= at.start || token.kind == TokenKind::End {
            break;
        }
    }
    let mut message = b"syntax error, unexpected ".to_vec();
    match at.kind.fixed_text() {
        Some(text) => message.extend_from_slice(format!("token \"{text}\"").as_bytes()),
        None => message.extend_from_slice(at.kind.description().as_bytes()),
    }
    SyntaxError { kind: ErrorKind::Parse, message, line: lines.line(at.end) }
}
