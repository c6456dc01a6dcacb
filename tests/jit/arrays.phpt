--TEST--
Elements of arrays in compiled loops: nested, shared, with holes, by keys that are not there
--FILE--
<?php
function fill($n) { for ($i = 0; $i < $n; $i++) { $x[$i] = $i * 2; $y[$i] = 0.5; } return [$x, $y]; }
function sum($a) { $s = 0; for ($i = 0, $n = count($a); $i < $n; $i++) { $s += $a[$i]; } return $s; }
function addTo($a, $b) { $n = count($a); for ($i = 0; $i < $n; $i++) { $a[$i] += $b[$i]; } return $a; }
function matrix($n) { $m = []; for ($i = 0; $i < $n; $i++) { $m[$i] = []; for ($j = 0; $j < $n; $j++) { $m[$i][$j] = $i * $j; } } return $m; }
function trace($m, $n) { $s = 0; for ($i = 0; $i < $n; $i++) { for ($j = 0; $j < $n; $j++) { $s += $m[$i][$j] * $m[$j][$i]; } } return $s; }
function holes($a) { $s = 0; for ($i = 0; $i < 90; $i++) { $s += @$a[$i]; } return $s; }
function shared($n) { $a = [0, 0, 0]; $copies = []; for ($i = 0; $i < $n; $i++) { $copies[$i] = $a; $a[$i % 3] = $i; } return [$a, $copies[$n - 2], $copies[1]]; }
function turns($n) { $a = [1, 2, 3]; for ($i = 0; $i < $n; $i++) { if ($i == $n - 2) { $a["k"] = 5; } $a[1] = $a[0] + $i; } return $a; }
function swap($n) { $a = range(0, 9); for ($i = 0; $i < $n; $i++) { $j = $i % 9; $t = $a[$j]; $a[$j] = $a[$j + 1]; $a[$j + 1] = $t; } return implode(",", $a); }
function strings($n) { $a = ["x", "y"]; $s = ""; for ($i = 0; $i < $n; $i++) { $a[$i & 1] = "v$i"; $s = $a[0] . $a[1]; } return $s; }
function self($n) { $a = [1, [2, 3]]; for ($i = 0; $i < $n; $i++) { $a[0] = $a[1][$i & 1] + ($a[1] = [$i, $i + 1])[0]; } return $a; }
function refs($n) { $a = [1, 2, 3]; $r = &$a[1]; for ($i = 0; $i < $n; $i++) { $a[1] = $i; $a[2] += $r; } return [$r, $a[2]]; }

[$x, $y] = fill(100);
var_dump(sum($x), sum($y), sum(addTo($x, $y)), sum($x), trace(matrix(12), 12));
$hole = range(0, 99);
unset($hole[50], $hole[70]);
var_dump(holes($hole), sum(array_fill(0, 80, 3)), json_encode(shared(90)), json_encode(turns(90)));
var_dump(swap(100), strings(90), json_encode(self(90)), json_encode(refs(90)));
$alias = $x;
$z = addTo($alias, $x);
var_dump($alias === $x, $z[99]);
function warn($a) { $s = 0; for ($i = 0; $i < 83; $i++) { $s += $a[$i]; } return $s; }
var_dump(warn(range(1, 80)));
--EXPECTF--
int(9900)
float(50)
float(9950)
int(9900)
int(256036)
int(3885)
int(240)
string(31) "[[87,88,89],[87,85,86],[0,0,0]]"
string(26) "{"0":1,"1":90,"2":3,"k":5}"
string(19) "2,1,3,4,5,6,7,8,9,0"
string(6) "v88v89"
string(13) "[178,[89,90]]"
string(9) "[89,4008]"
bool(true)
int(396)

Warning: Undefined array key 80 in %sarrays.php on line 24

Warning: Undefined array key 81 in %sarrays.php on line 24

Warning: Undefined array key 82 in %sarrays.php on line 24
int(3240)
