--TEST--
Compile error: Cannot use positional argument after argument unpacking
--FILE--
<?php
echo "not reached\n";
f(...$a, $b);
--EXPECTF--
Fatal error: Cannot use positional argument after argument unpacking in %scannot_use_positional_argument_after_argument_unpacking.php on line 3
