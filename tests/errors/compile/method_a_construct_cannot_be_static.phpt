--TEST--
Compile error: Method A::__construct() cannot be static
--FILE--
<?php
echo "not reached\n";
class A { static function __construct() {} }
--EXPECTF--
Fatal error: Method A::__construct() cannot be static in %smethod_a_construct_cannot_be_static.php on line 3
