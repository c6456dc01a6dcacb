--TEST--
Compile error: Non-abstract method A3::f() must contain body
--FILE--
<?php
echo "not reached\n";
class A3 { function f(); }
--EXPECTF--
Fatal error: Non-abstract method A3::f() must contain body in %snon_abstract_method_a3_f_must_contain_body.php on line 3
