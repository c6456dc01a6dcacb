//! Character sets that the entity functions read.

use phalanx_value::utf8;

/// A character set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// UTF-8.
    Utf8,
    /// ISO-8859-1.
    Latin1,
    /// Windows-1252.
    Cp1252,
    /// A set whose bytes below 128 are ASCII and of which no byte above has an entity.
    SingleByte,
}

/// Windows-1252 from 0x80 to 0x9f; 0 where it has no character.
const CP1252: [u16; 32] = [
    0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,
    0x017d, 0, 0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a,
    0x0153, 0, 0x017e, 0x0178,
];

impl Charset {
    /// The set with this name.
    pub fn from_name(name: &[u8]) -> Option<Charset> {
        Some(match name.to_ascii_lowercase().as_slice() {
            b"" | b"utf-8" => Charset::Utf8,
            b"iso-8859-1" | b"iso8859-1" => Charset::Latin1,
            b"windows-1252" | b"1252" | b"cp1252" => Charset::Cp1252,
            b"iso-8859-15" | b"iso8859-15" | b"iso-8859-5" | b"iso8859-5" | b"cp866" | b"866" | b"ibm866"
            | b"cp1251" | b"1251" | b"win-1251" | b"windows-1251" | b"koi8-r" | b"koi8-ru" | b"koi8r"
            | b"macroman" | b"big5" | b"950" | b"gb2312" | b"936" | b"big5-hkscs" | b"shift_jis"
            | b"sjis" | b"932" | b"euc-jp" | b"eucjp" | b"eucjp-win" | b"sjis-win" | b"cp932" => {
                Charset::SingleByte
            }
            _ => return None,
        })
    }

    /// The character at the beginning of `text` and its length; for a broken one the number of bytes to skip.
    pub(super) fn next_char(self, text: &[u8]) -> Result<(u32, usize), usize> {
        let byte = text[0];
        match self {
            Charset::Utf8 => utf8::next_char(text),
            Charset::Latin1 => Ok((u32::from(byte), 1)),
            Charset::Cp1252 => match byte {
                0x80..=0x9f => match CP1252[usize::from(byte - 0x80)] {
                    0 => Ok((u32::from(byte), 1)),
                    code => Ok((u32::from(code), 1)),
                },
                _ => Ok((u32::from(byte), 1)),
            },
            // Private use: no entity stands for these.
            Charset::SingleByte if byte >= 0x80 => Ok((0xf_0000 + u32::from(byte), 1)),
            Charset::SingleByte => Ok((u32::from(byte), 1)),
        }
    }

    /// Appends the character if the set has it.
    pub(super) fn push_char(self, out: &mut Vec<u8>, code: u32) -> bool {
        match self {
            Charset::Utf8 => utf8::push_char(out, code),
            Charset::Latin1 if code < 0x100 => out.push(code as u8),
            Charset::Cp1252 if code < 0x80 || (0xa0..0x100).contains(&code) => out.push(code as u8),
            Charset::Cp1252 if code != 0 => match CP1252.iter().position(|&c| u32::from(c) == code) {
                Some(at) => out.push(0x80 + at as u8),
                None => return false,
            },
            Charset::SingleByte if code < 0x80 => out.push(code as u8),
            _ => return false,
        }
        true
    }

    /// What stands for characters that cannot be shown.
    pub(super) fn replacement(self) -> &'static [u8] {
        if self == Charset::Utf8 { "\u{fffd}".as_bytes() } else { b"&#xFFFD;" }
    }
}

impl Charset {
    /// `text` in this set, if it has all of its characters.
    pub fn encode(self, text: &str) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        text.chars().all(|char| self.push_char(&mut out, char as u32)).then_some(out)
    }
}
