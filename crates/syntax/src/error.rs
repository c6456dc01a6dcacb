//! What the front end reports, with PHP's texts.

use std::fmt::Write as _;

/// Which PHP error a message becomes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ErrorKind {
    /// A `ParseError`: "PHP Parse error".
    Parse,
    /// A `CompileError` that PHP's parser throws: "PHP Fatal error".
    Compile,
}

/// Why a source was refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SyntaxError {
    /// Which exception is thrown.
    pub kind: ErrorKind,
    /// The message; it may quote bytes of the source, so it need not be UTF-8.
    pub message: Vec<u8>,
    /// The line, counted from 1.
    pub line: u32,
}

/// A message of level `E_COMPILE_WARNING` that does not stop the parser.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SyntaxWarning {
    /// The message.
    pub message: Vec<u8>,
    /// The line, counted from 1.
    pub line: u32,
}

/// What is wrong with one token or one construct, whatever stands around it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fault {
    /// `/* ...` up to the end of the source.
    UnterminatedComment { line: u32 },
    /// `09`.
    InvalidNumber,
    /// `\u{` without digits and brace.
    InvalidCodepoint,
    /// `\u{110000}`.
    CodepointTooLarge,
    /// `(real)`.
    RealCast,
    /// A closing bracket without an opening one.
    Unmatched { close: u8 },
    /// A bracket that is still open at the end, or met another closing bracket.
    Unclosed { open: u8, line: Option<u32>, close: Option<u8> },
    /// A heredoc line that is indented less than the closing label.
    HeredocIndentation { expected: u32 },
    /// A heredoc indented with tabs and spaces.
    HeredocMixedIndentation,
    /// The same modifier twice: `abstract`, `static`, `final`, `readonly` or "access type".
    MultipleModifiers { what: &'static str },
    /// A modifier where it has no meaning.
    ModifierNotAllowed { modifier: &'static str, place: &'static str },
    /// `__halt_compiler` inside of something.
    HaltCompilerInside,
}

impl Fault {
    /// The exception class.
    pub(crate) fn kind(self) -> ErrorKind {
        match self {
            Self::MultipleModifiers { .. } | Self::ModifierNotAllowed { .. } | Self::HaltCompilerInside => {
                ErrorKind::Compile
            }
            _ => ErrorKind::Parse,
        }
    }

    /// PHP's text.
    pub(crate) fn message(self) -> String {
        match self {
            Self::UnterminatedComment { line } => format!("Unterminated comment starting line {line}"),
            Self::InvalidNumber => "Invalid numeric literal".into(),
            Self::InvalidCodepoint => "Invalid UTF-8 codepoint escape sequence".into(),
            Self::CodepointTooLarge => "Invalid UTF-8 codepoint escape sequence: Codepoint too large".into(),
            Self::RealCast => "The (real) cast has been removed, use (float) instead".into(),
            Self::Unmatched { close } => format!("Unmatched '{}'", close as char),
            Self::Unclosed { open, line, close } => {
                let mut text = format!("Unclosed '{}'", open as char);
                if let Some(line) = line {
                    let _ = write!(text, " on line {line}");
                }
                if let Some(close) = close {
                    let _ = write!(text, " does not match '{}'", close as char);
                }
                text
            }
            Self::HeredocIndentation { expected } => {
                format!(
                    "Invalid body indentation level (expecting an indentation level of at least {expected})"
                )
            }
            Self::HeredocMixedIndentation => "Invalid indentation - tabs and spaces cannot be mixed".into(),
            Self::MultipleModifiers { what } => format!("Multiple {what} modifiers are not allowed"),
            Self::ModifierNotAllowed { modifier, place } => {
                format!("Cannot use the {modifier} modifier on {place}")
            }
            Self::HaltCompilerInside => "__HALT_COMPILER() can only be used from the outermost scope".into(),
        }
    }
}
