--TEST--
Cloning, comparing and converting objects
--FILE--
<?php
class N { public $v; public ?N $next = null; function __construct($v) { $this->v = $v; } }
$a = new N(1);
$b = clone $a;
var_dump($a == $b, $a === $b);
$b->v = 2;
var_dump($a < $b, $a <=> $b);
$b->next = new N(3);
var_dump($a == $b);
$o = (object) ['x' => 1, 'y' => ['z' => 2]];
$arr = (array) $o;
$arr['x'] = 5;
echo $o->x, json_encode($arr), "\n";
$o->{'weird key'} = 1;
$o->{'0'} = 'zero';
echo $o->{'0'}, $o->{'weird key'}, count((array) $o), "\n";
foreach ($o as $k => $v) echo gettype($k), $k, ' ';
echo "\n";
$dyn = new stdClass;
$dyn->{''} ?? null;
try { $dyn->{''} = 1; } catch (Error $e) { echo $e->getMessage(), "\n"; }
try { $dyn->{"\0x"} = 1; } catch (Error $e) { echo $e->getMessage(), "\n"; }
class NoDyn {}
$nd = new NoDyn;
$nd->p = 1;
#[AllowDynamicProperties] class Dyn {}
$dd = new Dyn;
$dd->p = 1;
unset($dd->p);
var_dump($dd, spl_object_id($a) === spl_object_id($a), get_object_vars($a));
--EXPECTF--
bool(true)
bool(false)
bool(true)
int(-1)
bool(false)
1{"x":5,"y":{"z":2}}
zero14
stringx stringy stringweird key string0 
Cannot access property starting with "\0"

Deprecated: Creation of dynamic property NoDyn::$p is deprecated in %sclone_compare.php on line 25
object(Dyn)#8 (0) {
}
bool(true)
array(2) {
  ["v"]=>
  int(1)
  ["next"]=>
  NULL
}
