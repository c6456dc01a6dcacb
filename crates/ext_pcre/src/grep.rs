//! `preg_grep()` and `preg_quote()`.

use crate::cache::compile;
use crate::error::{self, PregError};
use crate::flag;
use crate::search::{Search, Step};
use phalanx_macros::php_fn;
use phalanx_value::{PhpArray, PhpString};
use phalanx_vm::args::OrFalse;
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&PREG_GREP, &PREG_QUOTE];

/// <https://www.php.net/preg_grep>
#[php_fn("preg_grep(string $pattern, array $array, int $flags = 0): array|false")]
fn preg_grep(
    cx: &mut Context,
    pattern: &PhpString,
    array: &PhpArray,
    flags: i64,
) -> PhpResult<OrFalse<PhpArray>> {
    let Some(regex) = compile(cx, pattern)? else { return Ok(OrFalse(None)) };
    error::set(cx, PregError::None);
    let invert = flags & flag::GREP_INVERT != 0;
    let mut kept = PhpArray::new();
    for (key, value) in array {
        let value = value.deref_clone();
        let subject = cx.to_string(&value)?;
        let found = match Search::new(&regex, &subject, 0).step(cx) {
            Step::Found => true,
            Step::Retry | Step::End => false,
            Step::Failed => break,
        };
        if found != invert {
            kept.insert(key, value);
        }
    }
    Ok(OrFalse(Some(kept)))
}

/// <https://www.php.net/preg_quote>
#[php_fn("preg_quote(string $str, ?string $delimiter = null): string", pure, leaf, nothrow)]
fn preg_quote(str: &PhpString, delimiter: Option<&PhpString>) -> PhpString {
    let delimiter = delimiter.and_then(|delimiter| delimiter.first().copied());
    let special = |byte: u8| b".\\+*?[^]$(){}=!<>|:-#".contains(&byte) || Some(byte) == delimiter;
    if !str.iter().any(|byte| *byte == 0 || special(*byte)) {
        return str.clone();
    }
    let mut out = Vec::with_capacity(str.len() * 2);
    for &byte in str.iter() {
        if byte == 0 {
            out.extend_from_slice(b"\\000");
            continue;
        }
        if special(byte) {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out.into()
}
