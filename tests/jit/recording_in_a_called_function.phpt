--TEST--
While a function records, a compiled loop calls it again: its instructions run once
--FILE--
<?php
class S { public static $n = 0; }
function exits($a, $b) {
    for ($i = 0; $i < 300; $i++) {
    }
    $d = @(ord($s[(int) $b & 3]) + $b);
}
function adds($a, $b) {
    $p = [1, 2, 3];
    $q = [0.5, 1, 2.5, 3, 4, 5, 6, "9"];
    $h = ["x" => 1, "y" => 2.5];
    $a += count($q);
    for ($i = 0; $i < 5; $i++) {
    }
    return [$a, $b, count($p), $h["x"]];
}
error_reporting(0);
foreach ([[1, 2], [3, -1], [2.5, 4], [0, "7"], [10, null]] as [$x, $y]) {
    foreach (['exits', 'adds', 'none'] as $f) {
        for ($k = 0; $k < 3; $k++) {
            try {
                S::$n = 0;
                $result = $f($x, $y);
            } catch (Throwable $t) {
                $result = $t->getMessage();
            }
        }
        echo json_encode($result), "\n";
    }
}
--EXPECT--
null
[9,2,3,1]
"Call to undefined function none()"
null
[11,-1,3,1]
"Call to undefined function none()"
null
[10.5,4,3,1]
"Call to undefined function none()"
null
[8,"7",3,1]
"Call to undefined function none()"
null
[18,null,3,1]
"Call to undefined function none()"
