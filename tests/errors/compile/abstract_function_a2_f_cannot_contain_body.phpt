--TEST--
Compile error: Abstract function A2::f() cannot contain body
--FILE--
<?php
echo "not reached\n";
abstract class A2 { abstract function f() {} }
--EXPECTF--
Fatal error: Abstract function A2::f() cannot contain body in %sabstract_function_a2_f_cannot_contain_body.php on line 3
