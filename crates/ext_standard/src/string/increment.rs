//! `str_increment()`, `str_decrement()` and `str_shuffle()`.

use crate::array::build::shuffle_slice;
use phalanx_macros::php_fn;
use phalanx_value::PhpString;
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&STR_INCREMENT, &STR_DECREMENT, &STR_SHUFFLE];

fn check(cx: &mut Context, string: &PhpString) -> PhpResult {
    if string.is_empty() {
        return Err(cx.arg_value_error(1, "must not be empty"));
    }
    if !string.iter().all(u8::is_ascii_alphanumeric) {
        return Err(cx.arg_value_error(1, "must be composed only of alphanumeric ASCII characters"));
    }
    Ok(())
}

/// <https://www.php.net/str_increment>
#[php_fn("str_increment(string $string): string")]
fn str_increment(cx: &mut Context, string: &PhpString) -> PhpResult<Vec<u8>> {
    check(cx, string)?;
    let mut text = string.to_vec();
    for at in (0..text.len()).rev() {
        let (next, carry) = match text[at] {
            b'9' => (b'0', Some(b'1')),
            b'z' => (b'a', Some(b'a')),
            b'Z' => (b'A', Some(b'A')),
            byte => (byte + 1, None),
        };
        text[at] = next;
        match carry {
            None => break,
            Some(first) if at == 0 => text.insert(0, first),
            Some(_) => {}
        }
    }
    Ok(text)
}

/// <https://www.php.net/str_decrement>
#[php_fn("str_decrement(string $string): string")]
fn str_decrement(cx: &mut Context, string: &PhpString) -> PhpResult<Vec<u8>> {
    check(cx, string)?;
    let out_of_range = format!("\"{string}\" is out of decrement range");
    if string.first() == Some(&b'0') {
        return Err(cx.arg_value_error(1, out_of_range));
    }
    let mut text = string.to_vec();
    let mut borrow = false;
    for at in (0..text.len()).rev() {
        let (next, borrows) = match text[at] {
            b'0' => (b'9', true),
            b'a' => (b'z', true),
            b'A' => (b'Z', true),
            byte => (byte - 1, false),
        };
        text[at] = next;
        borrow = borrows;
        if !borrows {
            break;
        }
    }
    if borrow || text[0] == b'0' {
        if text.len() == 1 {
            return match borrow {
                true => Err(cx.arg_value_error(1, out_of_range)),
                false => Ok(text),
            };
        }
        text.remove(0);
    }
    Ok(text)
}

/// <https://www.php.net/str_shuffle>
#[php_fn("str_shuffle(string $string): string")]
fn str_shuffle(cx: &mut Context, string: &PhpString) -> Vec<u8> {
    let mut text = string.to_vec();
    shuffle_slice(cx, &mut text);
    text
}
