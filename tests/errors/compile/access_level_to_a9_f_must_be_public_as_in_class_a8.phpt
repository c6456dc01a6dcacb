--TEST--
Compile error: Access level to A9::f() must be public (as in class A8)
--FILE--
<?php
echo "not reached\n";
class A8 { public function f() {} } class A9 extends A8 { private function f() {} }
--EXPECTF--
Fatal error: Access level to A9::f() must be public (as in class A8) in %saccess_level_to_a9_f_must_be_public_as_in_class_a8.php on line 3
