//! Characters to entities.

use super::{Charset, DISALLOWED, Doctype, Entity, IGNORE, SUBSTITUTE, entities, parse_entity, quote};

/// `text` with its special characters as entities, all characters that have a name if `all`. Entities in the text
/// stay as they are unless `double`. Empty if the text is broken and the flags do not say what to do then.
pub fn encode(text: &[u8], flags: i64, all: bool, charset: Charset, double: bool) -> Vec<u8> {
    let doctype = Doctype::from_flags(flags);
    let names = all && doctype != Doctype::Xml1;
    let mut out = Vec::with_capacity(text.len() + text.len() / 8);
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let (code, len) = match charset.next_char(rest) {
            Ok(char) => char,
            Err(skip) => {
                at += skip.min(rest.len());
                if flags & IGNORE != 0 {
                    continue;
                }
                if flags & SUBSTITUTE != 0 {
                    out.extend_from_slice(charset.replacement());
                    continue;
                }
                return Vec::new();
            }
        };
        at += len;
        match code {
            0x26 if double => out.extend_from_slice(b"&amp;"),
            0x26 => match existing_entity(rest, doctype, flags) {
                Some(len) => {
                    out.extend_from_slice(&rest[..len]);
                    at += len - 1;
                }
                None => out.extend_from_slice(b"&amp;"),
            },
            0x3c => out.extend_from_slice(b"&lt;"),
            0x3e => out.extend_from_slice(b"&gt;"),
            0x22 if flags & quote::DOUBLE != 0 => out.extend_from_slice(b"&quot;"),
            0x27 if flags & quote::SINGLE != 0 => out.extend_from_slice(doctype.apostrophe()),
            0x22 | 0x27 => out.push(code as u8),
            _ => {
                let name = if names { name_of(code, &text[at..], doctype, charset) } else { None };
                if let Some((name, more)) = name {
                    at += more;
                    out.push(b'&');
                    out.extend_from_slice(name.as_bytes());
                    out.push(b';');
                } else if flags & DISALLOWED != 0 && !doctype.allows(code) {
                    out.extend_from_slice(charset.replacement());
                } else {
                    out.extend_from_slice(&rest[..len]);
                }
            }
        }
    }
    out
}

/// The name of the character, or of it with the next one, of which the length is given too.
fn name_of(code: u32, rest: &[u8], doctype: Doctype, charset: Charset) -> Option<(&'static str, usize)> {
    let char = char::from_u32(code)?;
    let table = entities();
    if table.begins_pair(char, doctype)
        && !rest.is_empty()
        && let Ok((second, len)) = charset.next_char(rest)
        && let Some(second) = char::from_u32(second)
        && let Some(name) = table.name_of(&String::from_iter([char, second]), doctype)
    {
        return Some((name, len));
    }
    Some((table.name_of(char.encode_utf8(&mut [0; 4]), doctype)?, 0))
}

/// The length of the entity at the beginning of `text`, if it is one.
fn existing_entity(text: &[u8], doctype: Doctype, flags: i64) -> Option<usize> {
    let (entity, len) = parse_entity(text)?;
    let valid = match entity {
        Entity::Number(code) => flags & DISALLOWED == 0 || doctype.allows_number(code),
        Entity::Name(name) => entities().named(name, doctype).is_some(),
    };
    valid.then_some(len)
}
