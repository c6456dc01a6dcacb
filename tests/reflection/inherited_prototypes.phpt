--TEST--
The prototype of an inherited method that implements an interface's
--FILE--
<?php
interface I { function m(); function n(); function s(); }
abstract class Base { function m() {} function n() {} function s() { static $calls = 0; return ++$calls; } function __construct() {} }
class Mid extends Base implements I { function n() {} }
class Leaf extends Mid { function m() {} }
class Other extends Base {}
foreach (['Mid', 'Leaf', 'Other'] as $class) {
    foreach (['m', 'n', 's', '__construct'] as $method) {
        $reflection = new ReflectionMethod($class, $method);
        $prototype = $reflection->hasPrototype() ? $reflection->getPrototype()->class : 'none';
        echo "$class::$method of {$reflection->class}: $prototype\n";
    }
}
var_dump((new Mid)->s(), (new Leaf)->s(), (new Other)->s());
?>
--EXPECT--
Mid::m of Base: I
Mid::n of Mid: I
Mid::s of Base: I
Mid::__construct of Base: none
Leaf::m of Leaf: I
Leaf::n of Mid: I
Leaf::s of Base: I
Leaf::__construct of Base: none
Other::m of Base: none
Other::n of Base: none
Other::s of Base: none
Other::__construct of Base: none
int(1)
int(2)
int(1)
