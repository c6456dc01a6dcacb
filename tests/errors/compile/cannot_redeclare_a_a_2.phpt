--TEST--
Compile error: Cannot redeclare A::A()
--FILE--
<?php
echo "not reached\n";
class A { function a() {} function A() {} }
--EXPECTF--
Fatal error: Cannot redeclare A::A() in %scannot_redeclare_a_a_2.php on line 3
