--TEST--
Internal pointers, compact and extract
--FILE--
<?php
$a = ['a' => 1, 'b' => 2, 'c' => 3];
var_dump(current($a), next($a), key($a), next($a), next($a), key($a), reset($a), end($a), prev($a), key($a));
$x = 1;
$y = 2;
var_dump(compact('x', ['y', ['nope']]));
var_dump(extract(['p' => 'P', 'x' => 'over', '1bad' => 1]), $p, $x, extract(['x' => 'skip'], EXTR_SKIP), $x,
    extract(['x' => 'pre'], EXTR_PREFIX_ALL, 'q'), $q_x);
$arr = ['m' => 1];
extract($arr, EXTR_REFS);
$m = 9;
var_dump($arr);
$e = [];
var_dump(current($e), key($e), end($e));
$o = ['k' => ['n' => [1, 2]]];
array_walk_recursive($o, fn($v, $k) => print("$k:$v "));
echo "\n";
list('a' => $first) = $a;
echo $first, "\n";
foreach ($a as $v) echo key($a);
echo "\n";
var_dump(array_change_key_case(['Ab' => 1], CASE_UPPER), array_flip(['x', 'y']), array_reverse(['a' => 1, 2,
    3]), array_reverse([1, 2, 'k' => 3], true), iterator_to_array(new ArrayIterator(['k' => 'v'])),
    array_rand(['only' => 1]), natsort($a));
--EXPECTF--
int(1)
int(2)
string(1) "b"
int(3)
bool(false)
NULL
int(1)
int(3)
int(2)
string(1) "b"

Warning: compact(): Undefined variable $nope in %spointer.php on line 6
array(2) {
  ["x"]=>
  int(1)
  ["y"]=>
  int(2)
}
int(2)
string(1) "P"
string(4) "over"
int(0)
string(4) "over"
int(1)
string(3) "pre"
array(1) {
  ["m"]=>
  &int(9)
}
bool(false)
NULL
bool(false)
0:1 1:2 
1
bbb
array(1) {
  ["AB"]=>
  int(1)
}
array(2) {
  ["x"]=>
  int(0)
  ["y"]=>
  int(1)
}
array(3) {
  [0]=>
  int(3)
  [1]=>
  int(2)
  ["a"]=>
  int(1)
}
array(3) {
  ["k"]=>
  int(3)
  [1]=>
  int(2)
  [0]=>
  int(1)
}
array(1) {
  ["k"]=>
  string(1) "v"
}
string(4) "only"
bool(true)
