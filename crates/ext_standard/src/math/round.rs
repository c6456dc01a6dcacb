//! Rounding to decimal places, as `round()` and `number_format()` do it.
//!
//! The value is scaled by a power of ten, cut to an integer, and the cut is judged in the scale of the argument: the
//! border `(n + 0.5) / 10^places` is computed as a double and compared with the value itself. So a literal such as
//! `1.005`, whose double lies below the decimal number, still counts as the half that it was written as.

/// How halves and remainders are rounded; the numbers are those of PHP's `PHP_ROUND_*`, continued by `RoundingMode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the case of its name of PHP's RoundingMode")]
pub enum Mode {
    HalfAwayFromZero = 1,
    HalfTowardsZero = 2,
    HalfEven = 3,
    HalfOdd = 4,
    PositiveInfinity = 5,
    NegativeInfinity = 6,
    TowardsZero = 7,
    AwayFromZero = 8,
}

impl Mode {
    /// The mode of a `PHP_ROUND_*` number.
    pub fn from_number(number: i64) -> Option<Mode> {
        Some(match number {
            1 => Mode::HalfAwayFromZero,
            2 => Mode::HalfTowardsZero,
            3 => Mode::HalfEven,
            4 => Mode::HalfOdd,
            _ => return None,
        })
    }

    /// The mode of a case of `RoundingMode`.
    pub fn from_case(name: &[u8]) -> Option<Mode> {
        Some(match name {
            b"HalfAwayFromZero" => Mode::HalfAwayFromZero,
            b"HalfTowardsZero" => Mode::HalfTowardsZero,
            b"HalfEven" => Mode::HalfEven,
            b"HalfOdd" => Mode::HalfOdd,
            b"TowardsZero" => Mode::TowardsZero,
            b"AwayFromZero" => Mode::AwayFromZero,
            b"NegativeInfinity" => Mode::NegativeInfinity,
            b"PositiveInfinity" => Mode::PositiveInfinity,
            _ => return None,
        })
    }
}

/// `value` rounded to `places` digits behind the point (before it if negative).
pub fn round(value: f64, places: i64, mode: Mode) -> f64 {
    if !value.is_finite() || value == 0.0 {
        return value;
    }
    let places = places.clamp(-i64::from(i32::MAX), i64::from(i32::MAX)) as i32;
    let scale = Scale { exponent: power_of_ten(places.unsigned_abs()), places };
    let scaled = scale.up(value);
    // Beyond this the double has no digits left to round.
    if scaled.abs() >= 1e16 {
        return value;
    }
    let rounded = round_scaled(scaled, value, scale, mode);
    if places.abs() < 23 {
        return scale.down(rounded);
    }
    // The division would be inexact twice; reading the decimal number is not.
    let text = format!("{rounded:.6}e{}", -places);
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => number,
        _ => value,
    }
}

/// The power of ten as a double; the ones that a double holds exactly come from a table.
fn power_of_ten(exponent: u32) -> f64 {
    const EXACT: [f64; 23] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
        1e18, 1e19, 1e20, 1e21, 1e22,
    ];
    EXACT.get(exponent as usize).copied().unwrap_or_else(|| 10f64.powf(f64::from(exponent)))
}

#[derive(Clone, Copy)]
struct Scale {
    exponent: f64,
    places: i32,
}

impl Scale {
    fn up(self, value: f64) -> f64 {
        if self.places >= 0 { value * self.exponent } else { value / self.exponent }
    }

    fn down(self, value: f64) -> f64 {
        if self.places > 0 { value / self.exponent } else { value * self.exponent }
    }
}

fn round_scaled(scaled: f64, value: f64, scale: Scale, mode: Mode) -> f64 {
    let sign = 1f64.copysign(value);
    let magnitude = value.abs();
    let mut integral = scaled.trunc();
    // The product may have lost the last bit of a value that is a whole number of units.
    if scale.down(integral + sign).abs() <= magnitude {
        integral += sign;
    }
    let half = scale.down(integral + 0.5f64.copysign(value)).abs();
    let whole = scale.down(integral).abs();
    let away = match mode {
        Mode::HalfAwayFromZero => magnitude >= half,
        Mode::HalfTowardsZero => magnitude > half,
        Mode::HalfEven => magnitude > half || (magnitude == half && integral % 2.0 != 0.0),
        Mode::HalfOdd => magnitude > half || (magnitude == half && integral % 2.0 == 0.0),
        Mode::PositiveInfinity => value > 0.0 && magnitude > whole,
        Mode::NegativeInfinity => value < 0.0 && magnitude > whole,
        Mode::TowardsZero => false,
        Mode::AwayFromZero => magnitude > whole,
    };
    if away { integral + sign } else { integral }
}

#[cfg(test)]
mod tests {
    use super::{Mode, round};

    fn check(value: f64, places: i64, expect: f64) {
        assert_eq!(round(value, places, Mode::HalfAwayFromZero), expect, "{value} to {places}");
    }

    #[test]
    fn halves() {
        check(1.005, 2, 1.01);
        check(5.055, 2, 5.06);
        check(0.285, 2, 0.29);
        check(1234567.891, -3, 1235000.0);
        check(-0.5, 0, -1.0);
        check(0.49999999999999994, 0, 0.0);
        check(5.5e-10, 10, 6.0e-10);
        check(1.5e-30, 30, 2.0e-30);
        check(5.0, -1, 10.0);
        check(1e300, -299, 1e300);
    }

    #[test]
    fn modes() {
        let all = |value, places| {
            [
                Mode::HalfTowardsZero,
                Mode::HalfEven,
                Mode::HalfOdd,
                Mode::PositiveInfinity,
                Mode::NegativeInfinity,
                Mode::TowardsZero,
                Mode::AwayFromZero,
            ]
            .map(|mode| round(value, places, mode))
        };
        assert_eq!(all(2.5, 0), [2.0, 2.0, 3.0, 3.0, 2.0, 2.0, 3.0]);
        assert_eq!(all(-1.5, 0), [-1.0, -2.0, -1.0, -1.0, -2.0, -1.0, -2.0]);
        assert_eq!(all(1.0000001, 7), [1.0000001; 7]);
        assert_eq!(all(15.0, -1), [10.0, 20.0, 10.0, 20.0, 10.0, 10.0, 20.0]);
    }
}
