--TEST--
Compile error: Enum backing type must be int or string, float given
--FILE--
<?php
echo "not reached\n";
enum E: float {}
--EXPECTF--
Fatal error: Enum backing type must be int or string, float given in %senum_backing_type_must_be_int_or_string_float_given.php on line 3
