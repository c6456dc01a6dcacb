--TEST--
More code than there is room and more loops than may be compiled: everything runs, compiled or not
--INI--
opcache.enable_cli=1
opcache.file_update_protection=0
opcache.jit=tracing
opcache.jit_buffer_size=64K
opcache.jit_max_root_traces=40
opcache.jit_hot_loop=1
opcache.jit_hot_func=1
--FILE--
<?php
$folder = __DIR__ . '/code_that_does_not_fit';
@mkdir($folder);
// Many loops, and one function that is larger than all of the room for code.
for ($n = 0; $n < 60; $n++) {
    file_put_contents("$folder/$n.php", "<?php return (function (\$n) { \$s = 0; for (\$i = 0; \$i < \$n; \$i++) { \$s += \$i * $n; } return \$s; })(100);");
}
$lines = '';
for ($n = 0; $n < 30000; $n++) {
    $lines .= "\$x[" . $n % 50 . "] = (\$x[" . ($n + 7) % 50 . "] + $n) % 1009;\n";
}
file_put_contents("$folder/large.php", "<?php function large(\$x) { for (\$i = 0; \$i < 3; \$i++) {\n$lines} return array_sum(\$x); } return large(range(1, 50));");
file_put_contents("$folder/again.php", "<?php \$x = range(1, 50); for (\$i = 0; \$i < 3; \$i++) { for (\$n = 0; \$n < 30000; \$n++) { \$x[\$n % 50] = (\$x[(\$n + 7) % 50] + \$n) % 1009; } } return array_sum(\$x);");
for ($round = 0; $round < 3; $round++) {
    $sum = 0;
    for ($n = 0; $n < 60; $n++) {
        $sum += include "$folder/$n.php";
    }
    var_dump($sum);
}
var_dump((include "$folder/large.php") === (include "$folder/again.php"));
$jit = opcache_get_status(false)['jit'];
var_dump($jit['buffer_free'] >= 0 && $jit['buffer_free'] <= $jit['buffer_size']);
?>
--CLEAN--
<?php
array_map('unlink', glob(__DIR__ . '/code_that_does_not_fit/*.php'));
rmdir(__DIR__ . '/code_that_does_not_fit');
?>
--EXPECT--
int(8761500)
int(8761500)
int(8761500)
bool(true)
bool(true)
