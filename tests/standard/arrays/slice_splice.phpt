--TEST--
Slices, splices, chunks and padding
--FILE--
<?php
$a = [1, 2, 3, 4, 5];
var_dump(array_slice($a, 1, 3), array_slice($a, -2), array_slice($a, 1, -1), array_slice(['a' => 1, 5 => 2,
    6 => 3], 1), array_slice(['a' => 1, 5 => 2, 6 => 3], 1, 2, true), array_slice($a, 10));
$b = $a;
var_dump(array_splice($b, 1, 2, ['x', 'y', 'z']), $b);
$c = $a;
array_splice($c, -1, 1);
array_splice($c, 1, 0, 'in');
var_dump($c);
$d = ['a' => 1, 'b' => 2, 3];
array_splice($d, 1, 1, ['n' => 'new']);
var_dump($d);
var_dump(array_chunk([1, 2, 3], 2), array_chunk(['a' => 1, 'b' => 2, 'c' => 3], 2, true), array_pad([1], 3,
    0), array_pad([1], -3, 0), array_fill(5, 3, 'x'), array_fill_keys(['a', 5], 0), range('a', 'e', 2),
    range(5, 1, 2), range(0, 1, 0.25), range('z', 'x'), range(3, 3));
foreach (['array_chunk([1], 0)', 'array_fill(0, -1, 1)', 'range(1, 2, 0)', 'array_pad([], 10000000000, 0)',
    'array_combine([1], [1, 2])', 'array_rand([], 1)'] as $code) {
    try { eval("$code;"); } catch (ValueError $e) { echo $e->getMessage(), "\n"; }
}
--EXPECT--
array(3) {
  [0]=>
  int(2)
  [1]=>
  int(3)
  [2]=>
  int(4)
}
array(2) {
  [0]=>
  int(4)
  [1]=>
  int(5)
}
array(3) {
  [0]=>
  int(2)
  [1]=>
  int(3)
  [2]=>
  int(4)
}
array(2) {
  [0]=>
  int(2)
  [1]=>
  int(3)
}
array(2) {
  [5]=>
  int(2)
  [6]=>
  int(3)
}
array(0) {
}
array(2) {
  [0]=>
  int(2)
  [1]=>
  int(3)
}
array(6) {
  [0]=>
  int(1)
  [1]=>
  string(1) "x"
  [2]=>
  string(1) "y"
  [3]=>
  string(1) "z"
  [4]=>
  int(4)
  [5]=>
  int(5)
}
array(5) {
  [0]=>
  int(1)
  [1]=>
  string(2) "in"
  [2]=>
  int(2)
  [3]=>
  int(3)
  [4]=>
  int(4)
}
array(3) {
  ["a"]=>
  int(1)
  [0]=>
  string(3) "new"
  [1]=>
  int(3)
}
array(2) {
  [0]=>
  array(2) {
    [0]=>
    int(1)
    [1]=>
    int(2)
  }
  [1]=>
  array(1) {
    [0]=>
    int(3)
  }
}
array(2) {
  [0]=>
  array(2) {
    ["a"]=>
    int(1)
    ["b"]=>
    int(2)
  }
  [1]=>
  array(1) {
    ["c"]=>
    int(3)
  }
}
array(3) {
  [0]=>
  int(1)
  [1]=>
  int(0)
  [2]=>
  int(0)
}
array(3) {
  [0]=>
  int(0)
  [1]=>
  int(0)
  [2]=>
  int(1)
}
array(3) {
  [5]=>
  string(1) "x"
  [6]=>
  string(1) "x"
  [7]=>
  string(1) "x"
}
array(2) {
  ["a"]=>
  int(0)
  [5]=>
  int(0)
}
array(3) {
  [0]=>
  string(1) "a"
  [1]=>
  string(1) "c"
  [2]=>
  string(1) "e"
}
array(3) {
  [0]=>
  int(5)
  [1]=>
  int(3)
  [2]=>
  int(1)
}
array(5) {
  [0]=>
  float(0)
  [1]=>
  float(0.25)
  [2]=>
  float(0.5)
  [3]=>
  float(0.75)
  [4]=>
  float(1)
}
array(3) {
  [0]=>
  string(1) "z"
  [1]=>
  string(1) "y"
  [2]=>
  string(1) "x"
}
array(1) {
  [0]=>
  int(3)
}
array_chunk(): Argument #2 ($length) must be greater than 0
array_fill(): Argument #2 ($count) must be greater than or equal to 0
range(): Argument #3 ($step) cannot be 0
array_pad(): Argument #2 ($length) must not exceed the maximum allowed array size
array_combine(): Argument #1 ($keys) and argument #2 ($values) must have the same number of elements
array_rand(): Argument #1 ($array) must not be empty
