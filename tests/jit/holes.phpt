--TEST--
Lists with holes in compiled code
--FILE--
<?php
function read($list, $n) {
    $all = '';
    for ($i = 0; $i < $n; $i++) {
        $all .= $list[$i % 4] . ',';
    }
    return $all;
}
function nested($list, $n) {
    $kinds = '';
    for ($i = 0; $i < $n; $i++) {
        $kinds .= gettype($list[$i % 3]) . ' ';
    }
    return $kinds;
}
$full = ['a' . strlen('x'), 'b' . strlen('xy'), 'c' . strlen('xyz'), 'd'];
$hole = $full;
unset($hole[2]);
for ($round = 0; $round < 3; $round++) {
    echo read($full, 12), "\n", @read($hole, 12), "\n";
}
$objects = [new stdClass, new stdClass, new stdClass];
nested($objects, 30);
unset($objects[1]);
echo @nested($objects, 9), "\n";
read($hole, 3);
--EXPECTF--
a1,b2,c3,d,a1,b2,c3,d,a1,b2,c3,d,
a1,b2,,d,a1,b2,,d,a1,b2,,d,
a1,b2,c3,d,a1,b2,c3,d,a1,b2,c3,d,
a1,b2,,d,a1,b2,,d,a1,b2,,d,
a1,b2,c3,d,a1,b2,c3,d,a1,b2,c3,d,
a1,b2,,d,a1,b2,,d,a1,b2,,d,
object NULL object object NULL object object NULL object 

Warning: Undefined array key 2 in %sholes.php on line 5
