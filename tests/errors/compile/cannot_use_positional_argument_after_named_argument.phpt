--TEST--
Compile error: Cannot use positional argument after named argument
--FILE--
<?php
echo "not reached\n";
f(a: 1, 2);
--EXPECTF--
Fatal error: Cannot use positional argument after named argument in %scannot_use_positional_argument_after_named_argument.php on line 3
