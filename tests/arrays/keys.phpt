--TEST--
Keys of arrays
--FILE--
<?php
$a = ['1' => 'a', '01' => 'b', 1.7 => 'c', true => 'd', null => 'e', '-5' => 'f', '-0' => 'g',
    9223372036854775807 => 'max', '9223372036854775808' => 'big'];
var_dump($a);
try { $a[] = 'overflow'; } catch (Error $e) { echo $e->getMessage(), "\n"; }
$b = [-3 => 'x'];
$b[] = 'y';
$b['k'] = 1;
$b[] = 'z';
print_r($b);
$c = [5 => 1, 2 => 2];
$c[] = 3;
unset($c[6]);
$c[] = 4;
print_r($c);
$d = [1, 2, 3];
unset($d[2]);
$d[] = 9;
print_r($d);
array_pop($d);
$d[] = 8;
print_r($d);
$e = [[]];
$e[0]['n'][] = 1;
$e['m']['o'] ??= 2;
echo json_encode($e), "\n";
foreach ([1.5, '1.5', true, null, []] as $k) {
    try {
        $z = [$k => 1];
        echo json_encode($z), "\n";
    } catch (TypeError $x) { echo $x->getMessage(), "\n"; }
}
$r = ['a' => 1] + ['a' => 2, 'b' => 3];
echo json_encode($r), json_encode([1, 2] + [5, 6, 7]), "\n";
$big = [];
for ($i = 0; $i < 20; $i++) $big["k$i"] = $i;
for ($i = 0; $i < 20; $i += 2) unset($big["k$i"]);
echo implode(',', array_keys($big)), "\n";
--EXPECTF--
Deprecated: Implicit conversion from float 1.7 to int loses precision in %skeys.php on line 2
array(7) {
  [1]=>
  string(1) "d"
  ["01"]=>
  string(1) "b"
  [""]=>
  string(1) "e"
  [-5]=>
  string(1) "f"
  ["-0"]=>
  string(1) "g"
  [9223372036854775807]=>
  string(3) "max"
  ["9223372036854775808"]=>
  string(3) "big"
}
Cannot add element to the array as the next element is already occupied
Array
(
    [-3] => x
    [-2] => y
    [k] => 1
    [-1] => z
)
Array
(
    [5] => 1
    [2] => 2
    [7] => 4
)
Array
(
    [0] => 1
    [1] => 2
    [3] => 9
)
Array
(
    [0] => 1
    [1] => 2
    [3] => 8
)
{"0":{"n":[1]},"m":{"o":2}}

Deprecated: Implicit conversion from float 1.5 to int loses precision in %skeys.php on line 29
{"1":1}
{"1.5":1}
{"1":1}
{"":1}
Cannot access offset of type array on array
{"a":1,"b":3}[1,2,7]
k1,k3,k5,k7,k9,k11,k13,k15,k17,k19
