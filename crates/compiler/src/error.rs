//! Compile-time errors.

use phalanx_bytecode::draft::CompileWarning;

/// What PHP calls the error.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ErrorKind {
    /// A syntax error: a `ParseError` can be caught where code is evaluated.
    Parse,
    /// A fatal error.
    Compile,
}

/// An error that ends compilation. PHP shows it as `Fatal error: TEXT in FILE on line N`.
#[derive(Clone, Debug)]
pub struct CompileError {
    /// The message, without level and position.
    pub text: String,
    /// The line.
    pub line: u32,
    /// What kind it is.
    pub kind: ErrorKind,
    /// Warnings that were raised before, which PHP shows first.
    pub warnings: Vec<CompileWarning>,
}

impl std::fmt::Display for CompileError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} on line {}", self.text, self.line)
    }
}

impl std::error::Error for CompileError {}

/// Boxed, so that results stay small.
pub(crate) type Result<T> = std::result::Result<T, Box<CompileError>>;
