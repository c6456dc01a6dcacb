//! The error of the last call.

use crate::binding::MatchError;
use phalanx_macros::php_fn;
use phalanx_vm::Context;
use phalanx_vm::native::NativeFn;

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&PREG_LAST_ERROR, &PREG_LAST_ERROR_MSG];

/// What went wrong; the numbers are those of `PREG_*_ERROR`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PregError {
    /// Nothing.
    #[default]
    None = 0,
    /// Something unexpected, or the pattern.
    Internal = 1,
    /// Too many steps.
    BacktrackLimit = 2,
    /// Too deep.
    RecursionLimit = 3,
    /// The subject is no UTF-8.
    BadUtf8 = 4,
    /// The place to begin lies inside of a character.
    BadUtf8Offset = 5,
    /// Compiled code ran out of stack.
    JitStackLimit = 6,
}

impl From<MatchError> for PregError {
    fn from(error: MatchError) -> PregError {
        match error {
            MatchError::None => PregError::None,
            MatchError::BacktrackLimit => PregError::BacktrackLimit,
            MatchError::RecursionLimit => PregError::RecursionLimit,
            MatchError::BadUtf => PregError::BadUtf8,
            MatchError::BadUtfOffset => PregError::BadUtf8Offset,
            MatchError::JitStack => PregError::JitStackLimit,
            MatchError::Internal => PregError::Internal,
        }
    }
}

#[derive(Default)]
struct Last(PregError);

/// Notes an error, or that there was none.
pub fn set(cx: &mut Context, error: PregError) {
    cx.state::<Last>().0 = error;
}

/// The error of the last call.
pub fn last(cx: &mut Context) -> PregError {
    cx.state::<Last>().0
}

/// <https://www.php.net/preg_last_error>
#[php_fn("preg_last_error(): int")]
fn preg_last_error(cx: &mut Context) -> i64 {
    last(cx) as i64
}

/// <https://www.php.net/preg_last_error_msg>
#[php_fn("preg_last_error_msg(): string")]
fn preg_last_error_msg(cx: &mut Context) -> &'static str {
    match last(cx) {
        PregError::None => "No error",
        PregError::Internal => "Internal error",
        PregError::BacktrackLimit => "Backtrack limit exhausted",
        PregError::RecursionLimit => "Recursion limit exhausted",
        PregError::BadUtf8 => "Malformed UTF-8 characters, possibly incorrectly encoded",
        PregError::BadUtf8Offset => {
            "The offset did not correspond to the beginning of a valid UTF-8 code point"
        }
        PregError::JitStackLimit => "JIT stack limit exhausted",
    }
}
