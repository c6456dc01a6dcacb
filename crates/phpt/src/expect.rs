//! Comparing what a script printed with what its test expects.

use crate::pattern::{Pattern, PatternError};
use crate::test_file::Expectation;
use crate::text::{replace, trim};

/// Expected text, ready to be compared with outputs.
#[derive(Debug)]
pub struct Expected {
    /// The text as people read it.
    pub text: Vec<u8>,
    matcher: Matcher,
}

#[derive(Debug)]
enum Matcher {
    Exact,
    Pattern(Pattern),
    /// A pattern that does not compile matches nothing, as in run-tests.php.
    Broken,
}

impl Expected {
    /// Prepares the text of an EXPECT, EXPECTF or EXPECTREGEX section.
    pub fn new(kind: Expectation, text: &[u8]) -> Expected {
        let text = replace(trim(text), b"\r\n", b"\n");
        let pattern = |source: &[u8]| match Pattern::new(source) {
            Ok(pattern) => Matcher::Pattern(pattern),
            Err(_) => Matcher::Broken,
        };
        let matcher = match kind {
            Expectation::Exact => Matcher::Exact,
            Expectation::Format if !text.contains(&b'%') => Matcher::Exact,
            Expectation::Format => pattern(&format_to_pattern(&text)),
            Expectation::Regex => pattern(&text),
        };
        Expected { text, matcher }
    }

    /// Whether a normalized output is the expected one.
    pub fn matches(&self, output: &[u8]) -> bool {
        match &self.matcher {
            Matcher::Exact => output == self.text,
            Matcher::Pattern(pattern) => pattern.matches(output),
            Matcher::Broken => false,
        }
    }

    /// The error of an EXPECTREGEX that does not compile.
    pub fn broken(&self) -> Option<PatternError> {
        match self.matcher {
            Matcher::Broken => Pattern::new(&self.text).err(),
            _ => None,
        }
    }
}

/// Trims an output and makes its line breaks line feeds.
pub fn normalize(output: &[u8]) -> Vec<u8> {
    replace(trim(output), b"\r\n", b"\n")
}

/// What the placeholders of EXPECTF mean. They apply inside of `%r` parts too.
const PLACEHOLDERS: &[(u8, &[u8])] = &[
    (b'e', b"/"),
    (b's', b"[^\\r\\n]+"),
    (b'S', b"[^\\r\\n]*"),
    (b'a', b".+"),
    (b'A', b".*"),
    (b'w', b"\\s*"),
    (b'i', b"[+-]?\\d+"),
    (b'd', b"\\d+"),
    (b'x', b"[0-9a-fA-F]+"),
    (b'f', b"[+-]?(?:\\d+|(?=\\.\\d))(?:\\.\\d+)?(?:[Ee][+-]?\\d+)?"),
    (b'c', b"."),
    (b'0', b"\\x00"),
];

/// The pattern that an EXPECTF text stands for.
pub fn format_to_pattern(text: &[u8]) -> Vec<u8> {
    let mut quoted = Vec::with_capacity(text.len() * 2);
    let mut rest = text;
    loop {
        let part = crate::text::find(rest, b"%r").and_then(|start| {
            let end = crate::text::find(&rest[start + 2..], b"%r")?;
            Some((start, start + 2 + end))
        });
        let Some((start, end)) = part else {
            // An opening %r without its closing one is dropped with everything after it.
            let end = crate::text::find(rest, b"%r").unwrap_or(rest.len());
            quote(&rest[..end], &mut quoted);
            break;
        };
        quote(&rest[..start], &mut quoted);
        quoted.push(b'(');
        quoted.extend_from_slice(&rest[start + 2..end]);
        quoted.push(b')');
        rest = &rest[end + 2..];
    }
    expand_placeholders(&quoted)
}

fn quote(text: &[u8], result: &mut Vec<u8>) {
    for &byte in text {
        if byte == 0 {
            result.extend_from_slice(b"\\000");
            continue;
        }
        if b".\\+*?[^]$(){}=!<>|:-#/".contains(&byte) {
            result.push(b'\\');
        }
        result.push(byte);
    }
}

fn expand_placeholders(text: &[u8]) -> Vec<u8> {
    let mut result = Vec::with_capacity(text.len() * 2);
    let mut at = 0;
    while at < text.len() {
        let placeholder = match text[at..] {
            [b'%', letter, ..] => PLACEHOLDERS.iter().find(|(name, _)| *name == letter),
            _ => None,
        };
        match placeholder {
            Some((_, pattern)) => {
                result.extend_from_slice(pattern);
                at += 2;
            }
            None => {
                result.push(text[at]);
                at += 1;
            }
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: Expectation, expected: &str, yes: &[&str], no: &[&str]) {
        let compiled = Expected::new(kind, expected.as_bytes());
        for output in yes {
            assert!(compiled.matches(&normalize(output.as_bytes())), "{expected:?} must match {output:?}");
        }
        for output in no {
            assert!(
                !compiled.matches(&normalize(output.as_bytes())),
                "{expected:?} must not match {output:?}"
            );
        }
    }

    #[test]
    fn exact_text_is_trimmed() {
        check(Expectation::Exact, "a\r\nb\n\n", &["a\nb", "\n a\nb \t\r\n\0"], &["a b"]);
    }

    #[test]
    fn placeholders() {
        let check = |expected: &str, yes: &[&str], no: &[&str]| check(Expectation::Format, expected, yes, no);
        check("int(%d)", &["int(12)"], &["int(-1)", "int()"]);
        check("int(%i)", &["int(-1)", "int(+1)"], &["int(x)"]);
        check("float(%f)", &["float(1)", "float(-1.5E+25)", "float(.5)"], &["float(.)", "float(NAN)"]);
        check("a%sb", &["axb"], &["ab", "a\nb"]);
        check("a%Sb", &["axb", "ab"], &["a\nb"]);
        check("a%ab", &["a\nb"], &["ab"]);
        check("a%Ab", &["a\nb", "ab"], &["a"]);
        check("a%wb", &["a \n b", "ab"], &["axb"]);
        check("a%cb", &["axb"], &["ab"]);
        check("a%0b", &["a\0b"], &["a0b"]);
        check("%x", &["dEADbeef"], &["g"]);
        check("a%eb", &["a/b"], &["a\\b"]);
        check("100%%q [x] {y} #z", &["100%%q [x] {y} #z"], &["100%q [x] {y} #z"]);
    }

    #[test]
    fn regular_expression_parts() {
        check(Expectation::Format, "a%r(b|c)+%rd.", &["abcbd."], &["ad.", "abdx"]);
        check(Expectation::Format, "a%r", &["a"], &["a%r"]);
        check(Expectation::Regex, "x: \\d+ {", &["x: 5 {"], &["x: 5"]);
    }

    #[test]
    fn a_broken_pattern_matches_nothing() {
        let expected = Expected::new(Expectation::Regex, b"(");
        assert!(!expected.matches(b"("));
        assert!(expected.broken().is_some());
    }
}
