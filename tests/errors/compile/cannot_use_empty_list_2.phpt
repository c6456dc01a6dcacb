--TEST--
Compile error: Cannot use empty list
--FILE--
<?php
echo "not reached\n";
[] = $a;
--EXPECTF--
Fatal error: Cannot use empty list in %scannot_use_empty_list_2.php on line 3
