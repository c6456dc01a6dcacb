--TEST--
Output buffering
--FILE--
<?php
ob_start();
echo 'captured';
$x = ob_get_clean();
echo strtoupper($x), "\n";
ob_start(fn($b) => strrev($b));
echo 'abc';
ob_end_flush();
echo "\n";
ob_start();
echo 1;
ob_start();
echo 2;
echo ob_get_level(), ob_get_length();
ob_end_flush();
$all = ob_get_contents();
ob_end_clean();
echo $all, "\n";
ob_start(function ($b, $phase) { return "[$phase:" . $b . ']'; }, 4);
echo 'ab';
echo 'cdef';
ob_flush();
echo 'g';
ob_end_flush();
echo "\n";
var_dump(@ob_end_clean(), ob_get_clean(), ob_get_level());
ob_end_flush();
function f() { ob_start(); try { echo 'lost'; throw new Exception; } finally { ob_end_clean(); } }
try { f(); } catch (Exception) {}
print_r(ob_get_status());
ob_start();
print 'implicit';
register_shutdown_function(fn() => print("in shutdown\n"));
ob_implicit_flush();
echo " flush at end\n";
--EXPECTF--
CAPTURED
cba
1222
[1:abcdef][4:][8:g]
bool(false)
bool(false)
int(0)

Notice: ob_end_flush(): Failed to delete and flush buffer. No buffer to delete or flush in %sbuffering.php on line 27
Array
(
)
implicit flush at end
in shutdown
