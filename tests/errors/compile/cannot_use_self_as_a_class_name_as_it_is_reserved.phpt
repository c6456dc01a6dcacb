--TEST--
Compile error: Cannot use "self" as a class name as it is reserved
--FILE--
<?php
echo "not reached\n";
class self {}
--EXPECTF--
Fatal error: Cannot use "self" as a class name as it is reserved in %scannot_use_self_as_a_class_name_as_it_is_reserved.php on line 3
