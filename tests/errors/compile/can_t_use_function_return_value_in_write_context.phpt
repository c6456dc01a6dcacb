--TEST--
Compile error: Can't use function return value in write context
--FILE--
<?php
echo "not reached\n";
$x = fn() => yield 1; return 5; unset(f());
--EXPECTF--
Fatal error: Can't use function return value in write context in %scan_t_use_function_return_value_in_write_context.php on line 3
