--TEST--
Destructuring
--FILE--
<?php
[$a, , $b] = [1, 2, 3]; list('x' => $x, 'y' => list($y)) = ['x' => 'X', 'y' => ['Y']];
echo "$a $b $x $y\n";
[[$p, $q], ['k' => $k]] = [[1, 2], ['k' => 'v']]; echo "$p $q $k\n";
[$a, $b] = [$b, $a]; echo "$a $b\n";
foreach ([[1, [2, 3]], [4, [5, 6]]] as [$m, [$n, $o]]) echo "$m$n$o ";
foreach ([['id' => 1, 'n' => 'a']] as ['id' => $id, 'n' => $name]) echo "$id$name\n";
[$u, $v] = [1]; var_dump($u, $v);
[$s] = 'string'; var_dump($s); [$nn] = null; var_dump($nn); [$ii] = 42; var_dump($ii);
$arr = [1, 2]; [$arr[5], $arr['k']] = [8, 9]; print_r($arr);
$i = 0; $list = []; [$list[$i++], $list[$i++]] = ['a', 'b']; print_r($list);
['a' => $aa, 0 => $zero] = ['a' => 1, 'z']; var_dump($aa, $zero);
var_dump([$z1, $z2] = [7, 8]);
--EXPECTF--
1 3 X Y
1 2 v
3 1
123 456 1a

Warning: Undefined array key 1 in %slist.php on line 8
int(1)
NULL
NULL
NULL
NULL
Array
(
    [0] => 1
    [1] => 2
    [5] => 8
    [k] => 9
)
Array
(
    [0] => a
    [1] => b
)
int(1)
string(1) "z"
array(2) {
  [0]=>
  int(7)
  [1]=>
  int(8)
}
