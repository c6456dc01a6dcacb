--TEST--
Parse errors, part 1
--FILE--
<?php
$codes = [
    '$a = ;',
    'if (',
    'function 5() {}',
    'class { }',
    '$x = [1, 2;',
    'echo "unterminated',
    'foreach ($a) {}',
    'return',
    '} ',
    'class A { public }',
    'new',
    '$a->',
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
ParseError: syntax error, unexpected token ";" on line 1
ParseError: Unclosed '(' on line 1 on line 2
ParseError: syntax error, unexpected integer "5", expecting "(" on line 1
ParseError: syntax error, unexpected token "{", expecting identifier on line 1
ParseError: syntax error, unexpected token ";", expecting "]" on line 1
ParseError: syntax error, unexpected end of file, expecting variable or "${" or "{$" on line 2
ParseError: syntax error, unexpected token ")" on line 1
ParseError: syntax error, unexpected end of file, expecting ";" on line 2
ParseError: Unmatched '}' on line 1
ParseError: syntax error, unexpected token "}", expecting variable on line 1
ParseError: syntax error, unexpected end of file, expecting "class" on line 2
ParseError: syntax error, unexpected end of file, expecting identifier or variable or "{" or "$" on line 2
