--TEST--
Merging, differences and intersections
--FILE--
<?php
var_dump(array_merge([1, 2], ['a' => 1], [3]), array_merge(), array_merge_recursive(['a' => [1], 'b' => 2],
    ['a' => [3], 'b' => 4]), array_replace([1, 2], [1 => 'b'], [3 => 'd']),
    array_replace_recursive(['a' => ['b' => 1, 'c' => 2]], ['a' => ['b' => 9]]), [1, 2] + [5, 6, 7],
    array_combine(['a', 'b'], [1, 2]), array_flip(['a', 1]), array_unique([1, '1', 2, 2.0, 'a', 'A']),
    array_count_values(['a', 'b', 'a', 1, '1']), array_diff([1, 2, 3, 'a'], [2], ['a']),
    array_diff_key(['a' => 1, 'b' => 2], ['a' => 9]), array_diff_assoc(['a' => 1, 'b' => 2], ['a' => 1,
    'b' => 3]), array_intersect(['x' => 'a', 'b'], ['a']), array_intersect_key(['a' => 1, 'b' => 2],
    ['b' => 0]), array_intersect_assoc(['a' => 1], ['a' => '1']), array_udiff([1, 5, 3], [3], fn($a,
    $b) => $a <=> $b), array_uintersect(['A', 'b'], ['a', 'B'], 'strcasecmp'), array_diff_ukey(['a' => 1,
    'B' => 2], ['b' => 1], 'strcasecmp'), array_udiff_assoc(['a' => 1], ['a' => 1], fn($a, $b) => $a <=> $b),
    array_intersect_ukey(['a' => 1], ['A' => 1], 'strcasecmp'));
--EXPECT--
array(4) {
  [0]=>
  int(1)
  [1]=>
  int(2)
  ["a"]=>
  int(1)
  [2]=>
  int(3)
}
array(0) {
}
array(2) {
  ["a"]=>
  array(2) {
    [0]=>
    int(1)
    [1]=>
    int(3)
  }
  ["b"]=>
  array(2) {
    [0]=>
    int(2)
    [1]=>
    int(4)
  }
}
array(3) {
  [0]=>
  int(1)
  [1]=>
  string(1) "b"
  [3]=>
  string(1) "d"
}
array(1) {
  ["a"]=>
  array(2) {
    ["b"]=>
    int(9)
    ["c"]=>
    int(2)
  }
}
array(3) {
  [0]=>
  int(1)
  [1]=>
  int(2)
  [2]=>
  int(7)
}
array(2) {
  ["a"]=>
  int(1)
  ["b"]=>
  int(2)
}
array(2) {
  ["a"]=>
  int(0)
  [1]=>
  int(1)
}
array(4) {
  [0]=>
  int(1)
  [2]=>
  int(2)
  [4]=>
  string(1) "a"
  [5]=>
  string(1) "A"
}
array(3) {
  ["a"]=>
  int(2)
  ["b"]=>
  int(1)
  [1]=>
  int(2)
}
array(2) {
  [0]=>
  int(1)
  [2]=>
  int(3)
}
array(1) {
  ["b"]=>
  int(2)
}
array(1) {
  ["b"]=>
  int(2)
}
array(1) {
  ["x"]=>
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
array(2) {
  [0]=>
  int(1)
  [1]=>
  int(5)
}
array(2) {
  [0]=>
  string(1) "A"
  [1]=>
  string(1) "b"
}
array(1) {
  ["a"]=>
  int(1)
}
array(0) {
}
array(1) {
  ["a"]=>
  int(1)
}
