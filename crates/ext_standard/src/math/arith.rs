//! Absolute values, rounding, powers, division.

use super::round::{self, Mode};
use phalanx_macros::{native_class, php_fn};
use phalanx_value::{Value, View};
use phalanx_vm::args::Number;
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult, arith};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] =
    &[&ABS, &CEIL, &FLOOR, &ROUND, &INTDIV, &FMOD, &FDIV, &FPOW, &POW, &IS_FINITE, &IS_INFINITE, &IS_NAN];

native_class! {
    /// <https://www.php.net/roundingmode>
    pub static ROUNDING_MODE = "enum RoundingMode";
    case "HalfAwayFromZero";
    case "HalfTowardsZero";
    case "HalfEven";
    case "HalfOdd";
    case "TowardsZero";
    case "AwayFromZero";
    case "NegativeInfinity";
    case "PositiveInfinity";
}

/// <https://www.php.net/abs>
#[php_fn("abs(int|float $num): int|float", pure, leaf, nothrow)]
fn abs(num: Number) -> Number {
    match num {
        Number::Int(int) => int.checked_abs().map_or(Number::Float(-(int as f64)), Number::Int),
        Number::Float(float) => Number::Float(float.abs()),
    }
}

/// <https://www.php.net/ceil>
#[php_fn("ceil(int|float $num): float", pure, leaf, nothrow)]
fn ceil(num: Number) -> f64 {
    num.to_f64().ceil()
}

/// <https://www.php.net/floor>
#[php_fn("floor(int|float $num): float", pure, leaf, nothrow)]
fn floor(num: Number) -> f64 {
    num.to_f64().floor()
}

/// <https://www.php.net/round>
#[php_fn(
    "round(int|float $num, int $precision = 0, RoundingMode|int $mode = RoundingMode::HalfAwayFromZero): float",
    default(mode = Value::int(1))
)]
fn round(cx: &mut Context, num: Number, precision: i64, mode: Value) -> PhpResult<f64> {
    let mode = match mode.view() {
        View::Object(case) => {
            let name = case.get_slot(0);
            Mode::from_case(name.as_bytes().unwrap_or(b"")).unwrap_or(Mode::HalfAwayFromZero)
        }
        View::Int(number) => match Mode::from_number(number) {
            Some(mode) => mode,
            None => return Err(cx.arg_value_error(3, "must be a valid rounding mode (RoundingMode::*)")),
        },
        _ => Mode::HalfAwayFromZero,
    };
    Ok(match num {
        Number::Int(int) if precision >= 0 => int as f64,
        num => round::round(num.to_f64(), precision, mode),
    })
}

/// <https://www.php.net/intdiv>
#[php_fn("intdiv(int $num1, int $num2): int")]
fn intdiv(cx: &mut Context, num1: i64, num2: i64) -> PhpResult<i64> {
    if num2 == 0 {
        return Err(cx.throw_division_by_zero(false));
    }
    num1.checked_div(num2)
        .ok_or_else(|| cx.throw_arithmetic_error("Division of PHP_INT_MIN by -1 is not an integer"))
}

/// <https://www.php.net/fmod>
#[php_fn("fmod(float $num1, float $num2): float", pure, leaf, nothrow)]
fn fmod(num1: f64, num2: f64) -> f64 {
    num1 % num2
}

/// <https://www.php.net/fdiv>
#[php_fn("fdiv(float $num1, float $num2): float", pure, leaf, nothrow)]
fn fdiv(num1: f64, num2: f64) -> f64 {
    num1 / num2
}

/// <https://www.php.net/fpow>
#[php_fn("fpow(float $num, float $exponent): float", pure, leaf, nothrow)]
fn fpow(num: f64, exponent: f64) -> f64 {
    num.powf(exponent)
}

/// <https://www.php.net/pow>
#[php_fn("pow(mixed $num, mixed $exponent): object|int|float")]
fn pow(cx: &mut Context, num: &Value, exponent: &Value) -> PhpResult<Value> {
    arith::pow(cx, num, exponent)
}

/// <https://www.php.net/is_finite>
#[php_fn("is_finite(float $num): bool", pure, leaf, nothrow)]
fn is_finite(num: f64) -> bool {
    num.is_finite()
}

/// <https://www.php.net/is_infinite>
#[php_fn("is_infinite(float $num): bool", pure, leaf, nothrow)]
fn is_infinite(num: f64) -> bool {
    num.is_infinite()
}

/// <https://www.php.net/is_nan>
#[php_fn("is_nan(float $num): bool", pure, leaf, nothrow)]
fn is_nan(num: f64) -> bool {
    num.is_nan()
}
