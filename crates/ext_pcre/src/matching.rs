//! `preg_match()`.

use crate::args::{assign, start};
use crate::cache::compile;
use crate::error::{self, PregError};
use crate::flag;
use crate::groups::{self, Style};
use crate::search::{Search, Step};
use phalanx_macros::php_fn;
use phalanx_value::{PhpArray, PhpRef, PhpString, Value};
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&PREG_MATCH];

/// <https://www.php.net/preg_match>
#[php_fn(
    "preg_match(string $pattern, string $subject, &$matches = null, int $flags = 0, int $offset = 0): int|false"
)]
fn preg_match(
    cx: &mut Context,
    pattern: &PhpString,
    subject: &PhpString,
    matches: Option<&PhpRef>,
    flags: i64,
    offset: i64,
) -> PhpResult<Value> {
    let Some(regex) = compile(cx, pattern)? else { return Ok(Value::FALSE) };
    if flags & !(flag::OFFSET_CAPTURE | flag::UNMATCHED_AS_NULL) != 0 {
        return Err(cx.arg_value_error(4, "must be a PREG_* constant"));
    }
    let Some(start) = start(offset, subject.len()) else {
        error::set(cx, PregError::Internal);
        if let Some(variable) = matches {
            assign(cx, variable, Value::array(PhpArray::new()))?;
        }
        return Ok(Value::FALSE);
    };
    error::set(cx, PregError::None);
    let mut search = Search::new(&regex, subject, start);
    let step = search.step(cx);
    if let Some(variable) = matches {
        let array = match step {
            Step::Found => groups::to_array(&regex, &search, subject, Style::from_flags(flags)),
            _ => {
                let mut array = PhpArray::new();
                if let Some(mark) = search.mark() {
                    array.insert_bytes("MARK", Value::str(mark));
                }
                array
            }
        };
        assign(cx, variable, Value::array(array))?;
    }
    Ok(match step {
        Step::Found => Value::int(1),
        Step::Failed => Value::FALSE,
        Step::Retry | Step::End => Value::int(0),
    })
}
