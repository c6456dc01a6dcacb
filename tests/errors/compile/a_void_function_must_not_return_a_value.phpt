--TEST--
Compile error: A void function must not return a value
--FILE--
<?php
echo "not reached\n";
function f(): void { return 1; }
--EXPECTF--
Fatal error: A void function must not return a value in %sa_void_function_must_not_return_a_value.php on line 3
