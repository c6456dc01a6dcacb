--TEST--
An exception that nobody can catch ends the script
--FILE--
<?php
use function Async\{spawn, delay};
spawn(function () {
    try {
        delay(100000);
    } finally {
        echo "canceled\n";
    }
});
spawn(function () {
    throw new LogicException("nobody");
});
echo "end\n";
?>
--EXPECTF--
end
canceled

Fatal error: Uncaught LogicException: nobody in %s:%d
Stack trace:
#0 [internal function]: {closure:%s:%d}()
#1 {main}
  thrown in %s on line %d
