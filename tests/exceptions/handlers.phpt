--TEST--
Exception and error handlers
--FILE--
<?php
set_error_handler(function ($no, $msg, $file, $line) {
    echo "handler: $no $msg ", basename($file), ":$line\n";
    return true;
});
echo $undefined;
$a = [];
$a['x'];
echo 1 <=> "a", intdiv(5, 2), "\n";
trigger_error('custom', E_USER_WARNING);
trigger_error('notice');
echo hex2bin('abc') === false ? 'false' : '', "\n";
$old = set_error_handler(fn($n, $m) => false);
$b = [] . '';
restore_error_handler();
restore_error_handler();
error_reporting(E_ALL & ~E_WARNING);
echo $undefined2;
error_reporting(E_ALL);
set_error_handler(function ($n, $m) { throw new ErrorException($m, 0, $n); }, E_WARNING);
try {
    echo $undefined3;
} catch (ErrorException $e) { echo 'converted: ', $e->getMessage(), $e->getSeverity(), "\n"; }
restore_error_handler();
set_exception_handler(function ($e) { echo 'exception handler: ', $e->getMessage(), "\n"; });
register_shutdown_function(function () { echo "shutdown\n"; });
@$x['suppressed'];
echo error_get_last()['message'] ?? 'none', "\n";
throw new Exception('final');
--EXPECTF--
handler: 2 Undefined variable $undefined handlers.php:6
handler: 2 Undefined array key "x" handlers.php:8
-12
handler: 512 custom handlers.php:10
handler: 1024 notice handlers.php:11
handler: 2 hex2bin(): Hexadecimal input string must have an even length handlers.php:12
false

Warning: Array to string conversion in %shandlers.php on line 14
converted: Undefined variable $undefined32
Trying to access array offset on null
exception handler: final
shutdown
