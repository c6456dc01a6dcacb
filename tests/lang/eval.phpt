--TEST--
eval
--FILE--
<?php
$x = 5;
var_dump(eval('$x++; return $x * 2;'), $x, eval('$y = 1;'), $y);
try {
    eval('this is wrong');
} catch (ParseError $e) { echo get_class($e), ': ', $e->getMessage(), ' ', $e->getLine(), "\n"; }
eval('function evaled() { return __FILE__; } class Evaled { const X = 1; }');
echo basename(evaled()), Evaled::X, "\n";
eval('?>html<?php echo "!\n";');
echo eval('return __LINE__;'), "\n";
eval("\n\necho \$undef;");
--EXPECTF--
int(12)
int(6)
NULL
int(1)
ParseError: syntax error, unexpected identifier "is" 1
eval.php(7) : eval()'d code1
html!
1

Warning: Undefined variable $undef in %seval.php(11) : eval()'d code on line 3
