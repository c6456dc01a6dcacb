//! `strip_tags()`: HTML and PHP tags taken out by a small state machine, broken markup included.

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Text,
    Tag,
    Php,
    Declaration,
    Comment,
}

struct Stripper<'a> {
    text: &'a [u8],
    allowed: Option<&'a [u8]>,
    state: State,
    out: Vec<u8>,
    /// The tag being read, if tags may be allowed.
    tag: Vec<u8>,
    /// `<` within a tag that were not closed.
    depth: usize,
    /// The quote that is open within a tag.
    quote: Option<u8>,
    /// In PHP code: the last parenthesis, or the quote that is open.
    last: u8,
    parentheses: i64,
    xml: bool,
}

/// `text` without tags, save those in `allowed`, a list such as `<a><b>` in lower case.
pub fn strip_tags(text: &[u8], allowed: Option<&[u8]>) -> Vec<u8> {
    let mut stripper = Stripper {
        text,
        allowed,
        state: State::Text,
        out: Vec::with_capacity(text.len()),
        tag: Vec::new(),
        depth: 0,
        quote: None,
        last: 0,
        parentheses: 0,
        xml: false,
    };
    for at in 0..text.len() {
        match stripper.state {
            State::Text => stripper.in_text(at),
            State::Tag => stripper.in_tag(at),
            State::Php => stripper.in_php(at),
            State::Declaration => stripper.in_declaration(at),
            State::Comment => stripper.in_comment(at),
        }
    }
    stripper.out
}

impl Stripper<'_> {
    fn back(&self, at: usize, distance: usize) -> u8 {
        at.checked_sub(distance).map_or(0, |at| self.text[at])
    }

    fn ends_with(&self, at: usize, word: &[u8]) -> bool {
        let head = &self.text[..=at];
        head.len() >= word.len() && head[head.len() - word.len()..].eq_ignore_ascii_case(word)
    }

    fn space_follows(&self, at: usize) -> bool {
        self.text.get(at + 1).is_some_and(|byte| matches!(byte, b' ' | b'\t'..=b'\r'))
    }

    fn keep_in_tag(&mut self, byte: u8) {
        if self.allowed.is_some() {
            self.tag.push(byte);
        }
    }

    fn back_to_text(&mut self) {
        self.state = State::Text;
        self.quote = None;
        self.tag.clear();
    }

    /// A `>` that closes nothing yet.
    fn closes_inner(&mut self) -> bool {
        if self.depth > 0 {
            self.depth -= 1;
            return true;
        }
        self.quote.is_some()
    }

    fn toggle_quote(&mut self, byte: u8) {
        match self.quote {
            None => self.quote = Some(byte),
            Some(open) if open == byte => self.quote = None,
            Some(_) => {}
        }
    }

    fn in_text(&mut self, at: usize) {
        match self.text[at] {
            0 => {}
            b'<' if self.quote.is_none() && !self.space_follows(at) => {
                self.last = b'<';
                self.state = State::Tag;
                self.keep_in_tag(b'<');
            }
            b'<' if self.quote.is_some() => {}
            b'>' => {
                if !self.closes_inner() {
                    self.out.push(b'>');
                }
            }
            byte => self.out.push(byte),
        }
    }

    fn in_tag(&mut self, at: usize) {
        let byte = self.text[at];
        match byte {
            0 => {}
            b'<' if self.quote.is_some() => {}
            b'<' if !self.space_follows(at) => self.depth += 1,
            b'>' => {
                if self.closes_inner() {
                    return;
                }
                self.last = b'>';
                if self.xml && self.back(at, 1) == b'-' {
                    return;
                }
                self.xml = false;
                self.keep_in_tag(b'>');
                if self.allowed.is_some_and(|allowed| is_allowed(&self.tag, allowed)) {
                    self.out.extend_from_slice(&self.tag);
                }
                self.back_to_text();
            }
            b'"' | b'\'' => {
                self.toggle_quote(byte);
                self.keep_in_tag(byte);
            }
            b'!' if self.back(at, 1) == b'<' => {
                self.state = State::Declaration;
                self.last = byte;
            }
            b'?' if self.back(at, 1) == b'<' => {
                self.parentheses = 0;
                self.state = State::Php;
            }
            _ => self.keep_in_tag(byte),
        }
    }

    fn in_php(&mut self, at: usize) {
        let byte = self.text[at];
        let in_string = matches!(self.last, b'"' | b'\'');
        match byte {
            b'(' if !in_string => {
                self.last = b'(';
                self.parentheses += 1;
            }
            b')' if !in_string => {
                self.last = b')';
                self.parentheses -= 1;
            }
            b'>' if !self.closes_inner()
                && self.parentheses == 0
                && self.last != b'"'
                && self.back(at, 1) == b'?' =>
            {
                self.back_to_text();
            }
            b'"' | b'\'' if self.back(at, 1) != b'\\' => {
                if self.last == byte {
                    self.last = 0;
                } else if self.last != b'\\' {
                    self.last = byte;
                }
                self.toggle_quote(byte);
            }
            // An XML declaration is no PHP code.
            b'l' | b'L' if at >= 4 && self.ends_with(at, b"<?xml") => {
                self.state = State::Tag;
                self.xml = true;
            }
            _ => {}
        }
    }

    fn in_declaration(&mut self, at: usize) {
        let byte = self.text[at];
        match byte {
            b'>' if !self.closes_inner() => {
                self.back_to_text();
            }
            b'"' | b'\'' if self.back(at, 1) != b'\\' => self.toggle_quote(byte),
            b'-' if self.back(at, 1) == b'-' && self.back(at, 2) == b'!' => self.state = State::Comment,
            b'e' | b'E' if self.ends_with(at, b"<!doctype") => self.state = State::Tag,
            _ => {}
        }
    }

    fn in_comment(&mut self, at: usize) {
        if self.text[at] == b'>'
            && self.quote.is_none()
            && self.back(at, 1) == b'-'
            && self.back(at, 2) == b'-'
        {
            self.back_to_text();
        }
    }
}

/// Whether the tag, without its attributes and slashes, is in the list.
fn is_allowed(tag: &[u8], allowed: &[u8]) -> bool {
    let mut name = Vec::with_capacity(tag.len());
    let mut begun = false;
    for (at, &byte) in tag.iter().enumerate() {
        match byte.to_ascii_lowercase() {
            b'<' => name.push(b'<'),
            b'>' => break,
            b' ' | b'\t'..=b'\r' => {
                if begun {
                    break;
                }
            }
            byte => {
                begun = true;
                let edge = (at > 0 && tag[at - 1] == b'<') || tag.get(at + 1) == Some(&b'>');
                if byte != b'/' || !edge {
                    name.push(byte);
                }
            }
        }
    }
    name.push(b'>');
    memchr::memmem::find(allowed, &name).is_some()
}

#[cfg(test)]
mod tests {
    use super::strip_tags;

    fn check(text: &str, allowed: Option<&str>, expect: &str) {
        let out = strip_tags(text.as_bytes(), allowed.map(str::as_bytes));
        assert_eq!(String::from_utf8_lossy(&out), expect, "{text}");
    }

    #[test]
    fn tags() {
        check("<p>Hello <b>you</b></p>", None, "Hello you");
        check("<p>Hello <b class='x'>you</b><br/></p>", Some("<b><br>"), "Hello <b class='x'>you</b><br/>");
        check("a < b > c", None, "a < b > c");
        check("x<!-- c > d -->y<?php echo '?>'; ?>z", None, "xyz");
        check("<a title='>'>t</a>", None, "t");
        check("1 <2", None, "1 ");
    }
}
