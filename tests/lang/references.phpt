--TEST--
References to variables, elements and properties
--FILE--
<?php
$a = 1; $b = &$a; $b++; var_dump($a);
$arr = [1, 2, 3]; $r = &$arr[1]; $copy = $arr; $r = 'changed'; var_dump($copy);
function add(array &$x, $v) { $x[] = $v; } add($arr, 4); echo count($arr), "\n";
function &getRef(array &$x) { return $x[0]; } $q = &getRef($arr); $q = 'zero'; echo $arr[0], "\n";
$o = new stdClass; $o->list = []; $l = &$o->list; $l[] = 5; var_dump($o);
foreach ($arr as &$v) { $v = "<$v>"; } unset($v); echo implode(',', $arr), "\n";
$x = ['a' => ['b' => 1]]; $y = &$x['a']['b']; $y = 2; unset($y); var_dump($x);
function swap(&$p, &$q) { [$p, $q] = [$q, $p]; } $m = 1; $n = 2; swap($m, $n); echo "$m $n\n";
$f = function () use (&$m) { $m++; }; $f(); $f(); echo $m, "\n";
$u = &$undefinedArray['x']['y']; var_dump($undefinedArray);
[$c, &$d] = $arr; $d = 'by ref'; echo $arr[1], "\n";
$s1 = 'v'; $$s1 = 'variable variable'; echo $v, "\n";
--EXPECT--
int(2)
array(3) {
  [0]=>
  int(1)
  [1]=>
  &string(7) "changed"
  [2]=>
  int(3)
}
4
zero
object(stdClass)#1 (1) {
  ["list"]=>
  &array(1) {
    [0]=>
    int(5)
  }
}
<zero>,<changed>,<3>,<4>
array(1) {
  ["a"]=>
  array(1) {
    ["b"]=>
    int(2)
  }
}
2 1
4
array(1) {
  ["x"]=>
  array(1) {
    ["y"]=>
    &NULL
  }
}
by ref
variable variable
