--TEST--
Compile error: Can't use method return value in write context
--FILE--
<?php
echo "not reached\n";
[$a, [$b]] = [1, [2]]; [$a, &$b->c()] = $x;
--EXPECTF--
Fatal error: Can't use method return value in write context in %scan_t_use_method_return_value_in_write_context.php on line 3
