--TEST--
__get, __set, __isset and __unset
--FILE--
<?php
class M {
    private $data = ['a' => 1]; private $hidden = 'h'; public $real = 'r';
    function __get($n) { echo "get $n\n"; return $this->data[$n] ?? null; }
    function __set($n, $v) { echo "set $n=", json_encode($v), "\n"; $this->data[$n] = $v; }
    function __isset($n) { echo "isset $n\n"; return isset($this->data[$n]); }
    function __unset($n) { echo "unset $n\n"; unset($this->data[$n]); }
}
$m = new M;
echo $m->a, $m->real, $m->hidden, "\n";
$m->b = 2;
$m->b .= 'x';
$m->c ??= 'new';
$m->a++;
echo $m->b, $m->c, $m->a, "\n";
var_dump(isset($m->a), isset($m->zz), empty($m->a), isset($m->a->b), $m->q ?? 'none');
unset($m->a, $m->real);
var_dump(isset($m->a));
echo $m->real;
$m->real = 'again';
$m->arr = [1]; $m->arr[] = 2; var_dump($m->arr);
class R { private $d = ['l' => [1]]; function &__get($n) { return $this->d[$n]; } }
$r = new R;
$r->l[] = 2;
$r->l[0] = 'z';
echo json_encode($r->l), "\n";
class G { function __get($n) { return $this->$n; } } $g = new G; echo $g->nothing;
--EXPECTF--
get a
1rget hidden

set b=2
get b
set b="2x"
isset c
set c="new"
get a
set a=2
get b
2xget c
newget a
2
isset a
isset zz
isset a
get a
isset a
get a
isset q
bool(true)
bool(false)
bool(false)
bool(false)
string(4) "none"
unset a
isset a
bool(false)
get real
set real="again"
set arr=[1]
get arr

Notice: Indirect modification of overloaded property M::$arr has no effect in %smagic_properties.php on line 21
get arr
array(1) {
  [0]=>
  int(1)
}
["z",2]

Warning: Undefined property: G::$nothing in %smagic_properties.php on line 27
