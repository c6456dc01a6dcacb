//! Comparing version numbers, `version_compare()`.

use std::cmp::Ordering;

/// How versions relate: parts separated by dots, dashes and changes between digits and letters are compared one by one.
pub fn compare(first: &[u8], second: &[u8]) -> Ordering {
    if first.is_empty() || second.is_empty() {
        return first.len().min(1).cmp(&second.len().min(1));
    }
    let (left, right) = (canonical(first), canonical(second));
    let mut left_parts = parts(&left);
    let mut right_parts = parts(&right);
    loop {
        let order = match (left_parts.next(), right_parts.next()) {
            (None, None) => return Ordering::Equal,
            (Some(a), Some(b)) => compare_parts(a, b),
            // What is left over makes a version newer if it is a number, and older if it is a word such as "beta".
            (Some(a), None) if starts_with_digit(a) => Ordering::Greater,
            (None, Some(b)) if starts_with_digit(b) => Ordering::Less,
            (Some(a), None) => compare_rest(a),
            (None, Some(b)) => compare_rest(b).reverse(),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// What an operator says of an order; `None` if there is no such operator.
pub fn satisfies(order: Ordering, operator: &[u8]) -> Option<bool> {
    Some(match operator {
        b"<" | b"lt" => order.is_lt(),
        b"<=" | b"le" => order.is_le(),
        b">" | b"gt" => order.is_gt(),
        b">=" | b"ge" => order.is_ge(),
        b"==" | b"eq" => order.is_eq(),
        b"!=" | b"<>" | b"ne" => order.is_ne(),
        _ => return None,
    })
}

/// The rest of a longer version against the nothing that the other one has there.
fn compare_rest(part: &[u8]) -> Ordering {
    compare_forms(part, b"#N#")
}

fn starts_with_digit(part: &[u8]) -> bool {
    part.first().is_some_and(u8::is_ascii_digit)
}

/// `_`, `-` and `+` become dots, and dots go between digits and everything else.
fn canonical(version: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(version.len() * 2);
    let mut last = 0u8;
    for (at, &byte) in version.iter().enumerate() {
        let separator = |b: u8| matches!(b, b'-' | b'_' | b'+');
        if at == 0 {
            out.push(byte);
        } else if separator(byte) {
            if out.last() != Some(&b'.') {
                out.push(b'.');
            }
        } else if (is_word(last) && !is_word(byte)) || (!is_word(last) && is_word(byte)) {
            if out.last() != Some(&b'.') && byte != b'.' {
                out.push(b'.');
            }
            out.push(byte);
        } else if !byte.is_ascii_alphanumeric() {
            if out.last() != Some(&b'.') {
                out.push(b'.');
            }
        } else {
            out.push(byte);
        }
        last = byte;
    }
    out
}

/// Neither a digit nor a dot.
fn is_word(byte: u8) -> bool {
    !byte.is_ascii_digit() && byte != b'.' && byte != 0
}

fn parts(version: &[u8]) -> impl Iterator<Item = &[u8]> {
    version.split(|byte| *byte == b'.')
}

fn compare_parts(a: &[u8], b: &[u8]) -> Ordering {
    match (starts_with_digit(a), starts_with_digit(b)) {
        (true, true) => number(a).cmp(&number(b)),
        (false, false) => compare_forms(a, b),
        (true, false) => compare_forms(b"#N#", b),
        (false, true) => compare_forms(a, b"#N#"),
    }
}

fn number(digits: &[u8]) -> i64 {
    digits
        .iter()
        .take_while(|b| b.is_ascii_digit())
        .fold(0i64, |n, b| n.saturating_mul(10).saturating_add(i64::from(b - b'0')))
}

/// Known words in their order; unknown ones come before all.
fn compare_forms(a: &[u8], b: &[u8]) -> Ordering {
    rank(a).cmp(&rank(b))
}

fn rank(form: &[u8]) -> i32 {
    const FORMS: [(&[u8], i32); 10] = [
        (b"dev", 0),
        (b"alpha", 1),
        (b"a", 1),
        (b"beta", 2),
        (b"b", 2),
        (b"RC", 3),
        (b"rc", 3),
        (b"#", 4),
        (b"pl", 5),
        (b"p", 5),
    ];
    FORMS.iter().find(|(name, _)| form.starts_with(name)).map_or(-1, |form| form.1)
}

#[cfg(test)]
mod tests {
    use super::compare;

    #[test]
    fn order() {
        for line in [
            "5.2.0 > 5.1.9",
            "1.0 < 1.0.1",
            "1.0rc1 < 1.0",
            "1.0-beta < 1.0-RC1",
            "1.0pl1 > 1.0",
            "1.0.0 > 1.0",
            "1 = 1",
            "1.0dev < 1.0alpha",
            "8.4.0-dev < 8.4.0",
            "1.0b1 = 1.0beta1",
            "1.0foo < 1.0dev",
            "1.0p > 1.0.1",
            "1..0 = 1.0",
            "1.0.x < 1.0.1",
            "abc = abd",
            "1_0+1 = 1.0.1",
            "1.0#1 > 1.0",
        ] {
            let words: Vec<&str> = line.split(' ').collect();
            let order = match compare(words[0].as_bytes(), words[2].as_bytes()) as i8 {
                -1 => "<",
                0 => "=",
                _ => ">",
            };
            assert_eq!(order, words[1], "{line}");
        }
    }
}
