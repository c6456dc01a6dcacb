--TEST--
Arrays are values
--FILE--
<?php
$a = [1, [2, 3]];
$b = $a;
$b[1][0] = 'changed';
$b[] = 4;
echo json_encode([$a, $b]), "\n";
function mod(array $x) { $x['new'] = 1; return $x; }
$c = ['k' => 'v'];
$d = mod($c);
echo json_encode([$c, $d]), "\n";
$o = new stdClass;
$o->arr = [1];
$p = clone $o;
$p->arr[] = 2;
echo json_encode([$o, $p]), "\n";
$x = [1, 2, 3];
foreach ($x as $k => $v) { $x[$k] = $v * 2; if ($k < 2) $x[] = 'n'; }
echo json_encode($x), "\n";
$s = ['a' => ['b' => ['c' => 1]]];
$t = &$s['a']['b'];
$u = $s;
$t['c'] = 2;
$u['a']['x'] = 1;
echo json_encode([$s, $u]), "\n";
$m = [3, 1, 2];
$n = $m;
sort($n);
echo json_encode([$m, $n]), "\n";
$str = 'abc';
$str2 = $str;
$str2[0] = 'X';
echo $str, $str2, "\n";
static fn() => 1;
$self = [1];
$self[] = $self;
$self[1][] = 'x';
echo json_encode($self), "\n";
$l = range(1, 5);
while (($e = array_shift($l)) !== null) { if ($e == 2) array_push($l, 'added'); echo $e, ' '; }
echo "\n";
--EXPECT--
[[1,[2,3]],[1,["changed",3],4]]
[{"k":"v"},{"k":"v","new":1}]
[{"arr":[1]},{"arr":[1,2]}]
[2,4,6,"n","n"]
[{"a":{"b":{"c":2}}},{"a":{"b":{"c":2},"x":1}}]
[[3,1,2],[1,2,3]]
abcXbc
[1,[1,"x"]]
1 2 3 4 5 added
