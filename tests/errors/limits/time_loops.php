<?php
$cases = [
    'empty loop' => 'while (true);',
    'goto' => 'a: goto a;',
    'calls' => 'function f() {} while (true) f();',
    'fiber' => '(new Fiber(function () { while (true); }))->start();',
];
$php = escapeshellarg(PHP_BINARY) . ' -n -d display_errors=1 -r ';
foreach ($cases as $name => $code) {
    $output = shell_exec("$php " . escapeshellarg("set_time_limit(1); $code") . '; echo " exit $?"');
    echo "$name: ", str_replace("\n", ' ', $output), "\n";
}
?>
