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
    if let Some(&first) = bytes.first()
        && first > b'9'
    {
        return Numeric::No;
    }
    let prefix = classify_prefix(bytes);
    if prefix.trailing { Numeric::No } else { prefix.number }
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
    match classify_prefix(bytes).number {
        Numeric::Int(int) => int,
        // An integer that does not fit saturates, as strtol has it; with point or exponent it is a float first.
        Numeric::Float(float) => super::scalar::string_float_to_int(float),
        Numeric::No => 0,
    }
}

/// `(float)` of a string: the number it begins with.
pub fn to_float(bytes: &[u8]) -> f64 {
    match classify_prefix(bytes).number {
        Numeric::Int(int) => int as f64,
        Numeric::Float(float) => float,
        Numeric::No => 0.0,
    }
}

/// C's `strtod` without white space, hexadecimal and names: the float at the beginning and the length of its text.
pub fn strtod(bytes: &[u8]) -> (f64, usize) {
    match Scan::of(bytes) {
        Some(scan) => (parse(&bytes[..scan.end]), scan.end),
        None => (0.0, 0),
    }
}

/// Where a number ends, and what it is made of.
struct Scan {
    end: usize,
    digits: usize,
    float: bool,
}

impl Scan {
    fn of(text: &[u8]) -> Option<Scan> {
        let mut at = usize::from(matches!(text.first(), Some(b'-' | b'+')));
        let digits_from = at;
        at += digits(&text[at..]);
        let whole = at - digits_from;
        let mut fraction = 0;
        let mut float = false;
        if text.get(at) == Some(&b'.') {
            fraction = digits(&text[at + 1..]);
            if whole + fraction == 0 {
                return None;
            }
            // "1." is a number, and so is ".5".
            at += 1 + fraction;
            float = true;
        }
        if whole + fraction == 0 {
            return None;
        }
        if let Some(b'e' | b'E') = text.get(at) {
            let sign = usize::from(matches!(text.get(at + 1), Some(b'-' | b'+')));
            let exponent = digits(&text[at + 1 + sign..]);
            if exponent != 0 {
                at += 1 + sign + exponent;
                float = true;
            }
        }
        Some(Scan { end: at, digits: whole, float })
    }

    fn number(&self, text: &[u8]) -> Numeric {
        let text = &text[..self.end];
        if self.float {
            return Numeric::Float(parse(text));
        }
        let negative = text[0] == b'-';
        let mut magnitude: u64 = 0;
        let mut fits = true;
        for &digit in &text[text.len() - self.digits..] {
            match magnitude.checked_mul(10).and_then(|m| m.checked_add(u64::from(digit - b'0'))) {
                Some(next) => magnitude = next,
                None => {
                    fits = false;
                    break;
                }
            }
        }
        let limit = if negative { i64::MIN.unsigned_abs() } else { i64::MAX as u64 };
        if !fits || magnitude > limit {
            return Numeric::Float(parse(text));
        }
        Numeric::Int(if negative { (magnitude as i64).wrapping_neg() } else { magnitude as i64 })
    }
}

fn digits(text: &[u8]) -> usize {
    text.iter().position(|b| !b.is_ascii_digit()).unwrap_or(text.len())
}

fn parse(text: &[u8]) -> f64 {
    // The scan has let through nothing that Rust does not read: sign, digits, point, exponent.
    std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()).unwrap_or(0.0)
}

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
    }
}
