//! Patterns of the shell: `*`, `?`, `[a-z]`.

/// How a pattern is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Flags {
    /// Slashes match only slashes.
    pub path: bool,
    /// A backslash is a character like any other.
    pub no_escape: bool,
    /// A dot at the beginning matches only a dot.
    pub period: bool,
    /// Case of letters does not matter.
    pub fold: bool,
}

impl Flags {
    /// Of the bits of `FNM_*`.
    pub fn from_bits(bits: i64) -> Flags {
        Flags { path: bits & 1 != 0, no_escape: bits & 2 != 0, period: bits & 4 != 0, fold: bits & 16 != 0 }
    }
}

/// Whether the name is one that the pattern describes.
pub fn matches(pattern: &[u8], name: &[u8], flags: Flags) -> bool {
    matches_at(pattern, name, 0, flags)
}

fn matches_at(mut pattern: &[u8], name: &[u8], mut at: usize, flags: Flags) -> bool {
    let same = |a: u8, b: u8| if flags.fold { a.eq_ignore_ascii_case(&b) } else { a == b };
    while let [first, rest @ ..] = pattern {
        let byte = name.get(at).copied();
        let hidden = flags.period && byte == Some(b'.') && (at == 0 || (flags.path && name[at - 1] == b'/'));
        match first {
            b'?' => match byte {
                Some(b'/') if flags.path => return false,
                Some(_) if !hidden => at += 1,
                _ => return false,
            },
            b'*' => {
                if hidden {
                    return false;
                }
                let rest = {
                    let stars = rest.iter().take_while(|byte| **byte == b'*').count();
                    &rest[stars..]
                };
                if rest.is_empty() {
                    return !flags.path || !name[at..].contains(&b'/');
                }
                for next in at..=name.len() {
                    if matches_at(rest, name, next, flags) {
                        return true;
                    }
                    if flags.path && name.get(next) == Some(&b'/') {
                        return false;
                    }
                }
                return false;
            }
            b'[' => {
                let Some(byte) = byte else { return false };
                if hidden || (flags.path && byte == b'/') {
                    return false;
                }
                match bracket(rest, byte, flags) {
                    Some((true, after)) => {
                        at += 1;
                        pattern = after;
                        continue;
                    }
                    Some((false, _)) => return false,
                    // A bracket that is never closed stands for itself.
                    None if byte == b'[' => at += 1,
                    None => return false,
                }
            }
            b'\\' if !flags.no_escape && !rest.is_empty() => {
                if !byte.is_some_and(|byte| same(byte, rest[0])) {
                    return false;
                }
                at += 1;
                pattern = &rest[1..];
                continue;
            }
            literal => {
                if !byte.is_some_and(|byte| same(byte, *literal)) {
                    return false;
                }
                at += 1;
            }
        }
        pattern = rest;
    }
    at == name.len()
}

/// Whether the byte is in the set behind a `[`, and what stands behind its `]`.
fn bracket<'a>(set: &'a [u8], byte: u8, flags: Flags) -> Option<(bool, &'a [u8])> {
    let (negated, mut rest) = match set {
        [b'!' | b'^', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let fold = |byte: u8| if flags.fold { byte.to_ascii_lowercase() } else { byte };
    let mut found = false;
    let mut first = true;
    loop {
        match rest {
            [] => return None,
            [b']', after @ ..] if !first => return Some((found != negated, after)),
            [b'[', b':', class @ ..] if memchr::memmem::find(class, b":]").is_some() => {
                let end = memchr::memmem::find(class, b":]")?;
                found |= in_class(&class[..end], byte);
                rest = &class[end + 2..];
            }
            _ => {
                let take = |rest: &'a [u8]| match rest {
                    [b'\\', low, after @ ..] if !flags.no_escape => Some((*low, after)),
                    [low, after @ ..] => Some((*low, after)),
                    [] => None,
                };
                let (low, after) = take(rest)?;
                let mut high = low;
                rest = after;
                if let [b'-', next, ..] = rest
                    && *next != b']'
                {
                    (high, rest) = take(&rest[1..])?;
                }
                found |= (fold(low)..=fold(high)).contains(&fold(byte));
            }
        }
        first = false;
    }
}

fn in_class(name: &[u8], byte: u8) -> bool {
    match name {
        b"alnum" => byte.is_ascii_alphanumeric(),
        b"alpha" => byte.is_ascii_alphabetic(),
        b"blank" => matches!(byte, b' ' | b'\t'),
        b"cntrl" => byte.is_ascii_control(),
        b"digit" => byte.is_ascii_digit(),
        b"graph" => byte.is_ascii_graphic(),
        b"lower" => byte.is_ascii_lowercase(),
        b"print" => byte.is_ascii_graphic() || byte == b' ',
        b"punct" => byte.is_ascii_punctuation(),
        b"space" => byte.is_ascii_whitespace() || byte == 0x0b,
        b"upper" => byte.is_ascii_uppercase(),
        b"xdigit" => byte.is_ascii_hexdigit(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Flags, matches};

    fn check(pattern: &str, name: &str, bits: i64, expect: bool) {
        let flags = Flags::from_bits(bits);
        assert_eq!(matches(pattern.as_bytes(), name.as_bytes(), flags), expect, "{pattern} {name} {bits}");
    }

    #[test]
    fn patterns() {
        check("*.txt", "a.txt", 0, true);
        check("*.txt", "a.txt2", 0, false);
        check("a?c", "abc", 0, true);
        check("[!a-c]x", "dx", 0, true);
        check("[[:digit:]]*", "5a", 0, true);
        check("*", "a/b", 1, false);
        check("*/b", "a/b", 1, true);
        check("*", ".a", 4, false);
        check("\\*", "*", 0, true);
        check("\\*", "\\x", 2, true);
        check("ABC", "abc", 16, true);
        check("[a", "[a", 0, true);
        check("a*b*c", "axxbyyc", 0, true);
    }
}
