--TEST--
Compile error: Cannot use try without catch or finally
--FILE--
<?php
echo "not reached\n";
try { }
--EXPECTF--
Fatal error: Cannot use try without catch or finally in %scannot_use_try_without_catch_or_finally.php on line 3
