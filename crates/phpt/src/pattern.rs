//! A regular-expression matcher for test expectations.
//!
//! EXPECTF and EXPECTREGEX mean what PCRE makes of them: bytes, dot matches everything, the whole output must match. This is
//! the part of PCRE's syntax that expectations use (groups, classes, lazy and possessive repetition, look-around, back
//! references, inline flags, and `{` as a plain character where no repetition can be meant). It is ours and not a crate's because
//! bytes plus that syntax is offered only by bindings to a C library, which would make every checkout compile C before it
//! can run a test.
//!
//! Matching is backtracking with a memo of (instruction, position) pairs that are known to fail, so patterns without back
//! references take at most program × text² steps, however many `%a` they hold. The memo is bounded; where it is full, or
//! the steps are too many, the text counts as not matching.

mod exec;
mod parse;
mod program;

pub use parse::PatternError;

use program::Program;

/// A compiled pattern that is matched against whole texts.
#[derive(Debug)]
pub struct Pattern {
    program: Program,
}

impl Pattern {
    /// Compiles `source`, as PCRE would with the flag `s`.
    pub fn new(source: &[u8]) -> Result<Pattern, PatternError> {
        let tree = parse::parse(source)?;
        Ok(Pattern { program: program::compile(&tree)? })
    }

    /// Whether the whole of `text` matches, up to one last line feed as `$` has it.
    pub fn matches(&self, text: &[u8]) -> bool {
        exec::matches(&self.program, text)
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    fn check(pattern: &str, yes: &[&str], no: &[&str]) {
        let compiled = Pattern::new(pattern.as_bytes()).unwrap_or_else(|error| panic!("{pattern}: {error}"));
        for text in yes {
            assert!(compiled.matches(text.as_bytes()), "{pattern} must match {text:?}");
        }
        for text in no {
            assert!(!compiled.matches(text.as_bytes()), "{pattern} must not match {text:?}");
        }
    }

    #[test]
    fn literals_and_classes() {
        check("abc", &["abc", "abc\n"], &["abcd", "ab", "xabc"]);
        check("[a-c]+", &["abccba"], &["abd", ""]);
        check("[^\\r\\n]*x", &["x", "aax"], &["a\nx"]);
        check("[[:alpha:]]\\d", &["a1"], &["11"]);
        check("[]a]+", &["]a]"], &["b"]);
        check("[a\\-z]+", &["a-z"], &["b"]);
        check("\\x41\\x{42}\\0", &["AB\0"], &["AB"]);
        check("a.c", &["abc", "a\nc"], &["ac"]);
        check("\\Qa.c\\E", &["a.c"], &["abc"]);
    }

    #[test]
    fn braces_are_literal_where_nothing_is_repeated() {
        check("array\\(1\\) {", &["array(1) {"], &["array(1) "]);
        check("a{,2}", &["a{,2}"], &["aa"]);
        check("a{2}", &["aa"], &["a", "a{2}"]);
        check("a{2,}b{0,1}", &["aa", "aaab"], &["ab"]);
        check("{a}", &["{a}"], &["a"]);
    }

    #[test]
    fn repetition() {
        check("(ab)*c", &["c", "ababc"], &["abac"]);
        check("a+?b", &["aab"], &["b"]);
        check("a++a", &[], &["aa"]);
        check("(a*)*", &["", "aaa"], &["b"]);
        check("(a|b?)+c", &["abc", "c"], &["d"]);
        check("(?:ab){2,3}", &["abab", "ababab"], &["ab", "abababab"]);
    }

    #[test]
    fn groups_flags_and_assertions() {
        check("(a)(b)\\2\\1", &["abba"], &["abab"]);
        check("(?<x>.)\\k<x>", &["aa"], &["ab"]);
        check("(?i)abC", &["ABc"], &["abd"]);
        check("(?i:a)b", &["Ab"], &["AB"]);
        check("a(?=b)b", &["ab"], &["ac"]);
        check("(?!x).", &["a"], &["x"]);
        check("ab(?<=ab)c(?<!d)", &["abc"], &["abd"]);
        check("(?>a+)b", &["aab"], &["aac"]);
        check("a|bc", &["a", "bc"], &["ac", "abc"]);
        check("(?s)\\bfoo\\b", &["foo"], &["foox"]);
        check("a\\R\\h*b", &["a\r\n b", "a\nb"], &["a b"]);
        check("(?m)a$\n^b", &["a\nb"], &["ab"]);
    }

    #[test]
    fn many_wildcards_end() {
        let pattern = ".+a".repeat(25) + "z";
        check(&pattern, &[], &[&"a".repeat(400)]);
    }

    #[test]
    fn long_texts_do_not_take_memory_without_bound() {
        check(".*a.*b.*c.*d.*e.*f", &[], &[&"abcde ".repeat(100_000)]);
    }

    #[test]
    fn errors_are_reported() {
        for pattern in ["(", ")", "[a", "*", "\\", "(?", "a**b\\9"] {
            assert!(Pattern::new(pattern.as_bytes()).is_err(), "{pattern}");
        }
    }
}
