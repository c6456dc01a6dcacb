//! Numeric strings: PHP's rules for when a string is a number, wholly or at its beginning.
//!
//! White space (space, \t, \n, \r, \v, \f) is allowed before and after. Integers that do not fit become floats. There
//! are no hexadecimal, octal or infinite forms.

/// What a whole string is as a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Numeric {
    /// An integer that fits.
    Int(i64),
    /// A float, or an integer that does not fit.
    Float(f64),
    /// No number at all, or something behind the number.
    No,
}

/// What the beginning of a string is as a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NumericPrefix {
    /// The number; `No` when the string does not begin with one.
    pub number: Numeric,
    /// Whether something other than white space stands behind the number ("leading-numeric" strings).
    pub trailing: bool,
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

/// The number that the string is as a whole.
#[inline]
pub fn classify(bytes: &[u8]) -> Numeric {
    // Most strings that are no number begin with a letter.
    match bytes.first() {
        Some(&first) if first > b'9' => return Numeric::No,
        Some(b'0'..=b'9') if bytes.len() <= 18 => {
            if let Some(int) = only_digits(bytes) {
                return Numeric::Int(int);
            }
        }
        _ => {}
    }
    let prefix = classify_prefix(bytes);
    if prefix.trailing { Numeric::No } else { prefix.number }
}

/// The number of up to 18 digits with nothing else around them.
#[inline(always)]
fn only_digits(bytes: &[u8]) -> Option<i64> {
    let mut number = 0;
    for byte in bytes {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number = number * 10 + i64::from(digit);
    }
    Some(number)
}

/// As [`classify`], and whether the string is an integer that does not fit: 1 above, -1 below, 0 when it is not.
pub(super) fn classify_overflow(bytes: &[u8]) -> (Numeric, i8) {
    let number = classify(bytes);
    if !matches!(number, Numeric::Float(_)) || bytes.iter().any(|b| matches!(b, b'.' | b'e' | b'E')) {
        return (number, 0);
    }
    (number, if bytes.contains(&b'-') { -1 } else { 1 })
}

/// The number that the string begins with.
pub fn classify_prefix(bytes: &[u8]) -> NumericPrefix {
    let start = bytes.iter().position(|&b| !is_space(b)).unwrap_or(bytes.len());
    let text = &bytes[start..];
    let Some(scan) = Scan::of(text) else {
        return NumericPrefix { number: Numeric::No, trailing: !bytes.is_empty() };
    };
    let number = scan.number(text);
    let trailing = text[scan.end..].iter().any(|&b| !is_space(b));
    NumericPrefix { number, trailing }
}

/// `(int)` of a string: the integer it begins with; a float is cut and wrapped as `(int)` of a float is.
pub fn to_int(bytes: &[u8]) -> i64 {
    if bytes.len() <= 18
        && let Some(int) = only_digits(bytes)
    {
        return int;
    }
    match classify_prefix(bytes).number {
        Numeric::Int(int) => int,
        // An integer that does not fit saturates, as strtol has it; with point or exponent it is a float first.
        Numeric::Float(float) => super::scalar::string_float_to_int(float),
        Numeric::No => 0,
    }
}

/// `(float)` of a string: the number it begins with, `"-0"` being negative.
pub fn to_float(bytes: &[u8]) -> f64 {
    let start = bytes.iter().position(|&b| !is_space(b)).unwrap_or(bytes.len());
    strtod(&bytes[start..]).0
}

/// C's `strtod` without white space, hexadecimal and names: the float at the beginning and the length of its text.
pub fn strtod(bytes: &[u8]) -> (f64, usize) {
    match Scan::of(bytes) {
        Some(scan) => (scan.float(bytes), scan.end),
        None => (0.0, 0),
    }
}

/// Where a number ends, and what it is made of.
struct Scan {
    /// Bytes of the number.
    end: usize,
    /// All digits as one number, as long as there are at most 19 of them without the zeros in front.
    mantissa: u64,
    /// Digits in `mantissa`.
    significant: usize,
    /// The power of ten that `mantissa` is to be multiplied with.
    exponent: i64,
    negative: bool,
    float: bool,
}

impl Scan {
    fn of(text: &[u8]) -> Option<Scan> {
        let negative = text.first() == Some(&b'-');
        let sign = usize::from(negative || text.first() == Some(&b'+'));
        let mut scan = Scan { end: sign, mantissa: 0, significant: 0, exponent: 0, negative, float: false };
        scan.digits(text);
        let mut count = scan.end - sign;
        if text.get(scan.end) == Some(&b'.') {
            // "1." is a number, and so is ".5".
            scan.end += 1;
            let from = scan.end;
            scan.digits(text);
            scan.exponent = -((scan.end - from) as i64);
            count += scan.end - from;
            scan.float = true;
        }
        if count == 0 {
            return None;
        }
        if let Some(b'e' | b'E') = text.get(scan.end) {
            scan.exponent_at(text, scan.end + 1);
        }
        Some(scan)
    }

    #[inline(always)]
    fn digits(&mut self, text: &[u8]) {
        while let Some(digit) = text.get(self.end).map(|b| b.wrapping_sub(b'0')).filter(|&d| d <= 9) {
            self.end += 1;
            self.significant += usize::from(self.mantissa != 0 || digit != 0);
            self.mantissa = self.mantissa.wrapping_mul(10).wrapping_add(u64::from(digit));
        }
    }

    /// Reads the exponent, when digits follow.
    fn exponent_at(&mut self, text: &[u8], mut at: usize) {
        let negative = text.get(at) == Some(&b'-');
        at += usize::from(negative || text.get(at) == Some(&b'+'));
        let from = at;
        let mut exponent = 0_i64;
        while let Some(digit) = text.get(at).map(|b| b.wrapping_sub(b'0')).filter(|&d| d <= 9) {
            at += 1;
            exponent = (exponent * 10 + i64::from(digit)).min(1 << 40);
        }
        if at > from {
            self.exponent += if negative { -exponent } else { exponent };
            self.end = at;
            self.float = true;
        }
    }

    #[inline]
    fn number(&self, text: &[u8]) -> Numeric {
        // 19 digits fit in 64 bits without a sign.
        if !self.float && self.significant <= 19 {
            let limit = if self.negative { i64::MIN.unsigned_abs() } else { i64::MAX as u64 };
            if self.mantissa <= limit {
                let int = self.mantissa as i64;
                return Numeric::Int(if self.negative { int.wrapping_neg() } else { int });
            }
        }
        Numeric::Float(self.float(text))
    }

    /// The number as a float, rounded correctly.
    fn float(&self, text: &[u8]) -> f64 {
        // A mantissa below 2^53 and a power of ten up to 10^22 are exact, so one operation rounds once.
        if self.significant <= 15 && self.exponent.unsigned_abs() < POWERS.len() as u64 {
            let mantissa = self.mantissa as f64;
            let power = POWERS[self.exponent.unsigned_abs() as usize];
            let number = if self.exponent < 0 { mantissa / power } else { mantissa * power };
            return if self.negative { -number } else { number };
        }
        // The scan has let through nothing that Rust does not read: sign, digits, point, exponent.
        std::str::from_utf8(&text[..self.end]).ok().and_then(|text| text.parse().ok()).unwrap_or(0.0)
    }
}

/// The powers of ten that are exact as floats.
pub(super) const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];

#[cfg(test)]
mod tests {
    use super::Numeric::{Float, Int, No};
    use super::*;

    fn check(text: &str, whole: Numeric, prefix: Numeric) {
        assert_eq!(classify(text.as_bytes()), whole, "{text:?}");
        assert_eq!(classify_prefix(text.as_bytes()).number, prefix, "{text:?} prefix");
    }

    #[test]
    fn numeric_strings() {
        check("", No, No);
        check(" ", No, No);
        check("0", Int(0), Int(0));
        check(" 12 ", Int(12), Int(12));
        check("\t\n\r\x0b\x0c7", Int(7), Int(7));
        check("+5", Int(5), Int(5));
        check("-5", Int(-5), Int(-5));
        check("--5", No, No);
        check("5x", No, Int(5));
        check("1.5", Float(1.5), Float(1.5));
        check("1.", Float(1.0), Float(1.0));
        check(".5", Float(0.5), Float(0.5));
        check(".", No, No);
        check("-.5e2", Float(-50.0), Float(-50.0));
        check("1e3", Float(1000.0), Float(1000.0));
        check("1e", No, Int(1));
        check("1e+", No, Int(1));
        check("1e1000", Float(f64::INFINITY), Float(f64::INFINITY));
        check("0x1A", No, Int(0));
        check("9223372036854775807", Int(i64::MAX), Int(i64::MAX));
        check("9223372036854775808", Float(9.223_372_036_854_776e18), Float(9.223_372_036_854_776e18));
        check("-9223372036854775808", Int(i64::MIN), Int(i64::MIN));
        check("000000000000000000000000000007", Int(7), Int(7));
        check("abc", No, No);
        check("1 1", No, Int(1));
        check("INF", No, No);
        check("-0", Int(0), Int(0));
        assert!(to_float(b" -0").is_sign_negative());
        assert_eq!(to_float(b" 12x"), 12.0);
        check("-0.0", Float(-0.0), Float(-0.0));
        check(
            "123456789012345678901e-2",
            Float(1_234_567_890_123_456_789.01),
            Float(1_234_567_890_123_456_789.01),
        );
        check("0.1e-400", Float(0.0), Float(0.0));
        check("1e99999999999999999999", Float(f64::INFINITY), Float(f64::INFINITY));
    }

    #[test]
    fn floats_are_read_as_rust_reads_them() {
        let mut state = 1_u64;
        for _ in 0..20_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let digits = state >> (state % 60);
            let text = match state % 3 {
                0 => format!("{}.{digits}", digits % 1000),
                1 => format!("{digits}e{}", (state >> 40) % 60),
                _ => format!("{}.{}e-{}", digits % 100, digits, (state >> 40) % 40),
            };
            assert_eq!(strtod(text.as_bytes()), (text.parse().unwrap(), text.len()), "{text}");
        }
    }
}
