//! Reading UTF-8 the way `htmlspecialchars()`, `json_encode()` and friends do: how many bytes a broken sequence takes is
//! part of what scripts see.

/// The code point at the beginning of `text` and its length; for a broken sequence the number of bytes to skip.
#[inline]
pub fn next_char(text: &[u8]) -> Result<(u32, usize), usize> {
    let first = text[0];
    let at = |index: usize| text.get(index).copied();
    let is_trail = |byte: Option<u8>| matches!(byte, Some(0x80..=0xbf));
    // A missing byte counts as one that could begin a sequence.
    let is_lead = |byte: Option<u8>| matches!(byte, None | Some(0..=0x7f | 0xc2..=0xf4));
    let bits = |index: usize| u32::from(text[index] & 0x3f);
    match first {
        0..=0x7f => Ok((u32::from(first), 1)),
        0xc2..=0xdf => {
            if is_trail(at(1)) {
                Ok((u32::from(first & 0x1f) << 6 | bits(1), 2))
            } else {
                Err(if is_lead(at(1)) { 1 } else { 2 })
            }
        }
        0xe0..=0xef => {
            if !(is_trail(at(1)) && is_trail(at(2))) {
                return Err((1..3).find(|&n| is_lead(at(n))).unwrap_or(3));
            }
            let code = u32::from(first & 0x0f) << 12 | bits(1) << 6 | bits(2);
            if code < 0x800 || (0xd800..0xe000).contains(&code) { Err(3) } else { Ok((code, 3)) }
        }
        0xf0..=0xf4 => {
            if !(is_trail(at(1)) && is_trail(at(2)) && is_trail(at(3))) {
                return Err((1..4).find(|&n| is_lead(at(n))).unwrap_or(4));
            }
            let code = u32::from(first & 0x07) << 18 | bits(1) << 12 | bits(2) << 6 | bits(3);
            if (0x10000..0x110000).contains(&code) { Ok((code, 4)) } else { Err(4) }
        }
        _ => Err(1),
    }
}

/// Appends `code` in UTF-8. Surrogates are written as three bytes, as PHP does.
pub fn push_char(out: &mut Vec<u8>, code: u32) {
    match code {
        0..0x80 => out.push(code as u8),
        0x80..0x800 => out.extend_from_slice(&[0xc0 | (code >> 6) as u8, trail(code)]),
        0x800..0x10000 => out.extend_from_slice(&[0xe0 | (code >> 12) as u8, trail(code >> 6), trail(code)]),
        _ => out.extend_from_slice(&[
            0xf0 | (code >> 18) as u8,
            trail(code >> 12),
            trail(code >> 6),
            trail(code),
        ]),
    }
}

fn trail(bits: u32) -> u8 {
    0x80 | (bits & 0x3f) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip() {
        for code in [0, 0x7f, 0x80, 0x7ff, 0x800, 0xffff, 0x10000, 0x10ffff] {
            let mut out = Vec::new();
            push_char(&mut out, code);
            assert_eq!(next_char(&out), Ok((code, out.len())));
        }
    }

    #[test]
    fn broken() {
        for (bytes, skip) in [
            (&b"\xff"[..], 1),
            (b"\xc3", 1),
            (b"\xc3(", 1),
            (b"\xc3\xff", 2),
            (b"\xe2\x82", 2),
            (b"\xe2(\xa1", 1),
            (b"\xed\xa0\x80", 3),
            (b"\xf0\x80\x80\x80", 4),
            (b"\xf4\x90\x80\x80", 4),
        ] {
            assert_eq!(next_char(bytes), Err(skip), "{bytes:x?}");
        }
    }
}
