//! Numbers as text in the fixed, exponent and general forms of `printf()`, and grouped by thousands.
//!
//! All digits come from exact arithmetic, ties to even on the exact binary value, as PHP's `zend_dtoa` gives them.

use crate::math::round::{self, Mode};

/// `%f`: fixed, with `precision` digits behind the point. The sign is left out.
pub fn fixed(value: f64, precision: usize) -> String {
    format!("{:.precision$}", value.abs())
}

/// `%e`: one digit, `precision` more behind the point, and an exponent without leading zeros (`1.5e+0`). The sign is
/// left out.
pub fn exponent(value: f64, precision: usize, letter: char) -> String {
    let text = format!("{:.precision$e}", value.abs());
    let (mantissa, exp) = text.split_once('e').unwrap_or((&text, "0"));
    let sign = if exp.starts_with('-') { '-' } else { '+' };
    format!("{mantissa}{letter}{sign}{}", exp.trim_start_matches('-'))
}

/// `%g`: at most `precision` significant digits, in the exponent form (`1.0e+25`) for numbers below 0.0001 or with more
/// digits before the point than that.
pub fn general(value: f64, precision: usize, letter: char) -> String {
    let precision = precision.max(1);
    if value == 0.0 {
        return if value.is_sign_negative() { "-0".into() } else { "0".into() };
    }
    let text = format!("{:.*e}", precision - 1, value.abs());
    let (mantissa, exp) = text.split_once('e').unwrap_or((&text, "0"));
    let mut digits: String = mantissa.chars().filter(|c| *c != '.').collect();
    digits.truncate(digits.trim_end_matches('0').len().max(1));
    // Where the point stands, counted from the first digit.
    let point = exp.parse::<i32>().unwrap_or(0) + 1;
    let body = place_point(&digits, point, precision, letter);
    if value < 0.0 { format!("-{body}") } else { body }
}

/// The fewest digits that read back as the same number, in the form of [`general`] with 17 digits.
pub fn shortest(value: f64, letter: char) -> String {
    if value == 0.0 {
        return "0".into();
    }
    let text = format!("{:e}", value.abs());
    let (mantissa, exp) = text.split_once('e').unwrap_or((&text, "0"));
    let digits: String = mantissa.chars().filter(|c| *c != '.').collect();
    let body = place_point(&digits, exp.parse::<i32>().unwrap_or(0) + 1, 17, letter);
    if value < 0.0 { format!("-{body}") } else { body }
}

fn place_point(digits: &str, point: i32, precision: usize, letter: char) -> String {
    if point < -3 || point > precision as i32 {
        let (first, rest) = digits.split_at(1);
        let rest = if rest.is_empty() { "0" } else { rest };
        let exp = point - 1;
        let sign = if exp < 0 { '-' } else { '+' };
        return format!("{first}.{rest}{letter}{sign}{}", exp.abs());
    }
    if point <= 0 {
        return format!("0.{}{digits}", "0".repeat(-point as usize));
    }
    let point = point as usize;
    if digits.len() <= point {
        format!("{digits}{}", "0".repeat(point - digits.len()))
    } else {
        let (whole, rest) = digits.split_at(point);
        format!("{whole}.{rest}")
    }
}

/// `number_format()`: rounded to `decimals` digits and grouped by three.
pub fn grouped(value: f64, decimals: i64, point: &[u8], separator: &[u8]) -> Vec<u8> {
    let rounded = round::round(value, decimals, Mode::HalfAwayFromZero);
    if !rounded.is_finite() {
        let text: &[u8] = if rounded.is_nan() {
            b"nan"
        } else if rounded > 0.0 {
            b"inf"
        } else {
            b"-inf"
        };
        return text.to_vec();
    }
    // PHP computes so many digits and fills up with zeros.
    const DIGITS: usize = 318;
    let decimals = decimals.clamp(0, 1_000_000) as usize;
    let text = fixed(rounded, decimals.min(DIGITS));
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut fraction = fraction.as_bytes().to_vec();
    fraction.resize(decimals, b'0');
    join_groups(whole.as_bytes(), &fraction, rounded < 0.0, point, separator)
}

/// `number_format()` of an integer, which keeps all its digits.
pub fn grouped_int(value: i64, decimals: i64, point: &[u8], separator: &[u8]) -> Vec<u8> {
    let (negative, mut digits) = (value < 0, value.unsigned_abs());
    if decimals < 0 {
        digits = round_integer(digits, decimals.unsigned_abs());
    }
    let zeros = vec![b'0'; decimals.clamp(0, 1_000_000) as usize];
    join_groups(digits.to_string().as_bytes(), &zeros, negative && digits != 0, point, separator)
}

/// `number` rounded to a multiple of a power of ten, halves up.
fn round_integer(number: u64, places: u64) -> u64 {
    let Some(unit) = u32::try_from(places).ok().and_then(|p| 10u64.checked_pow(p)) else { return 0 };
    let rest = number % unit;
    if rest >= unit.div_ceil(2) { number.saturating_add(unit - rest) } else { number - rest }
}

fn join_groups(whole: &[u8], fraction: &[u8], negative: bool, point: &[u8], separator: &[u8]) -> Vec<u8> {
    let groups = whole.len() / 3 * separator.len();
    let mut out = Vec::with_capacity(1 + whole.len() + groups + point.len() + fraction.len());
    if negative {
        out.push(b'-');
    }
    for (at, &digit) in whole.iter().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.extend_from_slice(separator);
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.extend_from_slice(point);
        out.extend_from_slice(fraction);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        assert_eq!(fixed(2.5, 0), "2");
        assert_eq!(fixed(-1.005, 2), "1.00");
        assert_eq!(exponent(12345.678, 6, 'e'), "1.234568e+4");
        assert_eq!(exponent(0.00012345, 3, 'E'), "1.234E-4");
        assert_eq!(exponent(0.0, 6, 'e'), "0.000000e+0");
        for (value, precision, expect) in [
            (0.00001234, 6, "1.234e-5"),
            (1e20, 6, "1.0e+20"),
            (123456789.0, 6, "1.23457e+8"),
            (0.0001, 6, "0.0001"),
            (100000.0, 6, "100000"),
            (1000000.0, 6, "1.0e+6"),
            (-2.5, 1, "-2"),
            (0.1, 17, "0.10000000000000001"),
        ] {
            assert_eq!(general(value, precision, 'e'), expect);
        }
    }

    #[test]
    fn groups() {
        let check = |value, decimals, expect: &str| {
            assert_eq!(String::from_utf8_lossy(&grouped(value, decimals, b".", b",")), expect);
        };
        check(1234567.891, 2, "1,234,567.89");
        check(0.5, 0, "1");
        check(-0.4, 0, "0");
        check(1234.5678, -2, "1,200");
        check(999.0, 0, "999");
        check(f64::NEG_INFINITY, 2, "-inf");
        assert_eq!(grouped_int(123456789012345678, 0, b".", b","), b"123,456,789,012,345,678");
        assert_eq!(grouped_int(-50, -2, b".", b","), b"-100");
        assert_eq!(grouped_int(i64::MIN, 1, b",", b""), b"-9223372036854775808,0");
    }
}
