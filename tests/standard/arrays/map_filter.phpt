--TEST--
Mapping, filtering, reducing, walking
--FILE--
<?php
var_dump(array_map(fn($x) => $x * 2, [1, 'k' => 2]), array_map(fn($a, $b) => $a . $b, ['x' => 1, 2], [3]),
    array_map(null, [1, 2], ['a', 'b']), array_filter([1, 0, 2, null, '', 'a', false, []]),
    array_filter(['a' => 1, 'b' => 2], fn($k) => $k == 'b', ARRAY_FILTER_USE_KEY), array_filter(['a' => 1,
    'b' => 2], fn($v, $k) => $v == 1 && $k == 'a', ARRAY_FILTER_USE_BOTH), array_reduce([1, 2, 3], fn($c,
    $x) => $c + $x), array_reduce([], fn() => 1, 'init'));
$w = ['a' => 1, 'b' => ['c' => 2]];
array_walk($w, function (&$v, $k, $p) { if (is_int($v)) $v = "$p$k=$v"; }, 'pre:');
var_dump($w);
array_walk_recursive($w, function (&$v, $k) { $v = strtoupper($v); });
var_dump($w);
class P { public $x = 1; protected $y = 2; }
$o = new P;
array_walk($o, function ($v, $k) { echo str_replace("\0", '~', $k), "=$v\n"; });
try { array_map('nope', [1]); } catch (TypeError $e) { echo $e->getMessage(), "\n"; }
try {
    array_map(fn($a, $b) => 1, [1]);
} catch (ArgumentCountError $e) { echo preg_replace('~/\S+~', '', $e->getMessage()), "\n"; }
try {
    array_walk($w, fn() => throw new Exception('stop'));
} catch (Exception $e) { echo $e->getMessage(), "\n"; }
var_dump(array_find([1, 2, 3], fn($x) => $x > 1), array_find_key(['a' => 1, 'b' => 2], fn($x) => $x == 2),
    array_any([1, 2], fn($x) => $x > 1), array_all([1, 2], fn($x) => $x > 1), array_find([], fn() => true));
--EXPECT--
array(2) {
  [0]=>
  int(2)
  ["k"]=>
  int(4)
}
array(2) {
  [0]=>
  string(2) "13"
  [1]=>
  string(1) "2"
}
array(2) {
  [0]=>
  array(2) {
    [0]=>
    int(1)
    [1]=>
    string(1) "a"
  }
  [1]=>
  array(2) {
    [0]=>
    int(2)
    [1]=>
    string(1) "b"
  }
}
array(3) {
  [0]=>
  int(1)
  [2]=>
  int(2)
  [5]=>
  string(1) "a"
}
array(1) {
  ["b"]=>
  int(2)
}
array(1) {
  ["a"]=>
  int(1)
}
int(6)
string(4) "init"
array(2) {
  ["a"]=>
  string(7) "pre:a=1"
  ["b"]=>
  array(1) {
    ["c"]=>
    int(2)
  }
}
array(2) {
  ["a"]=>
  string(7) "PRE:A=1"
  ["b"]=>
  array(1) {
    ["c"]=>
    string(1) "2"
  }
}
x=1
~*~y=2
array_map(): Argument #1 ($callback) must be a valid callback or null, function "nope" not found or invalid function name
Too few arguments to function {closure: 1 passed and exactly 2 expected
stop
int(2)
string(1) "b"
bool(true)
bool(false)
NULL
