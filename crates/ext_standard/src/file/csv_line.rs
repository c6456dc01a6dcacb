//! Lines of comma-separated values: taking them apart and putting them together.

/// The characters that structure a line.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// Between fields.
    pub delimiter: u8,
    /// Around fields.
    pub enclosure: u8,
    /// Before an enclosure that is a part of a field.
    pub escape: Option<u8>,
}

/// Where a quoted field stands.
enum State {
    Plain,
    /// Behind the escape character.
    Escaped,
    /// Behind an enclosure, which ends the field or is a part of it.
    Enclosure,
}

/// The fields of a line; none for a blank one. A quoted field may go on in the lines that `more` gives.
pub fn parse<E>(
    line: Vec<u8>,
    format: Format,
    mut more: impl FnMut() -> Result<Option<Vec<u8>>, E>,
) -> Result<Option<Vec<Vec<u8>>>, E> {
    let mut line = line;
    let mut end = content_end(&line);
    let mut fields = Vec::new();
    let mut at = 0;
    loop {
        let blanks =
            line[at..end].iter().take_while(|byte| is_space(**byte) && **byte != format.delimiter).count();
        if fields.is_empty() && at + blanks == end && at == 0 {
            return Ok(None);
        }
        let mut field = Vec::new();
        if line[..end].get(at + blanks) == Some(&format.enclosure) {
            at += blanks + 1;
            let mut state = State::Plain;
            loop {
                if at == end {
                    if matches!(state, State::Enclosure) {
                        break;
                    }
                    // The line break is a part of the field.
                    field.extend_from_slice(&line[end..]);
                    match more()? {
                        Some(next) => {
                            line = next;
                            end = content_end(&line);
                            at = 0;
                            state = State::Plain;
                            if end == 0 && line.is_empty() {
                                break;
                            }
                            continue;
                        }
                        None => break,
                    }
                }
                let byte = line[at];
                match state {
                    State::Enclosure if byte != format.enclosure => break,
                    State::Enclosure => {
                        field.push(byte);
                        state = State::Plain;
                    }
                    State::Escaped => {
                        field.push(byte);
                        state = State::Plain;
                    }
                    State::Plain if byte == format.enclosure => state = State::Enclosure,
                    State::Plain => {
                        field.push(byte);
                        if Some(byte) == format.escape {
                            state = State::Escaped;
                        }
                    }
                }
                at += 1;
            }
        }
        // What stands behind the closing enclosure belongs to the field too.
        let rest = line[at..end].iter().take_while(|byte| **byte != format.delimiter).count();
        field.extend_from_slice(&line[at..at + rest]);
        fields.push(field);
        at += rest;
        if at >= end {
            return Ok(Some(fields));
        }
        at += 1;
        if at == end {
            // A delimiter at the end has an empty field behind it.
            fields.push(Vec::new());
            return Ok(Some(fields));
        }
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// Length without line breaks at the end.
fn content_end(line: &[u8]) -> usize {
    let mut end = line.len();
    if end > 0 && line[end - 1] == b'\n' {
        end -= 1;
    }
    if end > 0 && line[end - 1] == b'\r' {
        end -= 1;
    }
    end
}

/// Appends a field, with enclosures if it needs them.
pub fn push_field(out: &mut Vec<u8>, field: &[u8], format: Format) {
    let special = |byte: &u8| {
        *byte == format.delimiter
            || *byte == format.enclosure
            || Some(*byte) == format.escape
            || matches!(byte, b'\n' | b'\r' | b'\t' | b' ')
    };
    if !field.iter().any(special) {
        out.extend_from_slice(field);
        return;
    }
    out.push(format.enclosure);
    let mut escaped = false;
    for &byte in field {
        if Some(byte) == format.escape && byte != format.enclosure {
            escaped = true;
        } else {
            if !escaped && byte == format.enclosure {
                out.push(byte);
            }
            escaped = false;
        }
        out.push(byte);
    }
    out.push(format.enclosure);
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMAS: Format = Format { delimiter: b',', enclosure: b'"', escape: Some(b'\\') };

    fn check(lines: &[&str], expect: Option<&[&str]>) {
        let mut lines = lines.iter().map(|line| line.as_bytes().to_vec());
        let first = lines.next().unwrap_or_default();
        let fields = parse::<()>(first, COMMAS, || Ok(lines.next())).unwrap_or_default();
        let shown: Option<Vec<String>> =
            fields.map(|f| f.iter().map(|field| String::from_utf8_lossy(field).into_owned()).collect());
        assert_eq!(
            shown.as_deref().map(|f| f.iter().map(String::as_str).collect::<Vec<_>>()).as_deref(),
            expect
        );
    }

    #[test]
    fn fields() {
        check(&["a,b,c\n"], Some(&["a", "b", "c"]));
        check(&["a, b ,\"c d\"\r\n"], Some(&["a", " b ", "c d"]));
        check(&["\"a\"\"b\",\"c\\\"d\"x, \"e\"\n"], Some(&["a\"b", "c\\\"dx", "e"]));
        check(&["\"a\n", "b\",c\n"], Some(&["a\nb", "c"]));
        check(&["a,\n"], Some(&["a", ""]));
        check(&["\n"], None);
        check(&[","], Some(&["", ""]));
        check(&["\"open"], Some(&["open"]));
    }

    #[test]
    fn quoting() {
        let mut out = Vec::new();
        for field in ["plain", "a b", "q\"q", "e\\\"e", ""] {
            push_field(&mut out, field.as_bytes(), COMMAS);
            out.push(b'|');
        }
        assert_eq!(String::from_utf8_lossy(&out), "plain|\"a b\"|\"q\"\"q\"|\"e\\\"e\"||");
    }
}
