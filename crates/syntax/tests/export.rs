//! Expressions printed as PHP prints them in the messages of failed assertions.

use phalanx_syntax::ast::Stmt;
use phalanx_syntax::{ParseOptions, export_expr, parse};

fn export(code: &str) -> String {
    let source = format!("{code};");
    let options = ParseOptions { start_in_script: true, ..ParseOptions::default() };
    let result = parse(source.as_bytes(), options);
    assert!(result.error.is_none(), "{code}: {:?}", result.error);
    let Some(Stmt::Expr(expr)) = result.ast.list(result.ast.root).next().map(|stmt| result.ast.stmt(stmt))
    else {
        panic!("{code} is no expression");
    };
    String::from_utf8_lossy(&export_expr(&result.ast, source.as_bytes(), expr, 14)).into_owned()
}

fn check(code: &str, expected: &str) {
    assert_eq!(export(code), expected, "{code}");
}

/// What is printed as it was written.
fn check_same(code: &str) {
    check(code, code);
}

#[test]
fn priorities() {
    check_same("1 + 2 * 3 - (4 - 5)");
    check("(1 + 2) * 3 ** -4 ** 5", "(1 + 2) * 3 ** (-4 ** 5)");
    check("$a ** ($b ** $c)", "$a ** $b ** $c");
    check("$a and $b = $c", "$a && ($b = $c)");
    check("!$a instanceof $b", "!$a instanceof $b");
    check("(int) -$a", "(int)(-$a)");
    check("(array) $a--", "(array)($a--)");
    check("($a ? $b : $c) ? $d : $e", "$a ? $b : $c ? $d : $e");
    check("$a = $b ?? $c ?? $d", "$a = $b ?? $c ?? $d");
    check("($a + $b)->c", "$a + $b->c");
}

#[test]
fn strings() {
    check("'a\\'b' . \"c\\n\"", "\"a'bc\\n\"");
    check("'a' . 1 . $b", "'a1' . $b");
    check("\"a$b[0] $b[x] $b->c {$d}e ${f}\"", "\"a{$b[0]} {$b['x']} {$b->c} {$d}e $f\"");
    check("`ls $a`", "`ls $a`");
    check("$a->{'x y'}::${'b'}", "$a->{x y}::$b");
    check("1.0 + 1e100 + .00001", "1.0 + 1.0E+100 + 1.0E-5");
}

#[test]
fn chains() {
    check_same("$a?->b(1, ...$c, d: 2)->e[0]::$f");
    check("new A", "new A()");
    check("exit", "\\exit()");
    check("isset($a, $b)", "isset($a) && isset($b)");
    check("array(1, 'a' => &$b, ...$c)", "[1, 'a' => &$b, ...$c]");
    check("list($a, , list($b)) = $c", "[$a, , [$b]] = $c");
    check_same("namespace\\f(...)");
}

#[test]
fn functions() {
    check_same("static fn&(int|string $a = 1, A&B &...$b): ?static => yield $a");
    check(
        "#[A(1)] function () use ($a, &$b) { if ($a) b(); elseif ($c) {} else return 1; }",
        "#[A(1)] function () use($a, &$b) {\n    if ($a) {\n        b();\n    } elseif ($c) {\n    } else {\n        \
         return 1;\n    }\n}",
    );
    check("match ($a) { 1, 2 => 3, default => 4 }", "match ($a) {\n    1, 2 => 3,\n    default => 4,\n}");
    check(
        "new class(1) extends A { const X = 1; final function f() {} public $a { get => 1; } use T; }",
        "new class(1) extends A {\n    public const X = 1;\n    public final function f() {\n    }\n\n    \
         public $a {\n        get => 1;\n    }\n    use T;\n}",
    );
}

#[test]
fn statements() {
    check(
        "function () { for (;;) ; foreach ($a as $b => &$c) x(); switch ($a) { case 1: default: y(); } }",
        "function () {\n    for (;;) {\n    }\n    foreach ($a as $b => &$c) {\n        x();\n    }\n    \
         switch ($a) {\n        case 1:\n        default:\n            y();\n    }\n}",
    );
    check(
        "function () { try { a(); } catch (A|B $e) { } finally { } echo 1, 2; static $a = 1, $b; }",
        "function () {\n    try {\n        a();\n    } catch (A|B $e) {\n    } finally {\n    }\n    echo 1;\n    \
         echo 2;\n    static $a = 1;\n    static $b;\n}",
    );
}

#[test]
fn depth_has_no_limit() {
    let deep = 50_000;
    assert_eq!(export(&format!("{}1", "- ".repeat(deep))).len(), deep * 3 - 1);
    assert_eq!(export(&format!("1{}", " + 1".repeat(deep))).len(), deep * 4 + 1);
    assert_eq!(export(&format!("'a'{}", " . 'a'".repeat(deep))).len(), deep + 3);
}
