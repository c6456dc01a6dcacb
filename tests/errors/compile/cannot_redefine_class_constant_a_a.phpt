--TEST--
Compile error: Cannot redefine class constant A::A
--FILE--
<?php
echo "not reached\n";
class A { const A = 1; const A = 2; }
--EXPECTF--
Fatal error: Cannot redefine class constant A::A in %scannot_redefine_class_constant_a_a.php on line 3
