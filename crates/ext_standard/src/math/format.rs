//! `number_format()`.

use crate::string::number;
use phalanx_macros::php_fn;
use phalanx_value::PhpString;
use phalanx_vm::args::Number;
use phalanx_vm::native::NativeFn;

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&NUMBER_FORMAT];

/// <https://www.php.net/number_format>
#[php_fn(
    "number_format(float $num, int $decimals = 0, ?string $decimal_separator = \".\", ?string $thousands_separator = \",\"): string",
    pure,
    leaf,
    nothrow
)]
fn number_format(
    num: Number,
    decimals: i64,
    decimal_separator: Option<&PhpString>,
    thousands_separator: Option<&PhpString>,
) -> Vec<u8> {
    let point = decimal_separator.map_or(&b"."[..], |text| text.as_bytes());
    let separator = thousands_separator.map_or(&b","[..], |text| text.as_bytes());
    match num {
        Number::Int(int) => number::grouped_int(int, decimals, point, separator),
        Number::Float(float) => number::grouped(float, decimals, point, separator),
    }
}
