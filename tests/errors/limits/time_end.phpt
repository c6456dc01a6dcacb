--TEST--
Time limit: nothing catches it, and shutdown functions have the time once more
--FILE--
<?php
$cases = [
    'caught' => 'class A { function __destruct() { echo "destructor"; } } $a = new A;
        ob_start(); echo "buffered";
        try { while (true); } catch (Throwable $e) { echo "caught"; } finally { echo "finally"; }',
    'shutdown' => 'register_shutdown_function(function () { echo "shutdown"; while (true); });
        register_shutdown_function(function () { echo "not reached"; }); for (;;) { $x = 1; }',
];
$php = escapeshellarg(PHP_BINARY) . ' -n -d display_errors=1 -r ';
foreach ($cases as $name => $code) {
    $output = shell_exec("$php " . escapeshellarg("set_time_limit(1); $code") . '; echo " exit $?"');
    echo "$name: ", str_replace("\n", ' ', $output), "\n";
}
?>
--EXPECT--
caught: buffered Fatal error: Maximum execution time of 1 second exceeded in Command line code on line 3  exit 255 
shutdown:  Fatal error: Maximum execution time of 1 second exceeded in Command line code on line 2 shutdown Fatal error: Maximum execution time of 1 second exceeded in Command line code on line 1  exit 255
