//! Lexer, parser and arena AST of the PHP 8.4 language.
