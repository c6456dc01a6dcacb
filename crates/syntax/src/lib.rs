//! Lexer, parser and arena AST of the PHP 8.4 language.
#![forbid(unsafe_code)]

pub mod ast;
mod line;

pub use line::{LineCursor, LineIndex};
mod error;
mod lalr;
mod lexer;
mod literal;
mod parser;
mod token;
pub use error::{ErrorKind, SyntaxError, SyntaxWarning};
#[doc(hidden)]
pub use lalr::accepts as grammar_accepts;
pub use lexer::Lexer;
pub use parser::{ParseOptions, ParseResult, parse};
pub use token::{Token, TokenKind, token_constants, token_name};
