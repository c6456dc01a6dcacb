//! Floats as PHP writes them.
//!
//! With a precision of 1 to 17 the digits are those of C's `%.*G`; with -1 they are the fewest that read back as the same
//! float. The exponent is used below 1.0E-4 and when there are more digits before the point than the precision (17 for
//! -1), and has at least one digit.

use std::fmt::Write;

use super::IntBuffer;
use super::numeric::POWERS;
use super::shortest::shortest;

/// The text of a float: never longer than this.
pub struct FloatBuffer {
    bytes: [u8; 48],
    len: usize,
}

impl FloatBuffer {
    /// The text.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    fn push(&mut self, byte: u8) {
        self.bytes[self.len] = byte;
        self.len += 1;
    }

    fn extend(&mut self, bytes: &[u8]) {
        self.bytes[self.len..self.len + bytes.len()].copy_from_slice(bytes);
        self.len += bytes.len();
    }
}

impl Write for FloatBuffer {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.extend(text.as_bytes());
        Ok(())
    }
}

/// Significant digits of a positive finite float without zeros at the end, and the exponent of the first one.
struct Digits {
    bytes: [u8; 40],
    len: usize,
    exponent: i32,
}

impl Digits {
    /// The digits of a number that is to be multiplied with a power of ten.
    fn of(number: u64, power: i32) -> Digits {
        let mut buffer = IntBuffer::new();
        let text = buffer.format(number as i64);
        let mut digits = Digits { bytes: [0; 40], len: text.len(), exponent: text.len() as i32 - 1 + power };
        digits.bytes[..text.len()].copy_from_slice(text);
        digits.cut_zeros();
        digits
    }

    fn cut_zeros(&mut self) {
        while self.len > 1 && self.bytes[self.len - 1] == b'0' {
            self.len -= 1;
        }
    }
}

/// The text that PHP gives a float: `precision` is the ini setting of `echo` (14) or `var_export` (-1, 17, ...).
///
/// 0 means 1, as in PHP; values above 40 mean 40.
pub fn format_float(number: f64, precision: i32) -> FloatBuffer {
    let mut out = FloatBuffer { bytes: [0; 48], len: 0 };
    if number.is_nan() {
        out.extend(b"NAN");
        return out;
    }
    if number.is_sign_negative() {
        out.push(b'-');
    }
    if number.is_infinite() {
        out.extend(b"INF");
        return out;
    }
    if number == 0.0 {
        out.push(b'0');
        return out;
    }
    let digits = digits(number.abs(), precision);
    let bound = if precision < 0 { 17 } else { precision.clamp(1, 40) };
    let text = &digits.bytes[..digits.len];
    // `decpt` of C's ecvt is one above the exponent of the first digit.
    let point = digits.exponent + 1;
    if point < -3 || point > bound {
        out.push(text[0]);
        out.push(b'.');
        if text.len() == 1 {
            out.push(b'0');
        } else {
            out.extend(&text[1..]);
        }
        out.push(b'E');
        out.push(if digits.exponent < 0 { b'-' } else { b'+' });
        // Writing to a buffer with room cannot fail.
        let _ = write!(out, "{}", digits.exponent.abs());
    } else if point <= 0 {
        out.extend(b"0.");
        for _ in point..0 {
            out.push(b'0');
        }
        out.extend(text);
    } else {
        let point = point as usize;
        for index in 0..point {
            out.push(text.get(index).copied().unwrap_or(b'0'));
        }
        if text.len() > point {
            out.push(b'.');
            out.extend(&text[point..]);
        }
    }
    out
}

/// The digits: the shortest ones, or by one multiplication where that is certain, or by the standard library.
fn digits(number: f64, precision: i32) -> Digits {
    if precision < 0 {
        let shortest = shortest(number);
        return Digits::of(shortest.digits, shortest.exponent);
    }
    quick_digits(number, precision).unwrap_or_else(|| exact_digits(number, precision))
}

/// The digits for a precision of up to 14, when one multiplication is enough to be certain of them.
///
/// The number is scaled so that the wanted digits stand before the point. The scale is an exact float, so the product is
/// off by at most half a unit in its last place, which is below 1/64 for products below 10^14.
fn quick_digits(number: f64, precision: i32) -> Option<Digits> {
    if !(1..=14).contains(&precision) || !(1e-5..1e15).contains(&number) {
        return None;
    }
    let exponent = if number >= 1.0 {
        POWERS.partition_point(|&power| power <= number) as i32 - 1
    } else {
        -(POWERS.partition_point(|&power| number * power < 1.0) as i32)
    };
    let scale = precision - 1 - exponent;
    let power = POWERS.get(scale.unsigned_abs() as usize)?;
    let scaled = if scale >= 0 { number * power } else { number / power };
    let rounded = scaled.round();
    if ((scaled - rounded).abs() - 0.5).abs() < 0.02 {
        // Too close to the middle between two results.
        return None;
    }
    Some(Digits::of(rounded as u64, -scale))
}

fn exact_digits(number: f64, precision: i32) -> Digits {
    let mut text = FloatBuffer { bytes: [0; 48], len: 0 };
    // Writing to a buffer with room cannot fail: 40 digits, point, "e-308".
    let _ = write!(text, "{number:.*e}", precision.clamp(1, 40) as usize - 1);
    let mut digits = Digits { bytes: [0; 40], len: 0, exponent: 0 };
    let bytes = text.as_bytes();
    let mut negative = false;
    let mut in_exponent = false;
    for &byte in bytes {
        match byte {
            b'e' => in_exponent = true,
            b'-' => negative = true,
            b'0'..=b'9' if in_exponent => digits.exponent = digits.exponent * 10 + i32::from(byte - b'0'),
            b'0'..=b'9' => {
                digits.bytes[digits.len] = byte;
                digits.len += 1;
            }
            _ => {}
        }
    }
    if negative {
        digits.exponent = -digits.exponent;
    }
    digits.cut_zeros();
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(number: f64, precision: i32, expect: &str) {
        assert_eq!(format_float(number, precision).as_str(), expect, "{number:e} at {precision}");
    }

    #[test]
    fn as_php_writes_them() {
        check(0.1, -1, "0.1");
        check(0.1 + 0.2, -1, "0.30000000000000004");
        check(0.1 + 0.2, 14, "0.3");
        check(0.1 + 0.2, 17, "0.30000000000000004");
        check(-0.0, -1, "-0");
        check(0.0, 14, "0");
        check(f64::NAN, 14, "NAN");
        check(f64::NEG_INFINITY, 14, "-INF");
        check(1e25, -1, "1.0E+25");
        check(1e25, 14, "1.0E+25");
        check(1.5e-7, 14, "1.5E-7");
        check(0.0001, 14, "0.0001");
        check(0.00001, 14, "1.0E-5");
        check(100_000.0, 14, "100000");
        check(1e14, 14, "1.0E+14");
        check(123_456_789_012_345.0, 14, "1.2345678901234E+14");
        check(1e15, 17, "1000000000000000");
        check(f64::MAX, -1, "1.7976931348623157E+308");
        check(5e-324, -1, "5.0E-324");
        check(1.0 / 3.0, 17, "0.33333333333333331");
        check(9.999_999_999_999_99, 14, "10");
        check(999_999_999_999_999.9, 14, "1.0E+15");
        check(0.000_099_999, 3, "0.0001");
        check(2.5, 1, "2");
        check(3.5, 1, "4");
        check(1e15, -1, "1000000000000000");
    }

    #[test]
    fn quick_digits_are_exact_digits() {
        let mut state = 1_u64;
        let mut quick = 0;
        for round in 0..60_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let decimal = (state >> 33) as f64 / POWERS[(state % 14) as usize];
            let any = f64::from_bits((state >> 12) | (1010 + round % 60) << 52);
            for (number, precision) in [(decimal, 14), (any, 14), (any, (state % 14) as i32 + 1)] {
                if let Some(digits) = quick_digits(number, precision).filter(|_| number != 0.0) {
                    quick += 1;
                    let exact = exact_digits(number, precision);
                    let text = |d: &Digits| (d.bytes[..d.len].to_vec(), d.exponent);
                    assert_eq!(text(&digits), text(&exact), "{number:e} at {precision}");
                }
            }
        }
        assert!(quick > 100_000, "{quick}");
    }
}
