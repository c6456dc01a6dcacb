--TEST--
Stacks and queues
--FILE--
<?php
$a = [1, 2]; var_dump(array_push($a, 3, 4), array_pop($a), array_shift($a), array_unshift($a, 'x', 'y'), $a);
$k = ['a' => 1, 5 => 2, 'b' => 3, 9 => 4];
array_shift($k);
var_dump($k);
array_unshift($k, 'new');
var_dump($k);
array_pop($k);
$k[] = 'appended';
var_dump($k);
--EXPECT--
int(4)
int(4)
int(1)
int(4)
array(4) {
  [0]=>
  string(1) "x"
  [1]=>
  string(1) "y"
  [2]=>
  int(2)
  [3]=>
  int(3)
}
array(3) {
  [0]=>
  int(2)
  ["b"]=>
  int(3)
  [1]=>
  int(4)
}
array(4) {
  [0]=>
  string(3) "new"
  [1]=>
  int(2)
  ["b"]=>
  int(3)
  [2]=>
  int(4)
}
array(4) {
  [0]=>
  string(3) "new"
  [1]=>
  int(2)
  ["b"]=>
  int(3)
  [2]=>
  string(8) "appended"
}
