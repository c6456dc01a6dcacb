--TEST--
Compile error: Can't use function return value in write context
--FILE--
<?php
echo "not reached\n";
f() = 1;
--EXPECTF--
Fatal error: Can't use function return value in write context in %scan_t_use_function_return_value_in_write_context_2.php on line 3
