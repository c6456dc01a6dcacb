//! Scalar conversions between types.

use super::float::format_float;
use crate::heap::heap;
use crate::string::PhpString;

/// `(int)` of a float: cut towards zero; out of range it wraps modulo 2^64; not finite it is 0.
#[inline]
pub fn float_to_int(number: f64) -> i64 {
    // The upper bound is 2^63, which is no i64.
    if (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&number) {
        return number as i64;
    }
    wrap(number)
}

#[cold]
fn wrap(number: f64) -> i64 {
    if !number.is_finite() {
        return 0;
    }
    const TWO_64: f64 = 18_446_744_073_709_551_616.0;
    let rest = number.trunc() % TWO_64;
    if rest < 0.0 { ((-rest) as u64).wrapping_neg() as i64 } else { rest as u64 as i64 }
}

/// The integer that a float is exactly; `None` when it has a fraction or is out of range.
#[inline]
pub fn float_to_int_exact(number: f64) -> Option<i64> {
    let int = number as i64;
    (int as f64 == number && number < 9_223_372_036_854_775_808.0).then_some(int)
}

/// The integer of a numeric string that is a float: saturates where it is out of range, but 0 when it is not finite.
pub(super) fn string_float_to_int(number: f64) -> i64 {
    if number.is_finite() { number as i64 } else { 0 }
}

/// The float as `echo` and casts write it, with the thread's ini setting `precision`.
pub fn float_to_string(number: f64) -> PhpString {
    PhpString::from_bytes(format_float(number, precision()).as_bytes())
}

/// The ini setting `precision` of this thread.
pub fn precision() -> i32 {
    heap().precision.get()
}

/// Sets what [`precision`] tells; the VM does so when the ini setting changes.
pub fn set_precision(precision: i32) {
    heap().precision.set(precision);
}
