//! Bytes as text for transfer: base 64, uuencode, quoted-printable, hexadecimal.

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Not a digit of base 64.
const NONE: u8 = 0xff;

const BASE64_DIGITS: [u8; 256] = {
    let mut table = [NONE; 256];
    let mut digit = 0;
    while digit < 64 {
        table[BASE64[digit] as usize] = digit as u8;
        digit += 1;
    }
    table
};

/// `bytes` in base 64.
pub fn base64_encode(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len().div_ceil(3) * 4);
    let digit = |bits: u32| BASE64[(bits & 63) as usize];
    let mut chunks = bytes.chunks_exact(3);
    for chunk in &mut chunks {
        let bits = u32::from(chunk[0]) << 16 | u32::from(chunk[1]) << 8 | u32::from(chunk[2]);
        out.extend_from_slice(&[digit(bits >> 18), digit(bits >> 12), digit(bits >> 6), digit(bits)]);
    }
    match *chunks.remainder() {
        [a] => out.extend_from_slice(&[digit(u32::from(a) >> 2), digit(u32::from(a) << 4), b'=', b'=']),
        [a, b] => {
            let bits = u32::from(a) << 8 | u32::from(b);
            out.extend_from_slice(&[digit(bits >> 10), digit(bits >> 4), digit(bits << 2), b'=']);
        }
        _ => {}
    }
    out
}

/// Reads base 64. Bytes that are no digits are skipped; if `strict`, they, and wrong padding, make it fail (white space
/// excepted).
pub fn base64_decode(text: &[u8], strict: bool) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let (mut bits, mut digits, mut padding) = (0u32, 0usize, 0usize);
    for &byte in text {
        if byte == b'=' {
            padding += 1;
            continue;
        }
        let digit = BASE64_DIGITS[usize::from(byte)];
        if digit == NONE {
            if strict && !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return None;
            }
            continue;
        }
        if strict && padding > 0 {
            return None;
        }
        bits = bits << 6 | u32::from(digit);
        digits += 1;
        if digits.is_multiple_of(4) {
            out.extend_from_slice(&[(bits >> 16) as u8, (bits >> 8) as u8, bits as u8]);
        }
    }
    if strict && (digits % 4 == 1 || (padding > 0 && (padding > 2 || !(digits + padding).is_multiple_of(4))))
    {
        return None;
    }
    match digits % 4 {
        2 => out.push((bits >> 4) as u8),
        3 => out.extend_from_slice(&[(bits >> 10) as u8, (bits >> 2) as u8]),
        _ => {}
    }
    Some(out)
}

/// `bytes` in uuencode: lines of up to 45 bytes, closed by an empty one.
pub fn uu_encode(bytes: &[u8]) -> Vec<u8> {
    let char = |bits: u32| if bits & 63 == 0 { b'`' } else { (bits & 63) as u8 + b' ' };
    let mut out = Vec::with_capacity(bytes.len() * 4 / 3 + bytes.len() / 45 * 2 + 8);
    for line in bytes.chunks(45) {
        out.push(char(line.len() as u32));
        for chunk in line.chunks(3) {
            let at = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
            let bits = at(0) << 16 | at(1) << 8 | at(2);
            out.extend_from_slice(&[char(bits >> 18), char(bits >> 12), char(bits >> 6), char(bits)]);
        }
        out.push(b'\n');
    }
    out.extend_from_slice(b"`\n");
    out
}

/// Reads uuencode; `None` if a line is cut short.
pub fn uu_decode(text: &[u8]) -> Option<Vec<u8>> {
    let value = |byte: u8| u32::from(byte.wrapping_sub(b' ') & 63);
    let mut out = Vec::with_capacity(text.len() * 3 / 4);
    let mut at = 0;
    while at < text.len() {
        let length = value(text[at]) as usize;
        at += 1;
        if length == 0 {
            break;
        }
        let line = text.get(at..at + length.div_ceil(3) * 4)?;
        let start = out.len();
        for chunk in line.chunks_exact(4) {
            let bits = value(chunk[0]) << 18 | value(chunk[1]) << 12 | value(chunk[2]) << 6 | value(chunk[3]);
            out.extend_from_slice(&[(bits >> 16) as u8, (bits >> 8) as u8, bits as u8]);
        }
        out.truncate(start + length);
        // The line break.
        at += line.len() + 1;
    }
    Some(out)
}

const HEX_UPPER: &[u8; 16] = b"0123456789ABCDEF";

/// `bytes` in the quoted-printable form of mail, in lines of at most 76 bytes.
pub fn quoted_printable_encode(bytes: &[u8]) -> Vec<u8> {
    /// Longest line, the soft break included.
    const LINE: usize = 75;
    let mut out = Vec::with_capacity(bytes.len() * 3 / 2);
    let mut room = LINE;
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        let next = bytes.get(at + 1).copied();
        at += 1;
        if byte == b'\r' && next == Some(b'\n') {
            out.extend_from_slice(b"\r\n");
            at += 1;
            room = LINE;
            continue;
        }
        let quoted =
            byte.is_ascii_control() || byte >= 0x80 || byte == b'=' || (byte == b' ' && next == Some(b'\r'));
        if !quoted {
            if room == 0 {
                out.extend_from_slice(b"=\r\n");
                room = LINE;
            }
            room -= 1;
            out.push(byte);
            continue;
        }
        // A character of UTF-8 is not torn apart.
        let whole = match byte {
            0xc0..=0xdf => 6,
            0xe0..=0xef => 9,
            0xf0..=0xf4 => 12,
            _ => 3,
        };
        let need = if byte > 0x7f { whole } else { 3 };
        if room < need && (!(0x80..0xc0).contains(&byte) || room < 3) {
            out.extend_from_slice(b"=\r\n");
            room = LINE;
        }
        room -= 3;
        out.extend_from_slice(&[b'=', HEX_UPPER[usize::from(byte >> 4)], HEX_UPPER[usize::from(byte & 15)]]);
    }
    out
}

/// Reads quoted-printable.
pub fn quoted_printable_decode(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        if text[at] != b'=' {
            out.push(text[at]);
            at += 1;
            continue;
        }
        if let (Some(high), Some(low)) = (hex_digit(text.get(at + 1)), hex_digit(text.get(at + 2))) {
            out.push(high << 4 | low);
            at += 3;
            continue;
        }
        // A soft line break, perhaps behind spaces.
        let spaces = text[at + 1..].iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        let end = at + 1 + spaces;
        match text.get(end..).unwrap_or(&[]) {
            [] => at = end,
            [b'\r', b'\n', ..] => at = end + 2,
            [b'\n' | b'\r', ..] => at = end + 1,
            _ => {
                out.push(b'=');
                at += 1;
            }
        }
    }
    out
}

/// The value of a hexadecimal digit.
pub fn hex_digit(byte: Option<&u8>) -> Option<u8> {
    char::from(*byte?).to_digit(16).map(|digit| digit as u8)
}

/// `bytes` in lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = Vec::with_capacity(bytes.len() * 2);
    for &byte in bytes {
        out.extend_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
    out
}

/// Reads hexadecimal of even length; `None` if there is another byte in it.
pub fn unhex(text: &[u8]) -> Option<Vec<u8>> {
    text.chunks_exact(2).map(|pair| Some(hex_digit(pair.first())? << 4 | hex_digit(pair.get(1))?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64() {
        for (plain, coded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")]
        {
            assert_eq!(base64_encode(plain.as_bytes()), coded.as_bytes());
            assert_eq!(base64_decode(coded.as_bytes(), true).as_deref(), Some(plain.as_bytes()));
        }
        assert_eq!(base64_decode(b"Zm 9v!Yg", false).as_deref(), Some(&b"foob"[..]));
        for wrong in ["Zm9v!", "Z", "Zg=", "Zg==Zg", "Zg==="] {
            assert_eq!(base64_decode(wrong.as_bytes(), true), None, "{wrong}");
        }
    }

    #[test]
    fn uuencode() {
        let text = b"test\ntext text\r\n";
        assert_eq!(uu_encode(text), b"0=&5S=`IT97AT('1E>'0-\"@``\n`\n");
        assert_eq!(uu_decode(&uu_encode(text)).as_deref(), Some(&text[..]));
        assert_eq!(uu_decode(b"0=&5"), None);
    }

    #[test]
    fn quoted_printable() {
        assert_eq!(quoted_printable_encode("héllo=\t".as_bytes()), b"h=C3=A9llo=3D=09");
        assert_eq!(quoted_printable_decode(b"h=C3=A9=\r\nllo=3D= \nx=zz"), "héllo=x=zz".as_bytes());
    }

    #[test]
    fn hexadecimal() {
        assert_eq!(hex(b"\x00\xffA"), b"00ff41");
        assert_eq!(unhex(b"00FF41").as_deref(), Some(&b"\x00\xffA"[..]));
        assert_eq!(unhex(b"0g"), None);
    }
}
