//! All tokens of a source, as `token_get_all()` and `PhpToken::tokenize()` return them.

use crate::lexer::Lexer;
use crate::token::{Token, TokenKind};

/// Tokens behind `__halt_compiler` that are still PHP code: `(`, `)` and `;`, or whatever stands there.
const TOKENS_AFTER_HALT: u8 = 3;

/// Iterates over the tokens of a source. Their texts, put together, are the source.
pub struct Tokens<'s> {
    lexer: Lexer<'s>,
    /// How many tokens behind `__halt_compiler` are to come.
    left: Option<u8>,
}

/// The tokens of a source file; anything goes, errors are not reported.
pub fn tokenize(source: &[u8], short_open_tag: bool) -> Tokens<'_> {
    Tokens { lexer: Lexer::new(source, short_open_tag), left: None }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        if self.left == Some(0) {
            self.left = None;
            return self.lexer.rest_as_html();
        }
        let token = self.lexer.next_token();
        match (&mut self.left, token.kind) {
            (_, TokenKind::End) => return None,
            (Some(left), kind) if !kind.is_trivia() => *left -= 1,
            (left @ None, TokenKind::HaltCompiler) => *left = Some(TOKENS_AFTER_HALT),
            _ => {}
        }
        Some(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks tokens given as pairs of name and text.
    fn check(source: &str, expected: &[(&str, &str)]) {
        let tokens: Vec<(&str, &str)> = tokenize(source.as_bytes(), false)
            .map(|token| (token.kind.name(), text(source, token)))
            .collect();
        assert_eq!(tokens, expected);
        let joined: String = tokens.iter().map(|token| token.1).collect();
        assert_eq!(joined, source);
    }

    fn text(source: &str, token: Token) -> &str {
        std::str::from_utf8(token.text(source.as_bytes())).unwrap()
    }

    #[test]
    fn tags_and_trivia() {
        check(
            "a<?php /** d */ #x\n#[?>\n<?=",
            &[
                ("T_INLINE_HTML", "a"),
                ("T_OPEN_TAG", "<?php "),
                ("T_DOC_COMMENT", "/** d */"),
                ("T_WHITESPACE", " "),
                ("T_COMMENT", "#x"),
                ("T_WHITESPACE", "\n"),
                ("T_ATTRIBUTE", "#["),
                ("T_CLOSE_TAG", "?>\n"),
                ("T_OPEN_TAG_WITH_ECHO", "<?="),
            ],
        );
    }

    #[test]
    fn strings() {
        check(
            "<?php\n\"$a[0]{$b}${c}\"<<<X\n $d->e\n X;",
            &[
                ("T_OPEN_TAG", "<?php\n"),
                ("\"", "\""),
                ("T_VARIABLE", "$a"),
                ("[", "["),
                ("T_NUM_STRING", "0"),
                ("]", "]"),
                ("T_CURLY_OPEN", "{"),
                ("T_VARIABLE", "$b"),
                ("}", "}"),
                ("T_DOLLAR_OPEN_CURLY_BRACES", "${"),
                ("T_STRING_VARNAME", "c"),
                ("}", "}"),
                ("\"", "\""),
                ("T_START_HEREDOC", "<<<X\n"),
                ("T_ENCAPSED_AND_WHITESPACE", " "),
                ("T_VARIABLE", "$d"),
                ("T_OBJECT_OPERATOR", "->"),
                ("T_STRING", "e"),
                ("T_ENCAPSED_AND_WHITESPACE", "\n"),
                ("T_END_HEREDOC", " X"),
                (";", ";"),
            ],
        );
    }

    #[test]
    fn contextual_keywords() {
        check(
            "<?php enum A enum( $a->class yield/**/from public(set)&$a&b",
            &[
                ("T_OPEN_TAG", "<?php "),
                ("T_ENUM", "enum"),
                ("T_WHITESPACE", " "),
                ("T_STRING", "A"),
                ("T_WHITESPACE", " "),
                ("T_STRING", "enum"),
                ("(", "("),
                ("T_WHITESPACE", " "),
                ("T_VARIABLE", "$a"),
                ("T_OBJECT_OPERATOR", "->"),
                ("T_STRING", "class"),
                ("T_WHITESPACE", " "),
                ("T_YIELD_FROM", "yield/**/from"),
                ("T_WHITESPACE", " "),
                ("T_PUBLIC_SET", "public(set)"),
                ("T_AMPERSAND_FOLLOWED_BY_VAR_OR_VARARG", "&"),
                ("T_VARIABLE", "$a"),
                ("T_AMPERSAND_NOT_FOLLOWED_BY_VAR_OR_VARARG", "&"),
                ("T_STRING", "b"),
            ],
        );
    }

    #[test]
    fn data_behind_halt_compiler() {
        check(
            "<?php __halt_compiler();\x01(",
            &[
                ("T_OPEN_TAG", "<?php "),
                ("T_HALT_COMPILER", "__halt_compiler"),
                ("(", "("),
                (")", ")"),
                (";", ";"),
                ("T_INLINE_HTML", "\x01("),
            ],
        );
    }
}
