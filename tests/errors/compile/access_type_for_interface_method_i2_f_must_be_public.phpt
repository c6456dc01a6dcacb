--TEST--
Compile error: Access type for interface method I2::f() must be public
--FILE--
<?php
echo "not reached\n";
interface I2 { private function f(); }
--EXPECTF--
Fatal error: Access type for interface method I2::f() must be public in %saccess_type_for_interface_method_i2_f_must_be_public.php on line 3
