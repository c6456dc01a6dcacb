--TEST--
Undefined variables, keys, properties and constants
--FILE--
<?php
echo $undefined;
$a = [];
echo $a['key'], $a[5];
$o = new stdClass;
echo $o->prop;
echo $n?->x, $a['x']['y'] ?? 'default', "\n";
$x = null;
echo $x['a'], $x->b;
$i = 5;
echo $i['a'];
echo $i->b;
$undef1 .= 'x';
$undef2++;
$a['n']++;
$a['m'] .= 'y';
var_dump($undef1, $undef2, $a);
try { echo UNKNOWN; } catch (Error $e) { echo $e->getMessage(), "\n"; }
try { echo stdClass::UNKNOWN; } catch (Error $e) { echo $e->getMessage(), "\n"; }
try { echo stdClass::$unknown; } catch (Error $e) { echo $e->getMessage(), "\n"; }
try { unknown(); } catch (Error $e) { echo $e->getMessage(), "\n"; }
try { new Unknown; } catch (Error $e) { echo $e->getMessage(), "\n"; }
try { stdClass::unknown(); } catch (Error $e) { echo $e->getMessage(), "\n"; }
try { $o->unknown(); } catch (Error $e) { echo $e->getMessage(), "\n"; }
try { $x->method(); } catch (Error $e) { echo $e->getMessage(), "\n"; }
--EXPECTF--
Warning: Undefined variable $undefined in %sundefined.php on line 2

Warning: Undefined array key "key" in %sundefined.php on line 4

Warning: Undefined array key 5 in %sundefined.php on line 4

Warning: Undefined property: stdClass::$prop in %sundefined.php on line 6

Warning: Undefined variable $n in %sundefined.php on line 7
default

Warning: Trying to access array offset on null in %sundefined.php on line 9

Warning: Attempt to read property "b" on null in %sundefined.php on line 9

Warning: Trying to access array offset on int in %sundefined.php on line 11

Warning: Attempt to read property "b" on int in %sundefined.php on line 12

Warning: Undefined variable $undef1 in %sundefined.php on line 13

Warning: Undefined variable $undef2 in %sundefined.php on line 14

Warning: Undefined array key "n" in %sundefined.php on line 15

Warning: Undefined array key "m" in %sundefined.php on line 16
string(1) "x"
int(1)
array(2) {
  ["n"]=>
  int(1)
  ["m"]=>
  string(1) "y"
}
Undefined constant "UNKNOWN"
Undefined constant stdClass::UNKNOWN
Access to undeclared static property stdClass::$unknown
Call to undefined function unknown()
Class "Unknown" not found
Call to undefined method stdClass::unknown()
Call to undefined method stdClass::unknown()
Call to a member function method() on null
