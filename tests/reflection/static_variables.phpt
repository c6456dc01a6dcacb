--TEST--
getStaticVariables(): variables that somebody shares are references
--FILE--
<?php
function f() { static $a = 1, $b, $c = [1]; $a++; $b = $c; return (new ReflectionFunction(__FUNCTION__))->getStaticVariables(); }
var_dump(f(), (new ReflectionFunction('f'))->getStaticVariables());
function g() { static $a = strlen("abc"); return (new ReflectionFunction(__FUNCTION__))->getStaticVariables(); }
var_dump((new ReflectionFunction('g'))->getStaticVariables(), g(), (new ReflectionFunction('g'))->getStaticVariables());
$x = 5; $y = 6;
$closure = function () use ($x, &$y) { static $z = 1; };
var_dump((new ReflectionFunction($closure))->getStaticVariables(), (new ReflectionFunction($closure))->getClosureUsedVariables());
?>
--EXPECT--
array(3) {
  ["a"]=>
  &int(2)
  ["b"]=>
  &array(1) {
    [0]=>
    int(1)
  }
  ["c"]=>
  &array(1) {
    [0]=>
    int(1)
  }
}
array(3) {
  ["a"]=>
  &int(2)
  ["b"]=>
  &array(1) {
    [0]=>
    int(1)
  }
  ["c"]=>
  &array(1) {
    [0]=>
    int(1)
  }
}
array(1) {
  ["a"]=>
  NULL
}
array(1) {
  ["a"]=>
  &int(3)
}
array(1) {
  ["a"]=>
  &int(3)
}
array(3) {
  ["x"]=>
  int(5)
  ["y"]=>
  &int(6)
  ["z"]=>
  int(1)
}
array(2) {
  ["x"]=>
  int(5)
  ["y"]=>
  &int(6)
}
