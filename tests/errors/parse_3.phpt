--TEST--
Parse errors, part 3
--FILE--
<?php
$codes = [
    'echo 1 2;',
    'function f(int) {}',
    'static',
    'goto 5;',
    '?><?= ',
    'class A extends { }',
    '$f = function ($a, ) { return $a }',
    '__halt_compiler',
    'interface I { const X; }',
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
ParseError: syntax error, unexpected integer "2", expecting "," or ";" on line 1
ParseError: syntax error, unexpected token "(int)", expecting "(" on line 1
ParseError: syntax error, unexpected end of file, expecting "::" on line 2
ParseError: syntax error, unexpected integer "5", expecting identifier on line 1
ParseError: syntax error, unexpected end of file on line 2
ParseError: syntax error, unexpected token "{" on line 1
ParseError: syntax error, unexpected token "}", expecting ";" on line 1
ParseError: syntax error, unexpected end of file, expecting "(" on line 2
ParseError: syntax error, unexpected token ";" on line 1
