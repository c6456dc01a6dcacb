--TEST--
Compiled code goes with the script that it was made for: functions of the same name differ from thread to thread and change
--SKIPIF--
<?php if (!function_exists('Async\spawn_thread')) die('skip threads'); ?>
--INI--
opcache.enable_cli=1
opcache.file_update_protection=0
opcache.revalidate_freq=0
opcache.jit=tracing
opcache.jit_buffer_size=4M
opcache.jit_hot_loop=1
opcache.jit_hot_func=1
opcache.jit_hot_side_exit=1
--FILE--
<?php
use function Async\{await, spawn_thread};

$folder = __DIR__ . '/code_of_replaced_scripts';
@mkdir($folder);
file_put_contents("$folder/hot.php", '<?php
    function hot($n) { $s = 0; for ($i = 0; $i < $n; $i++) { $s += step($i); } return $s; }');
$work = function (int $factor, int $version) use ($folder) {
    $script = "$folder/step-$factor.php";
    require $script;
    require "$folder/hot.php";
    $results = [];
    for ($round = 0; $round < 20; $round++) {
        $results[hot(200)] = true;
    }
    return [array_keys($results), $factor * $version * 19900];
};
$wrong = $right = 0;
for ($version = 1; $version <= 6; $version++) {
    for ($factor = 1; $factor <= 3; $factor++) {
        $script = "$folder/step-$factor.php";
        file_put_contents($script, "<?php function step(\$x) { return \$x * $factor * $version; }");
        touch($script, 1_600_000_000 + $version);
        opcache_invalidate($script);
    }
    $threads = [];
    for ($thread = 0; $thread < 6; $thread++) {
        $factor = $thread % 3 + 1;
        $threads[] = spawn_thread(fn() => $work($factor, $version));
    }
    foreach ($threads as $thread) {
        [$found, $expected] = await($thread);
        $found === [$expected] ? $right++ : $wrong++;
    }
}
var_dump($right, $wrong);
?>
--CLEAN--
<?php
array_map('unlink', glob(__DIR__ . '/code_of_replaced_scripts/*.php'));
rmdir(__DIR__ . '/code_of_replaced_scripts');
?>
--EXPECT--
int(36)
int(0)
