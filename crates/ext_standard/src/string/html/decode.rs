//! Entities to characters.

use super::{Charset, Doctype, Entity, entities, parse_entity, quote};

/// `text` with its entities as characters: all of the document type if `all`, else those of special characters.
pub fn decode(text: &[u8], flags: i64, all: bool, charset: Charset) -> Vec<u8> {
    let doctype = Doctype::from_flags(flags);
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'&', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at..];
        let len = decode_one(&mut out, rest, flags, doctype, all, charset).unwrap_or_else(|| {
            out.push(b'&');
            1
        });
        rest = &rest[len..];
    }
    out.extend_from_slice(rest);
    out
}

/// Appends what the entity at the beginning of `text` stands for; the result is its length.
fn decode_one(
    out: &mut Vec<u8>,
    text: &[u8],
    flags: i64,
    doctype: Doctype,
    all: bool,
    charset: Charset,
) -> Option<usize> {
    let (entity, len) = parse_entity(text)?;
    let start = out.len();
    match entity {
        Entity::Number(code) => {
            if !all && !matches!(code, 0x22 | 0x26 | 0x27 | 0x3c | 0x3e) {
                return None;
            }
            if !doctype.allows(code)
                || (doctype == Doctype::Html5 && code == 0x0d)
                || is_kept_quote(code, flags)
            {
                return None;
            }
            charset.push_char(out, code).then_some(len)
        }
        Entity::Name(name) => {
            let chars = entities().named(name, doctype)?;
            if !all && !is_special(name, doctype) {
                return None;
            }
            for char in chars.chars() {
                if is_kept_quote(char as u32, flags) || !charset.push_char(out, char as u32) {
                    out.truncate(start);
                    return None;
                }
            }
            Some(len)
        }
    }
}

fn is_special(name: &[u8], doctype: Doctype) -> bool {
    match name {
        b"lt" | b"gt" | b"amp" | b"quot" => true,
        b"apos" => doctype != Doctype::Html401,
        _ => false,
    }
}

fn is_kept_quote(code: u32, flags: i64) -> bool {
    (code == 0x27 && flags & quote::SINGLE == 0) || (code == 0x22 && flags & quote::DOUBLE == 0)
}
