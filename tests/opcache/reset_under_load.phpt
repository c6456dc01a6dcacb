--TEST--
opcache_reset() and opcache_invalidate() while other threads run what they take out
--SKIPIF--
<?php if (!function_exists('Async\spawn_thread')) die('skip threads'); ?>
--INI--
opcache.enable_cli=1
opcache.file_update_protection=0
opcache.memory_consumption=8
opcache.jit=tracing
opcache.jit_buffer_size=4M
opcache.jit_hot_loop=1
opcache.jit_hot_func=1
opcache.jit_hot_side_exit=1
--FILE--
<?php
use function Async\{await, spawn_thread};

$folder = __DIR__ . '/reset_under_load';
@mkdir($folder);
for ($n = 0; $n < 8; $n++) {
    file_put_contents("$folder/$n.php", "<?php
        class Shape$n { public int \$sides = $n; public array \$list = ['a' => [$n], 'text $n'];
            function area(int \$x): int { \$s = 0; for (\$i = 0; \$i < \$x; \$i++) { \$s += \$this->sides * \$i; } return \$s; } }
        function twice$n(\$x) { static \$calls = 0; \$calls++; return \$x * 2 + \$calls; }
        return fn(\$x) => twice$n(\$x) + (new Shape$n)->area(20) + strlen((new Shape$n)->list[0]);");
}
$reader = function () use ($folder) {
    $closures = [];
    for ($n = 0; $n < 8; $n++) {
        $closures[$n] = include "$folder/$n.php";
    }
    $sum = 0;
    for ($round = 0; $round < 300; $round++) {
        for ($n = 0; $n < 8; $n++) {
            $sum += $closures[$n]($round);
        }
    }
    return $sum;
};
$disturber = function () use ($folder) {
    for ($round = 0; $round < 150; $round++) {
        if ($round % 10 == 0) {
            opcache_reset();
        } else {
            opcache_invalidate("$folder/" . ($round % 8) . '.php', true);
        }
        opcache_compile_file("$folder/" . ($round * 3 % 8) . '.php');
    }
    return opcache_get_status()['memory_usage']['wasted_memory'] >= 0;
};
$results = [];
for ($wave = 0; $wave < 4; $wave++) {
    $threads = [spawn_thread($disturber)];
    for ($thread = 0; $thread < 4; $thread++) {
        $threads[] = spawn_thread($reader);
    }
    foreach ($threads as $thread) {
        $results[] = json_encode(await($thread));
    }
}
print_r(array_count_values($results));
?>
--CLEAN--
<?php
array_map('unlink', glob(__DIR__ . '/reset_under_load/*.php'));
rmdir(__DIR__ . '/reset_under_load');
?>
--EXPECT--
Array
(
    [true] => 4
    [2689200] => 16
)
