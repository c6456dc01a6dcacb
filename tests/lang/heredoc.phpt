--TEST--
Heredocs with expressions and indentation
--FILE--
<?php
$o = (object) ['a' => ['b' => 'c']]; $fn = fn($x) => "<$x>"; $v = 'V';
echo <<<"Q"
    A {$o->a['b']} B
      $v[0] {$fn('arg')}
    \x41 \$v
    Q;
echo "\n", <<<E

    blank first

    E . '|', "\n";
var_dump(<<<X
X);
var_dump([<<<A
  one
  A, <<<'B'
  two $v
  B]);
--EXPECT--
A c B
  V <arg>
A $v

blank first
|
string(0) ""
array(2) {
  [0]=>
  string(3) "one"
  [1]=>
  string(6) "two $v"
}
