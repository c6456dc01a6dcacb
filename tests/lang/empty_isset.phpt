--TEST--
empty, isset and unset
--FILE--
<?php
foreach ([null, 0, '0', '', [], 0.0, false, ' ', 'a', [0], '00'] as $v) echo empty($v) ? 'e' : '-';
echo "\n";
$a = ['n' => null, 'x' => ['y' => 1]]; $o = new stdClass; $o->p = null;
var_dump(isset($a['n']), isset($a['x']['y']), isset($a['x']['z']), isset($a['q']['r']['s']), isset($o->p),
    isset($o->q->r), isset($a, $o), isset($a, $nope), empty($nope['x']));
unset($a['x']['y'], $a['nope']['deeper'], $o->p, $o->none, $missing);
var_dump($a, $o);
$x = 1; unset($x); var_dump(isset($x));
function f() { $y = 1; unset($y); return compact([]) === get_defined_vars(); } var_dump(f());
--EXPECT--
eeeeeee----
bool(false)
bool(true)
bool(false)
bool(false)
bool(false)
bool(false)
bool(true)
bool(false)
bool(true)
array(2) {
  ["n"]=>
  NULL
  ["x"]=>
  array(0) {
  }
}
object(stdClass)#1 (0) {
}
bool(false)
bool(true)
