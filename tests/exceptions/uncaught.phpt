--TEST--
An uncaught exception with a previous one
--FILE--
<?php
function thrower($x) {
    try {
        throw new LogicException('inner');
    } catch (LogicException $e) { throw new RuntimeException('outer', 3, $e); }
}
echo "before\n";
thrower([1]);
--EXPECTF--
before

Fatal error: Uncaught LogicException: inner in %suncaught.php:4
Stack trace:
#0 %suncaught.php(8): thrower(Array)
#1 {main}

Next RuntimeException: outer in %suncaught.php:5
Stack trace:
#0 %suncaught.php(8): thrower(Array)
#1 {main}
  thrown in %suncaught.php on line 5
