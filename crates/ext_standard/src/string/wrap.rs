//! Breaking text into lines and pieces: `wordwrap()`, `chunk_split()`, `nl2br()`.

/// Lines of at most `width` bytes, broken at spaces; words longer than that are broken too if `cut`.
pub fn word_wrap(text: &[u8], width: i64, line_break: &[u8], cut: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + text.len() / 16);
    // The line being filled begins at `line`, its last space is at `space` (or before the line).
    let (mut line, mut space) = (0usize, 0usize);
    let mut at = 0;
    while at < text.len() {
        let length = (at - line) as i64;
        if text[at..].starts_with(line_break) && at + line_break.len() < text.len() {
            out.extend_from_slice(&text[line..at + line_break.len()]);
            at += line_break.len() - 1;
            line = at + 1;
            space = line;
        } else if text[at] == b' ' {
            if length >= width {
                out.extend_from_slice(&text[line..at]);
                out.extend_from_slice(line_break);
                line = at + 1;
            }
            space = at;
        } else if length >= width && cut && line >= space {
            out.extend_from_slice(&text[line..at]);
            out.extend_from_slice(line_break);
            line = at;
            space = at;
        } else if length >= width && line < space {
            out.extend_from_slice(&text[line..space]);
            out.extend_from_slice(line_break);
            line = space + 1;
            space = line;
        }
        at += 1;
    }
    if line < text.len() {
        out.extend_from_slice(&text[line..]);
    }
    out
}

/// `separator` behind every `length` bytes.
pub fn chunk_split(text: &[u8], length: usize, separator: &[u8]) -> Vec<u8> {
    let pieces = text.len().div_ceil(length.max(1)).max(1);
    let mut out = Vec::with_capacity(text.len() + pieces * separator.len());
    if text.is_empty() {
        out.extend_from_slice(separator);
    }
    for piece in text.chunks(length.max(1)) {
        out.extend_from_slice(piece);
        out.extend_from_slice(separator);
    }
    out
}

/// A line break of HTML before each line break.
pub fn nl_to_br(text: &[u8], xhtml: bool) -> Vec<u8> {
    let tag: &[u8] = if xhtml { b"<br />" } else { b"<br>" };
    let mut out = Vec::with_capacity(text.len() + text.len() / 8);
    let mut at = 0;
    while at < text.len() {
        let len = match text[at..] {
            [b'\r', b'\n', ..] | [b'\n', b'\r', ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            _ => 0,
        };
        if len > 0 {
            out.extend_from_slice(tag);
        }
        out.extend_from_slice(&text[at..at + len.max(1)]);
        at += len.max(1);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapping() {
        let check = |text: &str, width, cut, expect: &str| {
            assert_eq!(String::from_utf8_lossy(&word_wrap(text.as_bytes(), width, b"\n", cut)), expect);
        };
        check(
            "The quick brown fox sat over the lazy dog",
            20,
            false,
            "The quick brown fox\nsat over the lazy\ndog",
        );
        check("A very long woooooooooooord.", 8, true, "A very\nlong\nwooooooo\nooooord.");
        check("A very long woooooooooooord.", 8, false, "A very\nlong\nwoooooooooooord.");
    }

    #[test]
    fn pieces() {
        assert_eq!(chunk_split(b"abcde", 2, b"-"), b"ab-cd-e-");
        assert_eq!(chunk_split(b"", 2, b"-"), b"-");
        assert_eq!(nl_to_br(b"a\r\nb\n\rc\nd", true), b"a<br />\r\nb<br />\n\rc<br />\nd");
    }
}
