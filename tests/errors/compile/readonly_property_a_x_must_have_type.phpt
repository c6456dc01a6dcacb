--TEST--
Compile error: Readonly property A::$x must have type
--FILE--
<?php
echo "not reached\n";
class A { readonly $x; }
--EXPECTF--
Fatal error: Readonly property A::$x must have type in %sreadonly_property_a_x_must_have_type.php on line 3
