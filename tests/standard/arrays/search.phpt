--TEST--
Searching in arrays
--FILE--
<?php
$a = ['x' => 1, 'y' => '2', 'z' => null, 5 => 'five'];
var_dump(in_array('1', $a), in_array('1', $a, true), in_array('abc', [0]), array_search('2', $a),
    array_search(2, $a, true), array_key_exists('z', $a), isset($a['z']), array_keys($a), array_keys([1, 2, 1,
    '1'], 1), array_keys([1, '1'], '1', true), array_values($a), array_key_first($a), array_key_last($a),
    array_key_first([]), array_is_list([1, 2]), array_is_list([1 => 1]), array_column([['id' => 3,
    'n' => 'a'], ['id' => 4, 'n' => 'b'], ['n' => 'c']], 'n', 'id'), array_column([['a' => 1], ['a' => 2]],
    null, 'a'), count([1, [2, 3]], COUNT_RECURSIVE), array_sum([1, 2.5, '3', true]), array_product(['2', 3]),
    array_sum([]), array_product([]), min(2, '1', 3.5), max('abc', 5), min([1, 2], [1, 3]));
--EXPECT--
bool(true)
bool(false)
bool(false)
string(1) "y"
bool(false)
bool(true)
bool(false)
array(4) {
  [0]=>
  string(1) "x"
  [1]=>
  string(1) "y"
  [2]=>
  string(1) "z"
  [3]=>
  int(5)
}
array(3) {
  [0]=>
  int(0)
  [1]=>
  int(2)
  [2]=>
  int(3)
}
array(1) {
  [0]=>
  int(1)
}
array(4) {
  [0]=>
  int(1)
  [1]=>
  string(1) "2"
  [2]=>
  NULL
  [3]=>
  string(4) "five"
}
string(1) "x"
int(5)
NULL
bool(true)
bool(false)
array(3) {
  [3]=>
  string(1) "a"
  [4]=>
  string(1) "b"
  [5]=>
  string(1) "c"
}
array(2) {
  [1]=>
  array(1) {
    ["a"]=>
    int(1)
  }
  [2]=>
  array(1) {
    ["a"]=>
    int(2)
  }
}
int(4)
float(7.5)
int(6)
int(0)
int(1)
string(1) "1"
string(3) "abc"
array(2) {
  [0]=>
  int(1)
  [1]=>
  int(2)
}
