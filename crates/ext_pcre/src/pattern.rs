//! Patterns with delimiters and modifiers.

use crate::binding::compile_option as option;

/// What a pattern says: the expression, and options.
#[derive(Debug, PartialEq, Eq)]
pub struct Parsed<'a> {
    /// Between the delimiters.
    pub expression: &'a [u8],
    /// Options of [`option`].
    pub options: u32,
    /// Further options.
    pub extra: u32,
}

/// Takes a pattern apart, or says what is wrong with it.
pub fn parse(pattern: &[u8]) -> Result<Parsed<'_>, String> {
    let blanks = pattern.iter().take_while(|byte| matches!(byte, b' ' | b'\t'..=b'\r')).count();
    let Some((&delimiter, rest)) = pattern[blanks..].split_first() else {
        return Err("Empty regular expression".into());
    };
    if delimiter.is_ascii_alphanumeric() || matches!(delimiter, b'\\' | 0) {
        return Err("Delimiter must not be alphanumeric, backslash, or NUL byte".into());
    }
    let closing = match delimiter {
        b'(' => b')',
        b'[' => b']',
        b'{' => b'}',
        b'<' => b'>',
        same => same,
    };
    let Some(end) = find_end(rest, delimiter, closing) else {
        let kind = if closing == delimiter { "ending" } else { "ending matching" };
        return Err(format!("No {kind} delimiter '{}' found", char::from(closing)));
    };
    let (mut options, mut extra) = (0, 0);
    for &modifier in &rest[end + 1..] {
        options |= match modifier {
            b'i' => option::CASELESS,
            b'm' => option::MULTI_LINE,
            b's' => option::DOT_ALL,
            b'x' => option::EXTENDED,
            b'n' => option::NO_AUTO_CAPTURE,
            b'A' => option::ANCHORED,
            b'D' => option::DOLLAR_END_ONLY,
            b'U' => option::UNGREEDY,
            b'u' => option::UTF | option::UCP,
            b'J' => option::DUP_NAMES,
            b'r' => {
                extra |= option::EXTRA_CASELESS_RESTRICT;
                0
            }
            // Study and the strictness of escapes are what always happens.
            b'S' | b'X' | b' ' | b'\n' | b'\r' => 0,
            0 => return Err("NUL byte is not a valid modifier".into()),
            other => return Err(format!("Unknown modifier '{}'", char::from(other))),
        };
    }
    Ok(Parsed { expression: &rest[..end], options, extra })
}

/// Where the closing delimiter stands; delimiters that come in pairs may be nested.
fn find_end(text: &[u8], opening: u8, closing: u8) -> Option<usize> {
    let mut depth = 1;
    let mut at = 0;
    while at < text.len() {
        let byte = text[at];
        if byte == b'\\' {
            at += 2;
            continue;
        }
        if byte == closing {
            depth -= 1;
            if depth == 0 {
                return Some(at);
            }
        } else if byte == opening {
            depth += 1;
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        let check = |pattern: &str, expect: Result<(&str, u32), &str>| {
            let parsed = parse(pattern.as_bytes());
            let parsed = parsed.map(|p| (std::str::from_utf8(p.expression).unwrap_or("?"), p.options));
            assert_eq!(parsed, expect.map_err(str::to_owned), "{pattern}");
        };
        check("/a\\/b/i", Ok(("a\\/b", option::CASELESS)));
        check(" {a{1}}ms\n", Ok(("a{1}", option::MULTI_LINE | option::DOT_ALL)));
        check("", Err("Empty regular expression"));
        check("abc", Err("Delimiter must not be alphanumeric, backslash, or NUL byte"));
        check("/abc", Err("No ending delimiter '/' found"));
        check("(abc", Err("No ending matching delimiter ')' found"));
        check("/a/k", Err("Unknown modifier 'k'"));
    }
}
