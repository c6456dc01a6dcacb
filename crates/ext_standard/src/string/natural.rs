//! Natural order: runs of digits compare as numbers, as a person would sort `img2` before `img10`.
//!
//! Runs that begin with a zero on either side compare digit by digit from the left, as the digits behind a decimal
//! point do. White space is skipped. The order is the one of `strnatcmp()` and `SORT_NATURAL`.

use std::cmp::Ordering;

/// Compares in natural order, ASCII letters without case if `fold`.
pub fn compare(left: &[u8], right: &[u8], fold: bool) -> Ordering {
    if left.is_empty() || right.is_empty() {
        return left.len().min(1).cmp(&right.len().min(1));
    }
    let mut a = skip_zeros(left);
    let mut b = skip_zeros(right);
    loop {
        a = skip_spaces(a);
        b = skip_spaces(b);
        let (x, y) = (head(a), head(b));
        if x.is_ascii_digit() && y.is_ascii_digit() {
            let (run_a, run_b) = (digits(a), digits(b));
            let order = if x == b'0' || y == b'0' {
                by_place(&a[..run_a], &b[..run_b])
            } else {
                by_value(&a[..run_a], &b[..run_b])
            };
            if order != Ordering::Equal {
                return order;
            }
            (a, b) = (&a[run_a..], &b[run_b..]);
            match (a.is_empty(), b.is_empty()) {
                (true, true) => return Ordering::Equal,
                (true, false) => return Ordering::Less,
                (false, true) => return Ordering::Greater,
                // Both runs ended, so the bytes that follow are compared as text.
                (false, false) => {}
            }
        }
        let (mut x, mut y) = (head(a), head(b));
        if fold {
            (x, y) = (x.to_ascii_uppercase(), y.to_ascii_uppercase());
        }
        if x != y {
            return x.cmp(&y);
        }
        (a, b) = (tail(a), tail(b));
        match (a.is_empty(), b.is_empty()) {
            (true, true) => return Ordering::Equal,
            (true, false) => return Ordering::Less,
            (false, true) => return Ordering::Greater,
            (false, false) => {}
        }
    }
}

/// The longer run is the greater number; of runs of one length the first different digit decides.
fn by_value(a: &[u8], b: &[u8]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

/// Digits as behind a decimal point: the first different one decides, then the length.
fn by_place(a: &[u8], b: &[u8]) -> Ordering {
    a.cmp(b)
}

/// Zeros in front of further digits do not count at the beginning of the string.
fn skip_zeros(mut text: &[u8]) -> &[u8] {
    while let [b'0', next, ..] = text
        && next.is_ascii_digit()
    {
        text = &text[1..];
    }
    text
}

fn skip_spaces(text: &[u8]) -> &[u8] {
    let skip = text.iter().take_while(|byte| matches!(byte, b' ' | b'\t'..=b'\r')).count();
    &text[skip..]
}

fn digits(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// The first byte; the end counts as NUL.
fn head(text: &[u8]) -> u8 {
    text.first().copied().unwrap_or(0)
}

fn tail(text: &[u8]) -> &[u8] {
    text.get(1..).unwrap_or(&[])
}

#[cfg(test)]
mod tests {
    use super::compare;
    use std::cmp::Ordering::{self, Equal, Greater, Less};

    fn check(left: &str, right: &str, expect: Ordering) {
        assert_eq!(compare(left.as_bytes(), right.as_bytes(), false), expect, "{left} ? {right}");
        assert_eq!(compare(right.as_bytes(), left.as_bytes(), false), expect.reverse(), "{right} ? {left}");
    }

    #[test]
    fn order() {
        check("img2", "img10", Less);
        check("img12.png", "img10.png", Greater);
        check("abc", "abc", Equal);
        check("", "a", Less);
        check("", "", Equal);
        check("001", "1", Equal);
        check("1.010", "1.001", Greater);
        check("1.5", "1.05", Greater);
        check("a 1", "a1", Equal);
        check("rfc822.txt", "rfc2086.txt", Less);
        check("x9y", "x9z", Less);
    }

    #[test]
    fn folded() {
        assert_eq!(compare(b"Image2", b"image10", true), Less);
        assert_eq!(compare(b"IMAGE2", b"image2", true), Equal);
    }
}
