--TEST--
Compile error: Can't use nullsafe operator in write context
--FILE--
<?php
echo "not reached\n";
$a ?-> b = 1;
--EXPECTF--
Fatal error: Can't use nullsafe operator in write context in %scan_t_use_nullsafe_operator_in_write_context.php on line 3
