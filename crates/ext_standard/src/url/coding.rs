//! Percent-encoding.

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// `text` with all but letters, digits and `-_.` as `%XX`, spaces as `+`.
pub fn url_encode(text: &[u8]) -> Vec<u8> {
    encode(text, |byte| match byte {
        b' ' => Some(b'+'),
        b'-' | b'.' | b'_' => Some(byte),
        _ => byte.is_ascii_alphanumeric().then_some(byte),
    })
}

/// `text` with all but letters, digits and `-_.~` as `%XX`.
pub fn raw_url_encode(text: &[u8]) -> Vec<u8> {
    encode(text, |byte| (byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)).then_some(byte))
}

fn encode(text: &[u8], plain: impl Fn(u8) -> Option<u8>) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + text.len() / 4);
    for &byte in text {
        match plain(byte) {
            Some(byte) => out.push(byte),
            None => out.extend_from_slice(&[b'%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]),
        }
    }
    out
}

/// Reads what [`url_encode`] writes; `+` is a space.
pub fn url_decode(text: &[u8]) -> Vec<u8> {
    decode(text, true)
}

/// Reads what [`raw_url_encode`] writes.
pub fn raw_url_decode(text: &[u8]) -> Vec<u8> {
    decode(text, false)
}

fn decode(text: &[u8], plus: bool) -> Vec<u8> {
    use crate::string::transfer::hex_digit;
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let byte = text[at];
        at += 1;
        match byte {
            b'+' if plus => out.push(b' '),
            b'%' => match (hex_digit(text.get(at)), hex_digit(text.get(at + 1))) {
                (Some(high), Some(low)) => {
                    out.push(high << 4 | low);
                    at += 2;
                }
                _ => out.push(b'%'),
            },
            _ => out.push(byte),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coding() {
        assert_eq!(url_encode(b"a b~&c/-_."), b"a+b%7E%26c%2F-_.");
        assert_eq!(raw_url_encode(b"a b~&c"), b"a%20b~%26c");
        assert_eq!(url_decode(b"a+b%7E%zz%4"), b"a b~%zz%4");
        assert_eq!(raw_url_decode(b"a+b%20"), b"a+b ");
    }
}
