--TEST--
Compile error: Cannot use $this as parameter
--FILE--
<?php
echo "not reached\n";
function f($this) {}
--EXPECTF--
Fatal error: Cannot use $this as parameter in %scannot_use_this_as_parameter.php on line 3
