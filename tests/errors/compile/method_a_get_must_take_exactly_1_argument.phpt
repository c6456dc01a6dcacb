--TEST--
Compile error: Method A::__get() must take exactly 1 argument
--FILE--
<?php
echo "not reached\n";
class A { function __get() {} }
--EXPECTF--
Fatal error: Method A::__get() must take exactly 1 argument in %smethod_a_get_must_take_exactly_1_argument.php on line 3
