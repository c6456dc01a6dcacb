//! Trigonometry, exponentials and logarithms.

use phalanx_macros::php_fn;
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[
    &SIN, &COS, &TAN, &ASIN, &ACOS, &ATAN, &SINH, &COSH, &TANH, &ASINH, &ACOSH, &ATANH, &EXPM1, &LOG1P, &EXP,
    &LOG10, &SQRT, &ATAN2, &HYPOT, &LOG, &PI, &DEG2RAD, &RAD2DEG,
];

/// <https://www.php.net/sin>
#[php_fn("sin(float $num): float", pure, leaf, nothrow)]
fn sin(num: f64) -> f64 {
    num.sin()
}

/// <https://www.php.net/cos>
#[php_fn("cos(float $num): float", pure, leaf, nothrow)]
fn cos(num: f64) -> f64 {
    num.cos()
}

/// <https://www.php.net/tan>
#[php_fn("tan(float $num): float", pure, leaf, nothrow)]
fn tan(num: f64) -> f64 {
    num.tan()
}

/// <https://www.php.net/asin>
#[php_fn("asin(float $num): float", pure, leaf, nothrow)]
fn asin(num: f64) -> f64 {
    num.asin()
}

/// <https://www.php.net/acos>
#[php_fn("acos(float $num): float", pure, leaf, nothrow)]
fn acos(num: f64) -> f64 {
    num.acos()
}

/// <https://www.php.net/atan>
#[php_fn("atan(float $num): float", pure, leaf, nothrow)]
fn atan(num: f64) -> f64 {
    num.atan()
}

/// <https://www.php.net/sinh>
#[php_fn("sinh(float $num): float", pure, leaf, nothrow)]
fn sinh(num: f64) -> f64 {
    num.sinh()
}

/// <https://www.php.net/cosh>
#[php_fn("cosh(float $num): float", pure, leaf, nothrow)]
fn cosh(num: f64) -> f64 {
    num.cosh()
}

/// <https://www.php.net/tanh>
#[php_fn("tanh(float $num): float", pure, leaf, nothrow)]
fn tanh(num: f64) -> f64 {
    num.tanh()
}

/// <https://www.php.net/asinh>
#[php_fn("asinh(float $num): float", pure, leaf, nothrow)]
fn asinh(num: f64) -> f64 {
    num.asinh()
}

/// <https://www.php.net/acosh>
#[php_fn("acosh(float $num): float", pure, leaf, nothrow)]
fn acosh(num: f64) -> f64 {
    num.acosh()
}

/// <https://www.php.net/atanh>
#[php_fn("atanh(float $num): float", pure, leaf, nothrow)]
fn atanh(num: f64) -> f64 {
    num.atanh()
}

/// <https://www.php.net/expm1>
#[php_fn("expm1(float $num): float", pure, leaf, nothrow)]
fn expm1(num: f64) -> f64 {
    num.exp_m1()
}

/// <https://www.php.net/log1p>
#[php_fn("log1p(float $num): float", pure, leaf, nothrow)]
fn log1p(num: f64) -> f64 {
    num.ln_1p()
}

/// <https://www.php.net/exp>
#[php_fn("exp(float $num): float", pure, leaf, nothrow)]
fn exp(num: f64) -> f64 {
    num.exp()
}

/// <https://www.php.net/log10>
#[php_fn("log10(float $num): float", pure, leaf, nothrow)]
fn log10(num: f64) -> f64 {
    num.log10()
}

/// <https://www.php.net/sqrt>
#[php_fn("sqrt(float $num): float", pure, leaf, nothrow)]
fn sqrt(num: f64) -> f64 {
    num.sqrt()
}

/// <https://www.php.net/atan2>
#[php_fn("atan2(float $y, float $x): float", pure, leaf, nothrow)]
fn atan2(y: f64, x: f64) -> f64 {
    y.atan2(x)
}

/// <https://www.php.net/hypot>
#[php_fn("hypot(float $x, float $y): float", pure, leaf, nothrow)]
fn hypot(x: f64, y: f64) -> f64 {
    x.hypot(y)
}

/// <https://www.php.net/log>
#[php_fn("log(float $num, float $base = M_E): float")]
fn log(cx: &mut Context, num: f64, base: f64) -> PhpResult<f64> {
    if base == std::f64::consts::E {
        return Ok(num.ln());
    }
    if base == 2.0 {
        return Ok(num.log2());
    }
    if base == 10.0 {
        return Ok(num.log10());
    }
    if base == 1.0 {
        return Ok(f64::NAN);
    }
    if base <= 0.0 {
        return Err(cx.arg_value_error(2, "must be greater than 0"));
    }
    Ok(num.ln() / base.ln())
}

/// <https://www.php.net/pi>
#[php_fn("pi(): float", pure, leaf, nothrow)]
fn pi() -> f64 {
    std::f64::consts::PI
}

/// <https://www.php.net/deg2rad>
#[php_fn("deg2rad(float $num): float", pure, leaf, nothrow)]
fn deg2rad(num: f64) -> f64 {
    num / 180.0 * std::f64::consts::PI
}

/// <https://www.php.net/rad2deg>
#[php_fn("rad2deg(float $num): float", pure, leaf, nothrow)]
fn rad2deg(num: f64) -> f64 {
    num / std::f64::consts::PI * 180.0
}
