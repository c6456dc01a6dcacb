--TEST--
Elements of arrays with an index in compiled code
--FILE--
<?php
function by_name($array, $n) { $s = 0; for ($i = 0; $i < $n; $i++) { $s += $array['one'] + $array['two']; } return $s; }
function by_key($array, $keys) { $s = []; for ($i = 0; $i < count($keys) * 10; $i++) { $key = $keys[$i % count($keys)]; $s[] = $array[$key]; } return array_slice($s, 0, count($keys)); }
function texts($array, $n) { $s = ''; for ($i = 0; $i < $n; $i++) { $s .= $array['text'] . $array['more'][0]; } return $s; }
function numbers($array, $n) { $s = 0; for ($i = 0; $i < $n; $i++) { $s += $array[100] + $array[-5]; } return $s; }
function list_of($array, $n) { $s = ''; for ($i = 0; $i < $n; $i++) { $s .= $array[$i % 3]; } return $s; }
function objects($array, $n) { $s = 0; for ($i = 0; $i < $n; $i++) { $o = $array['o']; $s += $o->v; } return $s; }
function shared(&$array, $n) { $s = 0; for ($i = 0; $i < $n; $i++) { $s += $array['r']; } return $s; }
function missing($array, $n) { $s = ''; for ($i = 0; $i < $n; $i++) { $s .= $i > 45 ? $array['gone'] : $array['text']; } return $s; }
function self_read($n) { $a = ['a' => ['a' => ['a' => 7]]]; for ($i = 0; $i < $n; $i++) { $b = $a; $b = $b['a']; $b = $b['a']; $c = $b['a']; } return $c; }
function mixed($arrays, $n) { $s = ''; for ($i = 0; $i < $n; $i++) { $s .= $arrays[$i % 4]['v'] . ','; } return $s; }

$value = 4;
$with_reference = ['r' => &$value];
$object = new stdClass;
$object->v = 3;
for ($round = 0; $round < 4; $round++) {
    $out = [
        by_name(['one' => 1, 'two' => 2], 50), by_name(['two' => 2.5, 'one' => 1], 50),
        by_key(['a' => 1, '7' => 'seven', 'c' => null, 9 => 1.5], ['a', '7', 'c', 9, 7]),
        texts(['text' => 'ab', 'more' => ['c']], 20), numbers([100 => 3, -5 => 4], 50), list_of(['x', 'y', 'z'], 30),
        objects(['o' => $object], 30), shared($with_reference, 20), self_read(30),
        mixed([['v' => 1], ['v' => 'two'], ['w' => 0, 'v' => null], ['v' => 4.5]], 40),
    ];
    $value++;
}
echo json_encode($out), "\n";
echo strlen(@missing(['text' => '-'], 60)), "\n";
missing(['text' => ''], 47);
var_dump($object);
--EXPECTF--
[150,175,[1,"seven",null,1.5,"seven"],"abcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabc",350,"xyzxyzxyzxyzxyzxyzxyzxyzxyzxyz",90,140,7,"1,two,,4.5,1,two,,4.5,1,two,,4.5,1,two,,4.5,1,two,,4.5,1,two,,4.5,1,two,,4.5,1,two,,4.5,1,two,,4.5,1,two,,4.5,"]
46

Warning: Undefined array key "gone" in %shashes.php on line 9
object(stdClass)#1 (1) {
  ["v"]=>
  int(3)
}
