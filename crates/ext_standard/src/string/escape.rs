//! Backslashes before bytes that mean something to somebody: `addslashes()`, `addcslashes()`, `quotemeta()` and back.

use super::mask::Mask;

/// Backslashes before quotes and backslashes; NUL becomes `\0`.
pub fn add_slashes(text: &[u8]) -> Option<Vec<u8>> {
    let special = |byte: &u8| matches!(byte, b'\'' | b'"' | b'\\' | 0);
    let extra = text.iter().filter(|byte| special(byte)).count();
    if extra == 0 {
        return None;
    }
    let mut out = Vec::with_capacity(text.len() + extra);
    for &byte in text {
        if special(&byte) {
            out.push(b'\\');
        }
        out.push(if byte == 0 { b'0' } else { byte });
    }
    Some(out)
}

/// Takes away what [`add_slashes`] adds.
pub fn strip_slashes(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.iter();
    while let Some(&byte) = bytes.next() {
        match byte {
            b'\\' => match bytes.next() {
                Some(b'0') => out.push(0),
                Some(&next) => out.push(next),
                None => {}
            },
            _ => out.push(byte),
        }
    }
    out
}

/// Backslashes before the bytes of the mask; those that cannot be printed as C writes them.
pub fn add_c_slashes(text: &[u8], mask: &Mask) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for &byte in text {
        if !mask.has(byte) {
            out.push(byte);
            continue;
        }
        out.push(b'\\');
        match byte {
            32..=126 => out.push(byte),
            b'\n' => out.push(b'n'),
            b'\t' => out.push(b't'),
            b'\r' => out.push(b'r'),
            7 => out.push(b'a'),
            11 => out.push(b'v'),
            8 => out.push(b'b'),
            12 => out.push(b'f'),
            _ => out.extend_from_slice(format!("{byte:03o}").as_bytes()),
        }
    }
    out
}

/// Reads C's escapes.
pub fn strip_c_slashes(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        if text[at] != b'\\' || at + 1 == text.len() {
            out.push(text[at]);
            at += 1;
            continue;
        }
        at += 1;
        let (byte, len) = c_escape(&text[at..]);
        out.push(byte);
        at += len;
    }
    out
}

/// The byte that the escape behind a backslash stands for, and its length.
fn c_escape(rest: &[u8]) -> (u8, usize) {
    let number = |digits: &[u8], radix: u32, most: usize| {
        let len = digits.iter().take(most).take_while(|d| char::from(**d).is_digit(radix)).count();
        let value =
            digits[..len].iter().fold(0u32, |n, d| n * radix + char::from(*d).to_digit(radix).unwrap_or(0));
        (value as u8, len)
    };
    match rest[0] {
        b'n' => (b'\n', 1),
        b't' => (b'\t', 1),
        b'r' => (b'\r', 1),
        b'a' => (7, 1),
        b'v' => (11, 1),
        b'b' => (8, 1),
        b'f' => (12, 1),
        b'x' if rest.get(1).is_some_and(u8::is_ascii_hexdigit) => {
            let (value, len) = number(&rest[1..], 16, 2);
            (value, len + 1)
        }
        b'0'..=b'7' => number(rest, 8, 3),
        other => (other, 1),
    }
}

/// Backslashes before what means something in regular expressions of old.
pub fn quote_meta(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 8);
    for &byte in text {
        if b".\\+*?[^]$()".contains(&byte) {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slashes() {
        assert_eq!(add_slashes(b"O'Re\"il\\ly\0"), Some(b"O\\'Re\\\"il\\\\ly\\0".to_vec()));
        assert_eq!(add_slashes(b"plain"), None);
        assert_eq!(strip_slashes(b"O\\'R\\\\e\\0\\"), b"O'R\\e\0");
    }

    #[test]
    fn c_slashes() {
        let (mask, _) = Mask::with_ranges(b"\0..\x1f!@\x7f..\xff");
        assert_eq!(add_c_slashes(b"abc\n\x01\x7f\xe9@", &mask), b"abc\\n\\001\\177\\351\\@");
        assert_eq!(strip_c_slashes(b"\\n\\x41\\101\\q\\xg\\"), b"\nAAqxg\\");
        assert_eq!(quote_meta(b"1+1=2?"), b"1\\+1=2\\?");
    }
}
