--TEST--
ThreadPool: cancel, bootloader, coroutines in workers
--FILE--
<?php
use Async\ThreadPool;
use function Async\{await, delay};
$pool = new ThreadPool(1, 8);
$first = $pool->submit(function () { delay(50); return "first"; });
$second = $pool->submit(fn() => "second");
while ($pool->getRunningCount() === 0) delay(1);
$pool->cancel();
var_dump(await($first));
try {
    await($second);
} catch (Async\AsyncCancellation $e) {
    echo $e->getMessage(), "\n";
}
$pool = new ThreadPool(2, bootloader: function () { $GLOBALS['x'] = 5; });
var_dump(await($pool->submit(fn() => $GLOBALS['x']++)) >= 5);
$pool->close();
$pool = new ThreadPool(1, coroutine: true);
$futures = [];
for ($i = 0; $i < 4; $i++) {
    $futures[] = $pool->submit(function (int $i) { delay(5); return $i; }, $i);
}
foreach ($futures as $future) echo await($future);
echo "\n";
$future = $pool->submit(fn() => delay(100000));
while ($pool->getRunningCount() === 0) delay(1);
$future->cancel();
var_dump($future->isCancelled());
while ($pool->getRunningCount() !== 0) delay(1);
echo "done\n";
?>
--EXPECT--
string(5) "first"
ThreadPool task was cancelled before execution
bool(true)
0123
bool(true)
done
