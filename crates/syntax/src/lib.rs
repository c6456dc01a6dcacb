//! Lexer, parser and arena AST of the PHP 8.4 language.
#![forbid(unsafe_code)]

pub mod ast;
mod line;

pub use line::{LineCursor, LineIndex};
