--TEST--
Compile error: Cannot use empty list
--FILE--
<?php
echo "not reached\n";
list() = $a;
--EXPECTF--
Fatal error: Cannot use empty list in %scannot_use_empty_list.php on line 3
