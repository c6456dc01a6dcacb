--TEST--
Compile error: A never-returning function must not return
--FILE--
<?php
echo "not reached\n";
function f(): never { return 1; }
--EXPECTF--
Fatal error: A never-returning function must not return in %sa_never_returning_function_must_not_return.php on line 3
