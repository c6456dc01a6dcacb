//! Lexer, parser and arena AST of the PHP 8.4 language.
//!
//! [`parse`] turns source bytes into an [`ast::Ast`] or into PHP's own error; [`tokenize`] hands out the exact tokens of
//! `token_get_all()`; [`export_expr`] prints an expression as PHP's assertions do; [`LineIndex`] turns the offsets that all
//! of them use into line numbers.
#![forbid(unsafe_code)]

pub mod ast;
mod error;
mod export;
mod lalr;
mod lexer;
mod line;
mod literal;
mod parser;
mod token;
mod tokenize;

pub use error::{ErrorKind, SyntaxError, SyntaxWarning};
pub use export::{export_expr, format_float};
#[doc(hidden)]
pub use lalr::accepts as grammar_accepts;
pub use lexer::Lexer;
pub use line::{LineCursor, LineIndex};
pub use parser::{ParseOptions, ParseResult, parse};
pub use token::{Token, TokenKind, token_constants, token_name};
pub use tokenize::{Tokens, tokenize};
