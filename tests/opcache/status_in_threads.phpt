--TEST--
Many threads ask for the status while scripts come and go: every answer is whole
--SKIPIF--
<?php if (!function_exists('Async\spawn_thread')) die('skip threads'); ?>
--INI--
opcache.enable_cli=1
opcache.file_update_protection=0
opcache.memory_consumption=8
--FILE--
<?php
use function Async\{await, spawn_thread};

$folder = __DIR__ . '/status_in_threads';
@mkdir($folder);
for ($n = 0; $n < 10; $n++) {
    file_put_contents("$folder/$n.php", "<?php return $n;");
}
$ask = function () use ($folder) {
    for ($round = 0; $round < 60; $round++) {
        $n = $round % 10;
        if ((include "$folder/$n.php") !== $n) {
            return 'another script';
        }
        $status = opcache_get_status();
        foreach ($status['scripts'] as $path => $script) {
            if ($script['full_path'] !== $path || $script['memory_consumption'] <= 0 || $script['last_used_timestamp'] < 1_600_000_000) {
                return 'a broken entry';
            }
        }
        if ($round % 7 == 0) {
            opcache_invalidate("$folder/" . ($round * 3 % 10) . '.php', true);
        }
        if ($round % 29 == 0) {
            opcache_reset();
        }
    }
    return 'fine';
};
$threads = [];
for ($n = 0; $n < 6; $n++) {
    $threads[] = spawn_thread($ask);
}
foreach ($threads as $thread) {
    echo await($thread), "\n";
}
?>
--CLEAN--
<?php
array_map('unlink', glob(__DIR__ . '/status_in_threads/*.php'));
rmdir(__DIR__ . '/status_in_threads');
?>
--EXPECT--
fine
fine
fine
fine
fine
fine
