--TEST--
Parse errors, part 2
--FILE--
<?php
$codes = [
    '1 = 2;',
    'for (;;',
    'abstract function f();',
    'fn($x) = 5;',
    'match (1) { 1 }',
    'use function;',
    'const X;',
    'namespace',
    '"$a[" ;',
    'enum E { case; }',
    'interface I { public $x }',
    '$x = 08;',
];
foreach ($codes as $code) {
    try {
        eval($code . "\n");
        echo "ok: $code\n";
    } catch (Throwable $e) {
        echo get_class($e), ': ', $e->getMessage(), ' on line ', $e->getLine(), "\n";
    }
}
--EXPECT--
ParseError: syntax error, unexpected token "=" on line 1
ParseError: Unclosed '(' on line 1 on line 2
ParseError: syntax error, unexpected token "function", expecting "abstract" or "final" or "readonly" or "class" on line 1
ParseError: syntax error, unexpected token "=", expecting "=>" on line 1
ParseError: syntax error, unexpected token "}", expecting "=>" on line 1
ParseError: syntax error, unexpected token ";", expecting identifier or fully qualified name or namespaced name on line 1
ParseError: syntax error, unexpected token ";", expecting "=" on line 1
ParseError: syntax error, unexpected end of file, expecting "{" on line 2
ParseError: syntax error, unexpected double-quote mark, expecting "-" or identifier or variable or number on line 1
ParseError: syntax error, unexpected token ";" on line 1
ParseError: syntax error, unexpected token "}", expecting "," or ";" on line 1
ParseError: Invalid numeric literal on line 1
