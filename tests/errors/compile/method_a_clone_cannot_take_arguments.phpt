--TEST--
Compile error: Method A::__clone() cannot take arguments
--FILE--
<?php
echo "not reached\n";
class A { function __clone($x) {} }
--EXPECTF--
Fatal error: Method A::__clone() cannot take arguments in %smethod_a_clone_cannot_take_arguments.php on line 3
