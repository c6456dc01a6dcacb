//! `preg_split()`.

use crate::cache::compile;
use crate::error::{self, PregError};
use crate::flag;
use crate::search::{Search, Step};
use phalanx_macros::php_fn;
use phalanx_value::{PhpArray, PhpString, Value};
use phalanx_vm::args::OrFalse;
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&PREG_SPLIT];

/// The pieces so far.
struct Pieces<'a> {
    subject: &'a [u8],
    flags: i64,
    list: PhpArray,
}

impl Pieces<'_> {
    fn no_empty(&self) -> bool {
        self.flags & flag::SPLIT_NO_EMPTY != 0
    }

    /// Adds a piece; false if it is empty and empty ones are left out.
    fn add(&mut self, start: usize, end: usize) -> bool {
        if self.no_empty() && start == end {
            return false;
        }
        self.push(&self.subject[start..end], start as i64);
        true
    }

    fn push(&mut self, text: &[u8], start: i64) {
        let text = Value::str(text);
        self.list.push_value(if self.flags & flag::SPLIT_OFFSET_CAPTURE != 0 {
            Value::array(PhpArray::from_list([text, Value::int(start)]))
        } else {
            text
        });
    }
}

/// <https://www.php.net/preg_split>
#[php_fn("preg_split(string $pattern, string $subject, int $limit = -1, int $flags = 0): array|false")]
fn preg_split(
    cx: &mut Context,
    pattern: &PhpString,
    subject: &PhpString,
    limit: i64,
    flags: i64,
) -> PhpResult<OrFalse<PhpArray>> {
    let Some(regex) = compile(cx, pattern)? else { return Ok(OrFalse(None)) };
    error::set(cx, PregError::None);
    let mut left = if limit == 0 { -1 } else { limit };
    let mut pieces = Pieces { subject, flags, list: PhpArray::new() };
    let mut search = Search::new(&regex, subject, 0);
    let mut last = 0;
    while left == -1 || left > 1 {
        match search.step(cx) {
            Step::Found => {
                let Some((start, end)) = search.whole().filter(|(start, _)| *start >= last) else {
                    error::set(cx, PregError::Internal);
                    break;
                };
                cx.check_memory()?;
                if pieces.add(last, start) && left != -1 {
                    left -= 1;
                }
                if flags & flag::SPLIT_DELIM_CAPTURE != 0 {
                    for group in 1..search.count {
                        match search.group(group) {
                            Some((from, to)) => _ = pieces.add(from, to.max(from)),
                            None if pieces.no_empty() => {}
                            None => pieces.push(b"", -1),
                        }
                    }
                }
                last = end;
                search.advance();
                if start == end && end >= subject.len() {
                    break;
                }
            }
            Step::Retry => {
                search.skip();
            }
            Step::End => break,
            Step::Failed => return Ok(OrFalse(None)),
        }
    }
    drop(search);
    pieces.add(last, subject.len());
    Ok(OrFalse(Some(pieces.list)))
}
