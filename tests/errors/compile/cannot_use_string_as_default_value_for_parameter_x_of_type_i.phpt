--TEST--
Compile error: Cannot use string as default value for parameter $x of type int
--FILE--
<?php
echo "not reached\n";
function f(int $x = "a") {}
--EXPECTF--
Fatal error: Cannot use string as default value for parameter $x of type int in %scannot_use_string_as_default_value_for_parameter_x_of_type_i.php on line 3
