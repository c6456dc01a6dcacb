--TEST--
Memory limit
--INI--
memory_limit=4M
--FILE--
<?php
register_shutdown_function(function () { echo "shutdown\n"; });
$a = [];
while (true) $a[] = str_repeat('x', 100000);
--EXPECTF--
Fatal error: Allowed memory size of 4194304 bytes exhausted (tried to allocate %d bytes) in %smemory_limit.php on line 4
shutdown
