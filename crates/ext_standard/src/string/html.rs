//! HTML entities: `htmlspecialchars()`, `htmlentities()` and their inverses.
//!
//! The table of names (`data/entities.txt`) is the one of HTML 5; its marks say which name of several the encoder
//! chooses, and which belong to HTML 4.01 too.

mod charset;
mod decode;
mod encode;
mod table;

pub use charset::Charset;
pub use decode::decode;
pub use encode::encode;
pub use table::{Entities, entities};

/// Quotes that are converted.
pub mod quote {
    /// `'`.
    pub const SINGLE: i64 = 1;
    /// `"`.
    pub const DOUBLE: i64 = 2;
}

/// `ENT_IGNORE`: broken sequences are left out.
pub const IGNORE: i64 = 4;
/// `ENT_SUBSTITUTE`: broken sequences become U+FFFD.
pub const SUBSTITUTE: i64 = 8;
/// `ENT_DISALLOWED`: characters that the document type does not allow become U+FFFD.
pub const DISALLOWED: i64 = 128;

/// The document type that flags ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the document type of its name")]
pub enum Doctype {
    Html401,
    Xml1,
    Xhtml,
    Html5,
}

impl Doctype {
    /// Of the flags of a call.
    pub fn from_flags(flags: i64) -> Doctype {
        match flags & 48 {
            0 => Doctype::Html401,
            16 => Doctype::Xml1,
            32 => Doctype::Xhtml,
            _ => Doctype::Html5,
        }
    }

    /// How an apostrophe is written.
    pub fn apostrophe(self) -> &'static [u8] {
        if self == Doctype::Html401 { b"&#039;" } else { b"&apos;" }
    }

    /// Whether documents of this type may contain the character.
    pub fn allows(self, code: u32) -> bool {
        match self {
            Doctype::Html401 => {
                matches!(code, 0x20..=0x7e | 0x0a | 0x09 | 0x0d | 0xa0..=0xd7ff | 0xe000..=0x10ffff)
            }
            Doctype::Html5 => match code {
                0x20..=0x7e | 0x09 | 0x0a | 0x0c | 0x0d => true,
                0xd800..=0xdfff | 0xfdd0..=0xfdef => false,
                0xa0..=0x10ffff => code & 0xfffe != 0xfffe,
                _ => false,
            },
            Doctype::Xhtml | Doctype::Xml1 => match code {
                0x0a | 0x09 | 0x0d | 0x20..=0xd7ff => true,
                0xe000..=0x10ffff => code != 0xfffe && code != 0xffff,
                _ => false,
            },
        }
    }

    /// Whether a document of this type may write the character as a number.
    pub fn allows_number(self, code: u32) -> bool {
        match self {
            Doctype::Html401 => code <= 0x10ffff,
            Doctype::Html5 => self.allows(code) && code != 0x0d,
            Doctype::Xhtml | Doctype::Xml1 => self.allows(code),
        }
    }
}

/// What an entity at the beginning of a text is.
enum Entity<'a> {
    Number(u32),
    Name(&'a [u8]),
}

/// Reads an entity that begins with `&`; also gives its length.
fn parse_entity(text: &[u8]) -> Option<(Entity<'_>, usize)> {
    let end = |from: usize, digits: usize| text.get(from + digits) == Some(&b';');
    if let Some(number) = text.strip_prefix(b"&#") {
        let (skip, radix) = if matches!(number.first(), Some(b'x' | b'X')) { (3, 16) } else { (2, 10) };
        let digits = text[skip..].iter().take_while(|c| char::from(**c).is_digit(radix)).count();
        if digits == 0 || !end(skip, digits) {
            return None;
        }
        let code = text[skip..skip + digits].iter().try_fold(0u32, |code, &digit| {
            let code = code * radix + char::from(digit).to_digit(radix)?;
            (code <= 0x10ffff).then_some(code)
        })?;
        return Some((Entity::Number(code), skip + digits + 1));
    }
    let name = text[1..].iter().take_while(|c| c.is_ascii_alphanumeric()).count();
    (name > 0 && end(1, name)).then(|| (Entity::Name(&text[1..1 + name]), name + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, flags: i64, all: bool, double: bool, expect: &str) {
        let out = encode(text.as_bytes(), flags, all, Charset::Utf8, double);
        assert_eq!(String::from_utf8_lossy(&out), expect);
    }

    #[test]
    fn encoding() {
        check(
            "<a href='x'>\"&amp;\"</a>",
            11,
            false,
            true,
            "&lt;a href=&#039;x&#039;&gt;&quot;&amp;amp;&quot;&lt;/a&gt;",
        );
        check("<a'\">", 2, false, true, "&lt;a'&quot;&gt;");
        check("'", 3 | 48, false, true, "&apos;");
        check("&amp; &#39; &bogus; &", 11, false, false, "&amp; &#39; &amp;bogus; &amp;");
        check("é€ fj", 11, true, true, "&eacute;&euro; fj");
        check("fj", 11 | 48, true, true, "&fjlig;");
    }

    #[test]
    fn broken() {
        assert_eq!(encode(b"a\xffb", 3, false, Charset::Utf8, true), b"");
        assert_eq!(encode(b"a\xffb", 3 | IGNORE, false, Charset::Utf8, true), b"ab");
        assert_eq!(encode(b"a\xffb", 11, false, Charset::Utf8, true), "a\u{fffd}b".as_bytes());
    }

    #[test]
    fn decoding() {
        let check = |text: &str, flags, all, expect: &str| {
            let out = decode(text.as_bytes(), flags, all, Charset::Utf8);
            assert_eq!(String::from_utf8_lossy(&out), expect);
        };
        check("&lt;&quot;&#039;&apos;&amp;lt;", 11, true, "<\"'&apos;&lt;");
        check("&eacute;&#233;&#xe9;&#x110000;&notin;&nosuch;&", 11, true, "ééé&#x110000;∉&nosuch;&");
        check("&eacute;&#60;&#65;&lt;", 11, false, "&eacute;<&#65;<");
        check("&quot;&#34;&#39;", 0, true, "&quot;&#34;&#39;");
        check("&fjlig;&apos;", 11 | 48, true, "fj'");
    }
}
