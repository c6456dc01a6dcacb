--TEST--
Preloading: threads run preloaded code, compiled where there is a JIT, while others reset the cache
--SKIPIF--
<?php if (!class_exists('Async\ThreadPool')) die('skip threads'); ?>
--INI--
opcache.enable_cli=1
opcache.file_update_protection=0
opcache.preload={PWD}/reset_in_threads.inc
--FILE--
<?php
use Async\ThreadPool;
use function Async\await;

$pool = new ThreadPool(4);
$futures = [];
for ($task = 0; $task < 24; $task++) {
    $futures[] = $pool->submit(function () {
        $sum = (new Summing)->of(2000);
        opcache_reset();
        return [$sum, opcache_is_script_cached((new ReflectionClass('Summing'))->getFileName())];
    });
}
$results = array_map(fn($future) => json_encode(await($future)), $futures);
var_dump(array_unique($results));
var_dump(count(opcache_get_status()['preload_statistics']['classes']));
?>
--EXPECT--
array(1) {
  [0]=>
  string(11) "[3000,true]"
}
int(1)
