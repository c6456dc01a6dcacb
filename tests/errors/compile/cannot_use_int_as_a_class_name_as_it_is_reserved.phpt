--TEST--
Compile error: Cannot use "int" as a class name as it is reserved
--FILE--
<?php
echo "not reached\n";
class int {}
--EXPECTF--
Fatal error: Cannot use "int" as a class name as it is reserved in %scannot_use_int_as_a_class_name_as_it_is_reserved.php on line 3
