--TEST--
exit with values and in functions
--FILE--
<?php
register_shutdown_function(function () { echo "shutdown\n"; });
class D { function __destruct() { echo "destruct\n"; } }
$d = new D;
function f() { try { exit("bye\n"); } finally { echo "finally does not run\n"; } }
f();
echo "not reached\n";
--EXPECT--
bye
shutdown
destruct
