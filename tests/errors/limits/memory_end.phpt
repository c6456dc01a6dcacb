--TEST--
Memory limit: what still runs, what is dropped, and the last error
--INI--
memory_limit=16M
--FILE--
<?php
class A
{
    function __destruct() { echo "destructor\n"; }
}
set_error_handler(function () { echo "handler\n"; });
set_exception_handler(function () { echo "exception handler\n"; });
register_shutdown_function(function () {
    $last = error_get_last();
    var_dump(ob_get_level(), $last['type'], $last['line']);
    new A;
});
register_shutdown_function(function () {
    $s = 'x';
    while (true) {
        $s .= $s;
    }
});
register_shutdown_function(function () { echo "not reached\n"; });
$object = new A;
ob_start(fn($text) => "[$text]");
echo "buffered\n";
try {
    $s = 'x';
    while (true) {
        $s .= $s;
    }
} catch (Throwable) {
    echo "caught\n";
} finally {
    echo "finally\n";
}
?>
--EXPECTF--
Fatal error: Allowed memory size of 16777216 bytes exhausted (tried to allocate %d bytes) in %smemory_end.php on line 26
int(0)
int(1)
int(26)
destructor

Fatal error: Allowed memory size of 16777216 bytes exhausted (tried to allocate %d bytes) in %smemory_end.php on line 16
