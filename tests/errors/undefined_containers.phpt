--TEST--
Undefined variables as arrays: what reads an element before it writes it warns of both
--FILE--
<?php
function a() { $a['k'] .= 'x'; var_dump($a); }
function b() { $a['k']++; var_dump($a); }
function c() { $a['k']['l'] .= 'x'; var_dump($a); }
function d() { $a[] .= 'x'; var_dump($a); }
function e() { $a['k'] ??= 'x'; var_dump($a); }
function f() { $a['k'][] = 'x'; var_dump($a); }
function g() { ++$a['k']['m']; var_dump($a); }
function h() { $a->x += 1; }
function i() { $a['k']->x += 1; }
function j() { $r = &$a['k']; $a['q']['r'] = 1; var_dump($a); }
function k() { $a = null; $a['k'] .= 'x'; var_dump($a); }
function l() { static $s; $s['k'] += 1; var_dump($s); }
function m() { global $gg; $gg['k'] .= 'x'; var_dump($gg); }
function n() { $GLOBALS['zz']['k'] .= 'x'; var_dump($GLOBALS['zz']); }
function o() { [$a['x'], $a['y']] = [1, 2]; var_dump($a); }
function p() { $a['x'][0] *= $b; var_dump($a); }
function q() { $n = 'dyn'; $$n['k'] .= 'x'; var_dump($dyn); }
function r() { $o = new stdClass; $o->p['k'] .= 'x'; var_dump($o); }
function s() { $a[$u] .= $v; var_dump($a); }
foreach (range('a','s') as $f) { echo "-- $f\n"; try { $f(); } catch (Error $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; } }
$x['k'] .= 'top'; 
$y[0]++;
?>
--EXPECTF--
-- a

Warning: Undefined variable $a in %sundefined_containers.php on line 2

Warning: Undefined array key "k" in %sundefined_containers.php on line 2
array(1) {
  ["k"]=>
  string(1) "x"
}
-- b

Warning: Undefined variable $a in %sundefined_containers.php on line 3

Warning: Undefined array key "k" in %sundefined_containers.php on line 3
array(1) {
  ["k"]=>
  int(1)
}
-- c

Warning: Undefined variable $a in %sundefined_containers.php on line 4

Warning: Undefined array key "k" in %sundefined_containers.php on line 4

Warning: Undefined array key "l" in %sundefined_containers.php on line 4
array(1) {
  ["k"]=>
  array(1) {
    ["l"]=>
    string(1) "x"
  }
}
-- d

Warning: Undefined variable $a in %sundefined_containers.php on line 5
array(1) {
  [0]=>
  string(1) "x"
}
-- e
array(1) {
  ["k"]=>
  string(1) "x"
}
-- f
array(1) {
  ["k"]=>
  array(1) {
    [0]=>
    string(1) "x"
  }
}
-- g

Warning: Undefined variable $a in %sundefined_containers.php on line 8

Warning: Undefined array key "k" in %sundefined_containers.php on line 8

Warning: Undefined array key "m" in %sundefined_containers.php on line 8
array(1) {
  ["k"]=>
  array(1) {
    ["m"]=>
    int(1)
  }
}
-- h

Warning: Undefined variable $a in %sundefined_containers.php on line 9
Error: Attempt to assign property "x" on null
-- i

Warning: Undefined variable $a in %sundefined_containers.php on line 10

Warning: Undefined array key "k" in %sundefined_containers.php on line 10
Error: Attempt to assign property "x" on null
-- j
array(2) {
  ["k"]=>
  &NULL
  ["q"]=>
  array(1) {
    ["r"]=>
    int(1)
  }
}
-- k

Warning: Undefined array key "k" in %sundefined_containers.php on line 12
array(1) {
  ["k"]=>
  string(1) "x"
}
-- l

Warning: Undefined array key "k" in %sundefined_containers.php on line 13
array(1) {
  ["k"]=>
  int(1)
}
-- m

Warning: Undefined array key "k" in %sundefined_containers.php on line 14
array(1) {
  ["k"]=>
  string(1) "x"
}
-- n

Warning: Undefined global variable $zz in %sundefined_containers.php on line 15

Warning: Undefined array key "k" in %sundefined_containers.php on line 15
array(1) {
  ["k"]=>
  string(1) "x"
}
-- o
array(2) {
  ["x"]=>
  int(1)
  ["y"]=>
  int(2)
}
-- p

Warning: Undefined variable $a in %sundefined_containers.php on line 17

Warning: Undefined array key "x" in %sundefined_containers.php on line 17

Warning: Undefined array key 0 in %sundefined_containers.php on line 17

Warning: Undefined variable $b in %sundefined_containers.php on line 17
array(1) {
  ["x"]=>
  array(1) {
    [0]=>
    int(0)
  }
}
-- q

Warning: Undefined variable $dyn in %sundefined_containers.php on line 18

Warning: Undefined array key "k" in %sundefined_containers.php on line 18
array(1) {
  ["k"]=>
  string(1) "x"
}
-- r

Warning: Undefined property: stdClass::$p in %sundefined_containers.php on line 19

Warning: Undefined array key "k" in %sundefined_containers.php on line 19
object(stdClass)#1 (1) {
  ["p"]=>
  array(1) {
    ["k"]=>
    string(1) "x"
  }
}
-- s

Warning: Undefined variable $a in %sundefined_containers.php on line 20

Warning: Undefined variable $u in %sundefined_containers.php on line 20

Warning: Undefined array key "" in %sundefined_containers.php on line 20

Warning: Undefined variable $v in %sundefined_containers.php on line 20
array(1) {
  [""]=>
  string(0) ""
}

Warning: Undefined variable $x in %sundefined_containers.php on line 22

Warning: Undefined array key "k" in %sundefined_containers.php on line 22

Warning: Undefined variable $y in %sundefined_containers.php on line 23

Warning: Undefined array key 0 in %sundefined_containers.php on line 23
