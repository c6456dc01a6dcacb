//! Numbers as PHP prints them.

/// A floating-point number with `precision` significant digits; -1 takes as many as are needed to read it back.
pub fn format_float(value: f64, precision: i32) -> String {
    if value.is_nan() {
        return "NAN".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "INF".into() } else { "-INF".into() };
    }
    let scientific = if precision < 0 {
        format!("{value:e}")
    } else {
        format!("{value:.*e}", precision.max(1) as usize - 1)
    };
    let limit = if precision < 0 { 17 } else { precision.max(1) };
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let mut digits = mantissa.replace('.', "");
    let kept = digits.trim_end_matches('0').len().max(1);
    digits.truncate(kept);
    // Where the decimal point stands, counted from the first digit.
    let point = exponent + 1;
    if point < -3 || point > limit {
        let rest = if digits.len() > 1 { &digits[1..] } else { "0" };
        let exponent_sign = if exponent < 0 { '-' } else { '+' };
        return format!("{sign}{}.{rest}E{exponent_sign}{}", &digits[..1], exponent.abs());
    }
    if point <= 0 {
        return format!("{sign}0.{}{digits}", "0".repeat(-point as usize));
    }
    let point = point as usize;
    if digits.len() <= point {
        format!("{sign}{digits}{}", "0".repeat(point - digits.len()))
    } else {
        format!("{sign}{}.{}", &digits[..point], &digits[point..])
    }
}

/// The same, recognisable as a floating-point number: `1.0`.
pub(super) fn format_float_literal(value: f64, precision: i32) -> String {
    let mut text = format_float(value, precision);
    if value.is_finite() && !text.contains('.') {
        text.push_str(".0");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: f64, expected: &str) {
        assert_eq!(format_float_literal(value, 14), expected);
    }

    #[test]
    fn floats() {
        check(1.0, "1.0");
        check(0.1, "0.1");
        check(-2.5, "-2.5");
        check(1.2345678901234567, "1.2345678901235");
        check(1e14, "1.0E+14");
        check(12345678901234.0, "12345678901234.0");
        check(0.0001, "0.0001");
        check(0.00001, "1.0E-5");
        check(1e100, "1.0E+100");
        assert_eq!(format_float(0.1 + 0.2, 17), "0.30000000000000004");
        assert_eq!(format_float(0.3, -1), "0.3");
        assert_eq!(format_float(1e15, -1), "1000000000000000");
        assert_eq!(format_float(1e17, -1), "1.0E+17");
    }
}
