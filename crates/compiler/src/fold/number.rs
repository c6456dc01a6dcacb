//! Numbers in constant folding: numeric strings, arithmetic with overflow into floats.

use phalanx_syntax::ast::BinaryOp;

/// An int or a float.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Number {
    Int(i64),
    Float(f64),
}

impl Number {
    pub(crate) fn to_float(self) -> f64 {
        match self {
            Number::Int(value) => value as f64,
            Number::Float(value) => value,
        }
    }
}

/// The value of a numeric string: digits with optional sign, fraction and exponent, white space around it allowed.
pub(crate) fn numeric(text: &[u8]) -> Option<Number> {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c);
    let start = text.iter().position(|byte| !is_space(byte))?;
    let end = text.iter().rposition(|byte| !is_space(byte))? + 1;
    let text = &text[start..end];
    let digits = text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text);
    if digits.iter().all(u8::is_ascii_digit) && !digits.is_empty() {
        let text = std::str::from_utf8(text).ok()?;
        return Some(match text.parse::<i64>() {
            Ok(value) => Number::Int(value),
            Err(_) => Number::Float(text.parse().ok()?),
        });
    }
    let mut rest = digits;
    let whole = skip_digits(&mut rest);
    let mut fraction = 0;
    if let Some(tail) = rest.strip_prefix(b".") {
        rest = tail;
        fraction = skip_digits(&mut rest);
    }
    if whole + fraction == 0 {
        return None;
    }
    if let [b'e' | b'E', tail @ ..] = rest {
        rest = tail.strip_prefix(b"-").or_else(|| tail.strip_prefix(b"+")).unwrap_or(tail);
        if skip_digits(&mut rest) == 0 {
            return None;
        }
    }
    if !rest.is_empty() {
        return None;
    }
    std::str::from_utf8(text).ok()?.parse().ok().map(Number::Float)
}

fn skip_digits(rest: &mut &[u8]) -> usize {
    let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    *rest = &rest[count..];
    count
}

/// The int that a string is as an array key: decimal, canonical, within range.
pub(crate) fn array_index(text: &[u8]) -> Option<i64> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let canonical = match digits {
        [] => false,
        [b'0'] => text.len() == 1,
        [b'0', ..] => false,
        _ => digits.len() <= 19 && digits.iter().all(u8::is_ascii_digit),
    };
    if !canonical {
        return None;
    }
    let value = std::str::from_utf8(text).ok()?.parse::<i64>().ok()?;
    // The smallest int stays a string.
    (value != i64::MIN).then_some(value)
}

/// A float without its fraction, if an int can hold it.
pub(crate) fn truncate(value: f64) -> Option<i64> {
    // 2^63 itself does not fit.
    (value.is_finite() && (-9.223_372_036_854_776e18..9.223_372_036_854_776e18).contains(&value))
        .then_some(value as i64)
}

/// `left op right` for `+ - * / % **`.
pub(crate) fn arithmetic(op: BinaryOp, left: Number, right: Number) -> Option<Number> {
    use Number::{Float, Int};
    let exact = |checked: Option<i64>, float: f64| Some(checked.map_or(Float(float), Int));
    match (op, left, right) {
        (BinaryOp::Add, Int(l), Int(r)) => exact(l.checked_add(r), l as f64 + r as f64),
        (BinaryOp::Sub, Int(l), Int(r)) => exact(l.checked_sub(r), l as f64 - r as f64),
        (BinaryOp::Mul, Int(l), Int(r)) => exact(l.checked_mul(r), l as f64 * r as f64),
        (BinaryOp::Div, _, _) if right.to_float() == 0.0 => None,
        (BinaryOp::Div, Int(l), Int(r)) => match l.checked_rem(r) {
            Some(0) => l.checked_div(r).map(Int),
            _ => Some(Float(l as f64 / r as f64)),
        },
        (BinaryOp::Mod, Int(l), Int(r)) if r != 0 => Some(Int(l.checked_rem(r).unwrap_or(0))),
        (BinaryOp::Mod, _, _) => None,
        (BinaryOp::Pow, Int(l), Int(r)) => l.checked_pow(u32::try_from(r).ok()?).map(Int),
        (BinaryOp::Pow, _, _) => None,
        (BinaryOp::Add, l, r) => Some(Float(l.to_float() + r.to_float())),
        (BinaryOp::Sub, l, r) => Some(Float(l.to_float() - r.to_float())),
        (BinaryOp::Mul, l, r) => Some(Float(l.to_float() * r.to_float())),
        (BinaryOp::Div, l, r) => Some(Float(l.to_float() / r.to_float())),
        _ => None,
    }
}

/// `left op right` for `| & ^ << >>`.
pub(crate) fn bitwise(op: BinaryOp, left: i64, right: i64) -> Option<i64> {
    Some(match op {
        BinaryOp::BitOr => left | right,
        BinaryOp::BitAnd => left & right,
        BinaryOp::BitXor => left ^ right,
        BinaryOp::ShiftLeft | BinaryOp::ShiftRight if right < 0 => return None,
        BinaryOp::ShiftLeft => left.checked_shl(u32::try_from(right).unwrap_or(64)).unwrap_or(0),
        BinaryOp::ShiftRight => left >> right.min(63),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numeric_strings() {
        let check =
            |text: &str, expected: Option<Number>| assert_eq!(numeric(text.as_bytes()), expected, "{text:?}");
        check("12", Some(Number::Int(12)));
        check(" -12 ", Some(Number::Int(-12)));
        check("+1.5e3", Some(Number::Float(1500.0)));
        check(".5", Some(Number::Float(0.5)));
        check("5.", Some(Number::Float(5.0)));
        check("9223372036854775808", Some(Number::Float(9.223_372_036_854_776e18)));
        for text in ["", " ", "a", "1a", "0x1", "1e", ".", "-", "1 2", "inf"] {
            check(text, None);
        }
    }

    #[test]
    fn array_indices() {
        let check = |text: &str, expected: Option<i64>| {
            assert_eq!(array_index(text.as_bytes()), expected, "{text:?}")
        };
        check("0", Some(0));
        check("-5", Some(-5));
        check("9223372036854775807", Some(i64::MAX));
        for text in ["", "-0", "01", "1.5", " 1", "9223372036854775808", "-9223372036854775808", "+1"] {
            check(text, None);
        }
    }
}
