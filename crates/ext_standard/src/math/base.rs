//! Numbers in other bases.

use phalanx_macros::php_fn;
use phalanx_value::PhpString;
use phalanx_vm::args::Number;
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&BINDEC, &HEXDEC, &OCTDEC, &DECBIN, &DECOCT, &DECHEX, &BASE_CONVERT];

/// <https://www.php.net/bindec>
#[php_fn("bindec(string $binary_string): int|float")]
fn bindec(cx: &mut Context, binary_string: &PhpString) -> PhpResult<Number> {
    from_base(cx, binary_string, 2)
}

/// <https://www.php.net/hexdec>
#[php_fn("hexdec(string $hex_string): int|float")]
fn hexdec(cx: &mut Context, hex_string: &PhpString) -> PhpResult<Number> {
    from_base(cx, hex_string, 16)
}

/// <https://www.php.net/octdec>
#[php_fn("octdec(string $octal_string): int|float")]
fn octdec(cx: &mut Context, octal_string: &PhpString) -> PhpResult<Number> {
    from_base(cx, octal_string, 8)
}

/// The number that digits of a base stand for; other characters are skipped, with a deprecation.
fn from_base(cx: &mut Context, text: &[u8], base: u32) -> PhpResult<Number> {
    let prefix = match text {
        [b'0', letter, ..] => match (base, letter.to_ascii_lowercase()) {
            (16, b'x') | (8, b'o') | (2, b'b') => 2,
            _ => 0,
        },
        _ => 0,
    };
    let mut number = Number::Int(0);
    let mut odd = false;
    for byte in &text[prefix..] {
        let Some(digit) = char::from(*byte).to_digit(base) else {
            odd = true;
            continue;
        };
        number = match number {
            Number::Int(int) => {
                match int.checked_mul(i64::from(base)).and_then(|n| n.checked_add(i64::from(digit))) {
                    Some(int) => Number::Int(int),
                    None => Number::Float(int as f64 * f64::from(base) + f64::from(digit)),
                }
            }
            Number::Float(float) => Number::Float(float * f64::from(base) + f64::from(digit)),
        };
    }
    if odd {
        cx.deprecated("Invalid characters passed for attempted conversion, these have been ignored")?;
    }
    Ok(number)
}

/// <https://www.php.net/decbin>
#[php_fn("decbin(int $num): string", pure, leaf, nothrow)]
fn decbin(num: i64) -> String {
    format!("{num:b}")
}

/// <https://www.php.net/decoct>
#[php_fn("decoct(int $num): string", pure, leaf, nothrow)]
fn decoct(num: i64) -> String {
    format!("{num:o}")
}

/// <https://www.php.net/dechex>
#[php_fn("dechex(int $num): string", pure, leaf, nothrow)]
fn dechex(num: i64) -> PhpString {
    let mut rest = num as u64;
    let mut text = [0; 16];
    let mut first = text.len();
    loop {
        first -= 1;
        text[first] = b"0123456789abcdef"[(rest & 15) as usize];
        rest >>= 4;
        if rest == 0 {
            return PhpString::from_bytes(&text[first..]);
        }
    }
}

/// <https://www.php.net/base_convert>
#[php_fn("base_convert(string $num, int $from_base, int $to_base): string")]
fn base_convert(cx: &mut Context, num: &PhpString, from_base: i64, to_base: i64) -> PhpResult<Vec<u8>> {
    for (argument, base) in [(2, from_base), (3, to_base)] {
        if !(2..=36).contains(&base) {
            return Err(cx.arg_value_error(argument, "must be between 2 and 36 (inclusive)"));
        }
    }
    let number = from_base_any(cx, num, from_base as u32)?;
    to_base_any(cx, number, to_base as u64)
}

fn from_base_any(cx: &mut Context, text: &[u8], base: u32) -> PhpResult<Number> {
    from_base(cx, text, base)
}

fn to_base_any(cx: &mut Context, number: Number, base: u64) -> PhpResult<Vec<u8>> {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut digits = Vec::new();
    match number {
        Number::Int(int) => {
            let mut rest = int as u64;
            while rest > 0 || digits.is_empty() {
                digits.push(DIGITS[(rest % base) as usize]);
                rest /= base;
            }
        }
        Number::Float(float) => {
            let mut rest = float.floor();
            if rest.is_infinite() {
                cx.doc_warning(
                    "An infinite value cannot be converted to base ".to_owned() + &base.to_string(),
                )?;
                return Ok(Vec::new());
            }
            let base = base as f64;
            loop {
                digits.push(DIGITS[(rest % base) as usize]);
                rest /= base;
                if rest.abs() < 1.0 {
                    break;
                }
            }
        }
    }
    digits.reverse();
    Ok(digits)
}
