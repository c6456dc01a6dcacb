--TEST--
Compile error: Interface "A" not found
--FILE--
<?php
echo "not reached\n";
class A implements A {}
--EXPECTF--
not reached

Fatal error: Uncaught Error: Interface "A" not found in %sinterface_a_not_found.php:3
Stack trace:
#0 {main}
  thrown in %sinterface_a_not_found.php on line 3
