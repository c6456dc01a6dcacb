//! What the parser accepts and what it refuses, construct by construct.

use phalanx_syntax::{ErrorKind, ParseOptions, grammar_accepts, parse};

const EVAL: ParseOptions = ParseOptions { short_open_tag: false, start_in_script: true, skip_shebang: false };

/// Whether the parser accepts `code`, in which the grammar's automaton must agree with it.
fn accepted(code: &str) -> bool {
    let error = parse(code.as_bytes(), EVAL).error;
    if error.as_ref().is_none_or(|error| error.kind == ErrorKind::Parse) {
        assert_eq!(grammar_accepts(code.as_bytes(), EVAL), error.is_none(), "the grammar on {code}");
    }
    error.is_none()
}

/// Checks snippets of which those that begin with `!!` are errors.
fn check(snippets: &[&str]) {
    for snippet in snippets {
        let (code, expected) = match snippet.strip_prefix("!!") {
            Some(code) => (code, false),
            None => (*snippet, true),
        };
        assert_eq!(accepted(code), expected, "{code}");
    }
}

#[test]
fn operators() {
    check(&[
        "$a + $b * -$c ** 2 . 'x';",
        "!!1 < 2 < 3;",
        "!!1 == 2 != 3;",
        "1 < 2 == 3;",
        "!$a = 1;",
        "$a && $b = 2;",
        "!!1 = 2;",
        "!!++$a = 1;",
        "!!f() + 1 = 2;",
        "$a ?: $b ? 1 : 2;",
        "$a instanceof $b->c[0]::$d;",
        "!!$a instanceof f();",
        "@$a->b?->c()['x'] ??= yield $b => $c;",
        "print 1 and include 'x' or throw $e;",
    ]);
}

#[test]
fn operands() {
    check(&[
        "'abc'[0]::x()->y; [1, 2][0]; \"a$b\"[1]; (fn() => 1)(); __CLASS__[0];",
        "!!1[0];",
        "!!A::B();C::D = 1;",
        "A::{$x}; A::{$x}(); A::$x(); A::$$x; A::class; static::class; $a::class::B;",
        "new A; new A()->b(); new (f()); new class(1) extends B implements C {}; new #[A] readonly class {};",
        "!!new A->b();",
        "new $a->b['c']::$d(1);",
        "f(...); $a->b(...); A::b(...); f(1, ...$x, name: 2, class: 3,); f(array: 1);",
        "!!f(..., 1);",
        "!!f(,);",
        "exit; exit(); die(1); exit(...);",
        "!!exit[0];",
        "readonly(1);",
    ]);
}

#[test]
fn arrays() {
    check(&[
        "[1, 'a' => 2, ...$b, &$c, 'd' => &$e,];",
        "[, $a, , 'k' => [$b]] = list('x' => list($c), list($d)) = $e;",
        "list() = $a;",
        "!!list($a);",
        "!!array($a) = $b;",
        "[list($a) = $b];",
        "foreach ($a as $k => [&$b, list($c)]) ; foreach ($a as &$b): endforeach; foreach ([1] as $a->b[0]) {}",
        "!!foreach ($a as [1][0] + 1) {}",
    ]);
}

#[test]
fn statements() {
    check(&[
        "if ($a) b(); elseif ($c) {} else if ($d): else: endif; while (1): endwhile; do ; while (0);",
        "!!if ($a): else if ($b): endif;",
        "for (;;) break 2; for ($i = 0, $j = 1; $i < 1; $i++, $j++): continue; endfor;",
        "switch ($a) { ; case 1: case 2; default: } switch ($a): endswitch;",
        "try {} catch (A|\\B $e) {} catch (static) {} finally {}",
        "a: goto a; enum: ;",
        "declare(strict_types=1); declare(ticks=1) { } declare(ticks=1): enddeclare;",
        "static $a = f(), $b; global $a, $$b, ${'c'}; unset($a, $b[0],); isset($a, $b,); echo 1, 2;",
        "!!unset(1);",
        "!!if (1) { use A; }",
        "!!if (1) { const A = 1; }",
    ]);
}

#[test]
fn declarations() {
    check(&[
        "namespace A\\B; use C\\{D, E as F,}; use function G\\h, i; use J\\{const K, function L}; const M = 1, N = 2;",
        "!!use function A\\{const B};",
        "function &f(#[A] ?int $a, A|(B&C)|null &...$b): static { yield; } function readonly() {}",
        "!!function f(static $a) {}",
        "abstract class A extends B implements C, \\D { use E, F { E::g insteadof F; g as protected h; F::g as i; } }",
        "class A { const X = 1; final public const ?int Y = 1, Z = 2; const array = 1; public ?int $a, $b = 1; var $c; }",
        "class A { public int $a { get; final &set(int $v) { } } public private(set) readonly int $b { get => 1; set => 2; } }",
        "!!class A { public $a, $b { get; } }",
        "class A { function __construct(public readonly int $a = 1, private $b { get => 2; }) {} abstract static function list(); }",
        "enum A: string implements B { case C = 'c'; case D; const E = 1; use F; #[G] case class = 2; }",
        "interface A extends B, C {} trait T { abstract function f(); } final readonly class R {} #[A, B(1)] #[C] function g() {}",
        "$f = static fn&(int $a): int => $a and 1; $g = #[A] static function () use (&$a, $b,) { };",
        "!!function () use () {};",
    ]);
}

#[test]
fn strings() {
    check(&[
        "\"$a $a[0] $a[-1] $a[b] $a[$c] $a->b $a?->b {$a->b()} ${a} ${a[1]} ${a . 'b'}\";",
        "`ls $a`; ``;",
        "<<<A\n  x $y\n  A . <<<'B'\n z\n B;",
        "!!<<<A\n x\n  A;",
        "!!\"\\u{zz}\";",
        "!!09;",
        "!!(real) 1;",
    ]);
}

#[test]
fn halt_compiler_ends_the_code() {
    check(&["__halt_compiler(); (((", "!!if (1) { __halt_compiler(); }", "!!__halt_compiler;"]);
}

fn parses(code: &str) -> bool {
    parse(code.as_bytes(), EVAL).error.is_none()
}

#[test]
fn nesting_has_no_limit() {
    let deep = 100_000;
    for (open, middle, close) in [
        ("(", "1", ")"),
        ("[", "1", "]"),
        ("- ", "1", ""),
        ("$a = ", "1", ""),
        ("fn() => ", "1", ""),
        ("1 ? ", "1", " : 1"),
        ("f(", "", ")"),
        ("1 . ", "1", ""),
        ("$a ?? ", "1", ""),
        ("$", "$a", ""),
    ] {
        assert!(parses(&format!("{}{middle}{};", open.repeat(deep), close.repeat(deep))), "{open}");
    }
    for (open, close) in [("{", "}"), ("if (1) ; else ", ";"), ("while (1) ", ";"), ("if (1) { ", "}")] {
        assert!(parses(&format!("{}{}", open.repeat(deep), close.repeat(deep))), "{open}");
    }
}
