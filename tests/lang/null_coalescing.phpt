--TEST--
?? and ??=
--FILE--
<?php
$a = ['x' => null, 'y' => 0];
var_dump($a['x'] ?? 'd', $a['y'] ?? 'd', $a['z'] ?? 'd', $u ?? 'd', $u->p->q ?? 'd', $u['a']['b'] ?? 'd');
$a['x'] ??= 'set'; $a['y'] ??= 'set'; $a['z']['w'] ??= 'new'; $v ??= 5;
var_dump($a, $v);
function f() { echo "called\n"; return 1; }
$b = 1; $b ??= f(); $c ??= f();
var_dump($b, $c);
class P
{
    public ?int $n = null;
    public $arr = [];
    function __isset($k) { echo "isset $k\n"; return $k == 'm'; }
    function __get($k) { echo "get $k\n"; return null; }
}
$p = new P;
var_dump($p->n ?? 'd', $p->m ?? 'd', $p->k ?? 'd', $p->arr['q'] ?? 'd');
--EXPECT--
string(1) "d"
int(0)
string(1) "d"
string(1) "d"
string(1) "d"
string(1) "d"
array(3) {
  ["x"]=>
  string(3) "set"
  ["y"]=>
  int(0)
  ["z"]=>
  array(1) {
    ["w"]=>
    string(3) "new"
  }
}
int(5)
called
int(1)
int(1)
isset m
get m
isset k
string(1) "d"
string(1) "d"
string(1) "d"
string(1) "d"
