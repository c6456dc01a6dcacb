//! How alike strings are: edit distance, common parts, and keys of how English words sound.

/// Costs of the edit distance.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "each is the cost of its name")]
pub struct Costs {
    pub insert: i64,
    pub replace: i64,
    pub delete: i64,
}

/// The least cost of turning `from` into `to`.
pub fn levenshtein(from: &[u8], to: &[u8], costs: Costs) -> i64 {
    if from.is_empty() {
        return (to.len() as i64).wrapping_mul(costs.insert);
    }
    if to.is_empty() {
        return (from.len() as i64).wrapping_mul(costs.delete);
    }
    // One row of the matrix is enough: it is overwritten from the left, with the old diagonal kept aside.
    let mut row: Vec<i64> = (0..=to.len() as i64).map(|n| n.wrapping_mul(costs.insert)).collect();
    for &x in from {
        let mut diagonal = row[0];
        row[0] = row[0].wrapping_add(costs.delete);
        for (at, &y) in to.iter().enumerate() {
            let replaced = diagonal.wrapping_add(if x == y { 0 } else { costs.replace });
            let deleted = row[at + 1].wrapping_add(costs.delete);
            let inserted = row[at].wrapping_add(costs.insert);
            diagonal = row[at + 1];
            row[at + 1] = replaced.min(deleted).min(inserted);
        }
    }
    row[to.len()]
}

/// Number of bytes that the strings share: the longest common part, and the same of what lies left and right of it.
pub fn similar_text(first: &[u8], second: &[u8]) -> usize {
    let mut shared = 0;
    let mut work = vec![(first, second)];
    while let Some((a, b)) = work.pop() {
        let Some((at_a, at_b, len)) = longest_common(a, b) else { continue };
        shared += len;
        if at_a > 0 && at_b > 0 {
            work.push((&a[..at_a], &b[..at_b]));
        }
        work.push((&a[at_a + len..], &b[at_b + len..]));
    }
    shared
}

/// The first of the longest common parts: where it begins in both, and its length.
fn longest_common(a: &[u8], b: &[u8]) -> Option<(usize, usize, usize)> {
    let mut best = (0, 0, 0);
    for start_a in 0..a.len() {
        if a.len() - start_a <= best.2 {
            break;
        }
        for start_b in 0..b.len() {
            if b.len() - start_b <= best.2 {
                break;
            }
            let len = a[start_a..].iter().zip(&b[start_b..]).take_while(|(x, y)| x == y).count();
            if len > best.2 {
                best = (start_a, start_b, len);
            }
        }
    }
    (best.2 > 0).then_some(best)
}

/// The soundex key: a letter and three digits (all zeros if there is no letter); empty for the empty string.
pub fn soundex(word: &[u8]) -> Vec<u8> {
    /// Codes of A to Z. A letter with code 0 says nothing, but parts equal codes; H and W do so too in PHP.
    const CODES: &[u8; 26] = b"01230120022455012623010202";
    let mut key = Vec::with_capacity(4);
    let mut last = 0;
    for letter in word.iter().map(u8::to_ascii_uppercase).filter(u8::is_ascii_uppercase) {
        let code = CODES[usize::from(letter - b'A')];
        if key.is_empty() {
            key.push(letter);
        } else if code != last && code != b'0' {
            key.push(code);
        }
        last = code;
        if key.len() == 4 {
            break;
        }
    }
    key.resize(4, b'0');
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_distance(from: &str, to: &str, costs: [i64; 3], expect: i64) {
        let costs = Costs { insert: costs[0], replace: costs[1], delete: costs[2] };
        assert_eq!(levenshtein(from.as_bytes(), to.as_bytes(), costs), expect, "{from} {to} {costs:?}");
    }

    #[test]
    fn distances() {
        check_distance("kitten", "sitting", [1, 1, 1], 3);
        check_distance("", "abc", [2, 1, 1], 6);
        check_distance("abc", "", [1, 1, 3], 9);
        check_distance("carrrot", "carrot", [1, 1, 1], 1);
        check_distance("12345678", "34567890", [2, 1, 1], 6);
    }

    #[test]
    fn common_parts() {
        assert_eq!(similar_text(b"World", b"Word"), 4);
        assert_eq!(similar_text(b"Hello", b"World"), 1);
        assert_eq!(similar_text(b"bdadca", b"dadaaa"), 4);
        assert_eq!(similar_text(b"", b"x"), 0);
    }

    #[test]
    fn soundex_keys() {
        for (word, key) in [
            ("Robert", "R163"),
            ("Tymczak", "T522"),
            ("Pfister", "P236"),
            ("Honeyman", "H555"),
            ("Ashcraft", "A226"),
            ("1", "0000"),
            ("", "0000"),
        ] {
            assert_eq!(soundex(word.as_bytes()), key.as_bytes(), "{word}");
        }
    }
}
