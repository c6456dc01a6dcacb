//! The texts and lines of errors, which are PHP's own.

use phalanx_syntax::{ErrorKind, ParseOptions, parse};

/// Checks the message and line of the error in `code`, which begins inside of PHP tags.
fn check(code: &str, message: &str, line: u32) {
    let options = ParseOptions { start_in_script: true, ..ParseOptions::default() };
    let error = parse(code.as_bytes(), options).error.expect(code);
    assert_eq!((String::from_utf8_lossy(&error.message).as_ref(), error.line), (message, line), "{code}");
    let compile = message.contains("modifier") || message.starts_with("__HALT");
    assert_eq!(error.kind, if compile { ErrorKind::Compile } else { ErrorKind::Parse });
}

/// Checks a syntax error on line 1.
fn check_syntax(code: &str, unexpected: &str) {
    check(code, &format!("syntax error, unexpected {unexpected}"), 1);
}

#[test]
fn unexpected_tokens() {
    check_syntax("$a = ;", "token \";\"");
    check_syntax("foo bar;", "identifier \"bar\"");
    check_syntax("$a $b;", "variable \"$b\"");
    check_syntax("a 12;", "integer \"12\"");
    check_syntax("a 1.5;", "floating-point number \"1.5\"");
    check_syntax("a B\\C;", "namespaced name \"B\\C\"");
    check_syntax("a namespace\\b;", "namespace-relative name \"namespace\\b\"");
    check_syntax("a \\b;", "fully qualified name \"\\b\"");
    check_syntax("a DIE;", "token \"exit\"");
    check_syntax("a ( INT ) 1;", "token \"(int)\"");
    check_syntax("1 & & $x;", "token \"&\"");
    check_syntax("1 < 2 < 3;", "token \"<\"");
    check_syntax("a\x01;", "character 0x01");
    check_syntax("echo", "end of file");
    check_syntax("a \\ b;", "token \"\\\"");
}

#[test]
fn unexpected_strings() {
    check_syntax("a 'xx';", "single-quoted string \"xx\"");
    check_syntax("a \"xx\";", "double-quoted string \"xx\"");
    check_syntax("a b'xx';", "quoted string \"b'xx\"");
    check_syntax("a \"$b\";", "double-quote mark");
    check("a 'x\ny';", "syntax error, unexpected single-quoted string \"x\"", 2);
    check("a <<<A\n x\nA;", "syntax error, unexpected heredoc start \"<<<A\"", 2);
    check("a 'x\n", "syntax error, unexpected string content \"x\"", 1);
    check_syntax(
        "a 'x01234567890123456789012345678901234';",
        "single-quoted string \"x01234567890123456789012345678...\"",
    );
    check_syntax("\"$a[&]\";", "invalid token \"&\", expecting \"-\" or identifier or variable or number");
}

#[test]
fn expected_tokens() {
    check_syntax("class A 1", "integer \"1\", expecting \"{\"");
    check_syntax(
        "use A\\{ 1",
        "integer \"1\", expecting identifier or namespaced name or \"function\" or \"const\"",
    );
    check_syntax("function() use ( 1", "integer \"1\", expecting variable or \"&\" or amp");
    check_syntax("$a = &new A;", "token \";\", expecting \"(\"");
    check_syntax("\"{$a b}\";", "identifier \"b\", expecting \"->\" or \"?->\" or \"[\"");
    check_syntax("list($a)", "end of file, expecting \"=\"");
}

#[test]
fn brackets() {
    check("{\n\n", "Unclosed '{' on line 1", 3);
    check("(]", "Unclosed '(' does not match ']'", 1);
    check("(\n]", "Unclosed '(' on line 1 does not match ']'", 2);
    check("\n)", "Unmatched ')'", 2);
    check("\"abc {$x", "Unclosed '{'", 1);
}

#[test]
fn literals() {
    check("\n/* abc\n", "Unterminated comment starting line 2", 2);
    check("09;", "Invalid numeric literal", 1);
    check("'';\n\"\\u{zz}\";", "Invalid UTF-8 codepoint escape sequence", 2);
    check("\"\\u{110000}\";", "Invalid UTF-8 codepoint escape sequence: Codepoint too large", 1);
    check("(real) 1;", "The (real) cast has been removed, use (float) instead", 1);
    let too_little = "Invalid body indentation level (expecting an indentation level of at least 2)";
    check("<<<A\n  a\n b\n  A;", too_little, 3);
    check("<<<A\n$a\n  A;", too_little, 2);
    check("<<<A\n\ta\n  A;", "Invalid indentation - tabs and spaces cannot be mixed", 2);
    check("<<<A\n a\n \tA;", "Invalid indentation - tabs and spaces cannot be mixed", 2);
}

#[test]
fn modifiers() {
    check("abstract abstract class A {}", "Multiple abstract modifiers are not allowed", 1);
    check("final abstract class A {}", "Cannot use the final modifier on an abstract class", 1);
    check("new final class {};", "Cannot use the final modifier on an anonymous class", 1);
    check("class A { public private $a; }", "Multiple access type modifiers are not allowed", 1);
    check("class A { readonly function f() {} }", "Cannot use the readonly modifier on a method", 1);
    check("class A { static const B = 1; }", "Cannot use the static modifier on a class constant", 1);
    check("class A { public $a { static get; } }", "Cannot use the static modifier on a property hook", 1);
    check("function f(final $a) {}", "Cannot use the final modifier on a parameter", 1);
    check(
        "class A { final abstract function f(); }",
        "Cannot use the final modifier on an abstract method",
        1,
    );
    check("class A { use B { c as readonly; } }", "Cannot use the readonly modifier on a method", 1);
    check("if (1) { __halt_compiler(); }", "__HALT_COMPILER() can only be used from the outermost scope", 1);
}

#[test]
fn closing_tags_and_lines() {
    let error = parse(b"<?php\na;\n?>\n\n<?= foo bar", ParseOptions::default()).error.expect("an error");
    assert_eq!(error.message, b"syntax error, unexpected identifier \"bar\", expecting \",\" or \";\"");
    assert_eq!(error.line, 5);
    check("trait ?>\n", "syntax error, unexpected token \";\", expecting identifier", 1);
}
