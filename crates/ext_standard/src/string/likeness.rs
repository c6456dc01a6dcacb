//! How alike strings are.

use super::distance::{self, Costs};
use super::metaphone as sounds;
use crate::args::assign;
use phalanx_macros::php_fn;
use phalanx_value::{PhpRef, PhpString, Value};
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&LEVENSHTEIN, &SIMILAR_TEXT, &SOUNDEX, &METAPHONE];

/// <https://www.php.net/levenshtein>
#[php_fn(
    "levenshtein(string $string1, string $string2, int $insertion_cost = 1, int $replacement_cost = 1, int $deletion_cost = 1): int",
    pure,
    leaf,
    nothrow
)]
fn levenshtein(
    string1: &PhpString,
    string2: &PhpString,
    insertion_cost: i64,
    replacement_cost: i64,
    deletion_cost: i64,
) -> i64 {
    let costs = Costs { insert: insertion_cost, replace: replacement_cost, delete: deletion_cost };
    distance::levenshtein(string1, string2, costs)
}

/// <https://www.php.net/similar_text>
#[php_fn("similar_text(string $string1, string $string2, &$percent = null): int")]
fn similar_text(
    cx: &mut Context,
    string1: &PhpString,
    string2: &PhpString,
    percent: Option<&PhpRef>,
) -> PhpResult<usize> {
    let shared = distance::similar_text(string1, string2);
    if let Some(percent) = percent {
        let total = string1.len() + string2.len();
        let share = if total == 0 { 0.0 } else { shared as f64 * 2.0 * 100.0 / total as f64 };
        assign(cx, percent, Value::float(share))?;
    }
    Ok(shared)
}

/// <https://www.php.net/soundex>
#[php_fn("soundex(string $string): string", pure, leaf, nothrow)]
fn soundex(string: &PhpString) -> Vec<u8> {
    distance::soundex(string)
}

/// <https://www.php.net/metaphone>
#[php_fn("metaphone(string $string, int $max_phonemes = 0): string")]
fn metaphone(cx: &mut Context, string: &PhpString, max_phonemes: i64) -> PhpResult<Vec<u8>> {
    match usize::try_from(max_phonemes) {
        Ok(max) => Ok(sounds::metaphone(string, max)),
        Err(_) => Err(cx.arg_value_error(2, "must be greater than or equal to 0")),
    }
}
