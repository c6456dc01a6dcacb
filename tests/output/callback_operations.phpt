--TEST--
What callbacks of output buffers are told
--FILE--
<?php
function f($s, $op) { return '[' . strtoupper($s) . ":$op]"; }
ob_start('f'); echo 'a'; ob_flush(); echo 'b'; ob_clean(); echo 'c'; ob_end_flush(); echo "\n";
ob_start('f', 3); echo 'ab'; echo 'cd'; echo 'e'; ob_end_flush(); echo "\n";
ob_start('f'); ob_start(fn($s) => false); echo 'a'; ob_flush(); echo 'b'; ob_end_flush(); ob_end_flush(); echo "\n";
ob_start('f'); echo 'x'; ob_end_clean(); ob_start('f'); echo 'y'; var_dump(ob_get_clean());
ob_start(fn($s) => true); echo 'q'; ob_end_flush();
ob_start('f'); echo 'abc'; print_r(ob_get_status()); ob_end_flush();
ob_start('f', 1); echo 'p'; ob_end_flush(); echo "\n";
ob_start(function ($s) { echo 'lost'; return "<$s>"; }); echo 'kept'; ob_end_flush(); echo "\n";
ob_start(null, 0, PHP_OUTPUT_HANDLER_STDFLAGS ^ PHP_OUTPUT_HANDLER_REMOVABLE); echo 'stays';
var_dump(ob_end_clean(), ob_get_level(), ob_flush());
try {
    ob_start(function ($s) { throw new Exception('thrown'); }); echo 'content'; ob_end_flush();
} catch (Exception $e) { echo ' caught ', $e->getMessage(), "\n"; }
ob_start(fn($s) => $s . '!'); echo 'at the end';
--EXPECTF--
[A:5][C:8]
[ABCD:1][E:8]
[AB:9]
string(1) "y"
[ABCARRAY
(
    [NAME] => F
    [TYPE] => 1
    [FLAGS] => 113
    [LEVEL] => 0
    [CHUNK_SIZE] => 0
    [BUFFER_SIZE] => 16384
    [BUFFER_USED] => 3
)
:9][P:1][:8]
<kept>
stays
Notice: ob_end_clean(): Failed to discard buffer of default output handler (0) in %scallback_operations.php on line 12
bool(false)
int(1)
bool(true)
content caught thrown
at the end!
