--TEST--
Sorting
--FILE--
<?php
function s(string $f, array $a, ...$args) { $f($a, ...$args); echo $f, ' ', json_encode($a), "\n"; }
$m = [10, 9, '1e1', 'b', 'a', 'B', 2.5, true, null];
$k = ['b' => 2, 'a' => 3, 'c' => 1, 10 => 0, 9 => 5];
foreach (['sort', 'rsort', 'asort', 'arsort', 'ksort', 'krsort'] as $f) {
    s($f, [3, 1, 2]);
    s($f, $k);
    s($f, ['x10', 'x9', 'X1'], SORT_NATURAL);
    s($f, ['b', 'A', 'c'], SORT_STRING | SORT_FLAG_CASE);
    s($f, ['10', '9', '1e1', '1'], SORT_STRING);
    s($f, ['10', 9, '1e1', 1.5], SORT_NUMERIC);
}
s('usort', [3, 1, 2], fn($a, $b) => $b - $a);
s('uasort', $k, fn($a, $b) => $a <=> $b);
s('uksort', $k, fn($a, $b) => strcmp($a, $b));
s('natsort', ['img12', 'img10', 'img2']);
s('natcasesort', ['IMG0', 'img12', 'Img2']);
s('sort', [[2, 1], [1, 5], [1]]);
s('sort', ['b' => 'x', 'a' => 'w']);
$stable = [['k' => 1, 'v' => 'a'], ['k' => 0, 'v' => 'b'], ['k' => 1, 'v' => 'c'], ['k' => 0, 'v' => 'd']];
usort($stable, fn($a, $b) => $a['k'] <=> $b['k']);
echo implode(array_column($stable, 'v')), "\n";
$d1 = [3, 1, 2];
$d2 = ['c', 'a', 'b'];
array_multisort($d1, SORT_DESC, $d2);
echo json_encode([$d1, $d2]), "\n";
$d3 = [1, 1, 2];
$d4 = [3, 1, 2];
array_multisort($d3, $d4);
echo json_encode([$d3, $d4]), "\n";
usort($d3, fn($a, $b) => $a > $b);
$r = range(1, 30);
shuffle($r);
sort($r);
echo $r === range(1, 30) ? 'sorted' : 'wrong', "\n";
--EXPECTF--
sort [1,2,3]
sort [0,1,2,3,5]
sort ["X1","x9","x10"]
sort ["A","b","c"]
sort ["1","10","1e1","9"]
sort [1.5,9,"10","1e1"]
rsort [3,2,1]
rsort [5,3,2,1,0]
rsort ["x10","x9","X1"]
rsort ["c","b","A"]
rsort ["9","1e1","10","1"]
rsort ["10","1e1",9,1.5]
asort {"1":1,"2":2,"0":3}
asort {"10":0,"c":1,"b":2,"a":3,"9":5}
asort {"2":"X1","1":"x9","0":"x10"}
asort {"1":"A","0":"b","2":"c"}
asort {"3":"1","0":"10","2":"1e1","1":"9"}
asort {"3":1.5,"1":9,"0":"10","2":"1e1"}
arsort {"0":3,"2":2,"1":1}
arsort {"9":5,"a":3,"b":2,"c":1,"10":0}
arsort ["x10","x9","X1"]
arsort {"2":"c","0":"b","1":"A"}
arsort {"1":"9","2":"1e1","0":"10","3":"1"}
arsort {"0":"10","2":"1e1","1":9,"3":1.5}
ksort [3,1,2]
ksort {"9":5,"10":0,"a":3,"b":2,"c":1}
ksort ["x10","x9","X1"]
ksort ["b","A","c"]
ksort ["10","9","1e1","1"]
ksort ["10",9,"1e1",1.5]
krsort {"2":2,"1":1,"0":3}
krsort {"c":1,"b":2,"a":3,"10":0,"9":5}
krsort {"2":"X1","1":"x9","0":"x10"}
krsort {"2":"c","1":"A","0":"b"}
krsort {"3":"1","2":"1e1","1":"9","0":"10"}
krsort {"3":1.5,"2":"1e1","1":9,"0":"10"}
usort [3,2,1]
uasort {"10":0,"c":1,"b":2,"a":3,"9":5}
uksort {"10":0,"9":5,"a":3,"b":2,"c":1}
natsort {"2":"img2","1":"img10","0":"img12"}
natcasesort {"0":"IMG0","2":"Img2","1":"img12"}
sort [[1],[1,5],[2,1]]
sort ["w","x"]
bdac
[[3,2,1],["c","b","a"]]
[[1,1,2],[1,3,2]]

Deprecated: usort(): Returning bool from comparison function is deprecated, return an integer less than, equal to, or greater than zero in %ssort.php on line 31
sorted
