--TEST--
Compile error: Abstract function A::f() cannot be declared private
--FILE--
<?php
echo "not reached\n";
class A { abstract private function f(); }
--EXPECTF--
Fatal error: Abstract function A::f() cannot be declared private in %sabstract_function_a_f_cannot_be_declared_private.php on line 3
