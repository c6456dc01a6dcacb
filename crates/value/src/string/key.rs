//! Which strings are integers when they are array keys: `"123"` is, `"0123"`, `"-0"`, `"1.5"` and overflows are not.

/// The integer that a string key stands for.
#[inline(always)]
pub fn key_to_int(bytes: &[u8]) -> Option<i64> {
    // Most keys begin with a letter, which this test sends away.
    match bytes.first() {
        Some(&first) if first <= b'9' => parse(bytes),
        _ => None,
    }
}

#[inline(never)]
fn parse(bytes: &[u8]) -> Option<i64> {
    let (negative, digits) = match bytes {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    match digits {
        // 19 digits are the most an i64 has.
        [] | [b'0', _, ..] => return None,
        [b'0'] if negative => return None,
        digits if digits.len() > 19 => return None,
        _ => {}
    }
    let mut number: u64 = 0;
    for &digit in digits {
        let digit = digit.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number = number * 10 + u64::from(digit);
    }
    if negative {
        (number <= i64::MIN.unsigned_abs()).then(|| (number as i64).wrapping_neg())
    } else {
        i64::try_from(number).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::key_to_int;

    fn check(key: &str, expect: Option<i64>) {
        assert_eq!(key_to_int(key.as_bytes()), expect, "{key:?}");
    }

    #[test]
    fn keys() {
        check("0", Some(0));
        check("-0", None);
        check("00", None);
        check("01", None);
        check("7", Some(7));
        check("-7", Some(-7));
        check("-07", None);
        check("", None);
        check("-", None);
        check("+1", None);
        check(" 1", None);
        check("1 ", None);
        check("1.0", None);
        check("1e3", None);
        check("9223372036854775807", Some(i64::MAX));
        check("9223372036854775808", None);
        check("-9223372036854775807", Some(-i64::MAX));
        check("-9223372036854775808", Some(i64::MIN));
        check("-9223372036854775809", None);
        check("99999999999999999999", None);
        check("18446744073709551617", None);
    }
}
