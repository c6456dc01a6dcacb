--TEST--
Compile error: Interface "I1x" not found
--FILE--
<?php
echo "not reached\n";
class B2 implements I1x {}
--EXPECTF--
not reached

Fatal error: Uncaught Error: Interface "I1x" not found in %sinterface_i1x_not_found.php:3
Stack trace:
#0 {main}
  thrown in %sinterface_i1x_not_found.php on line 3
