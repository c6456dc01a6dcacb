--TEST--
Compile error: Cannot override final method A6::f()
--FILE--
<?php
echo "not reached\n";
class A6 { final function f() {} } class A7 extends A6 { function f() {} }
--EXPECTF--
Fatal error: Cannot override final method A6::f() in %scannot_override_final_method_a6_f.php on line 3
