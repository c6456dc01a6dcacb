--TEST--
Compile error: Static property A::$x cannot be readonly
--FILE--
<?php
echo "not reached\n";
class A { public readonly static int $x; }
--EXPECTF--
Fatal error: Static property A::$x cannot be readonly in %sstatic_property_a_x_cannot_be_readonly.php on line 3
