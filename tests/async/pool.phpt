--TEST--
ThreadPool: submit, map, counts, errors, close
--FILE--
<?php
use Async\ThreadPool;
use function Async\{spawn, await, delay};
$pool = new ThreadPool(3);
var_dump($pool->getWorkerCount(), $pool->isClosed());
var_dump($pool->map(['a' => 1, 'b' => 2, 7 => 3], fn($x) => $x * $x));
var_dump(array_sum($pool->map(range(1, 100), fn($x) => $x)));
try {
    await($pool->submit(fn() => throw new DomainException("d")));
} catch (DomainException $e) {
    echo get_class($e), " ", $e->getMessage(), "\n";
}
var_dump(await($pool->submit(function () { exit(1); })));
var_dump(await($pool->submit('strtoupper', 'abc')));
var_dump(await($pool->submit(function () {
    $c = spawn(function () { delay(1); return 9; });
    return await($c) + 1;
})));
var_dump($pool->getCompletedCount(), $pool->getPendingCount(), $pool->getRunningCount());
try {
    $pool->submit(function () { class Inside {} });
} catch (Async\ThreadPoolException $e) {
    echo get_class($e->getPrevious()), "\n";
}
$pool->close();
$pool->close();
var_dump($pool->isClosed());
try {
    $pool->submit(fn() => 1);
} catch (Async\ThreadPoolException $e) {
    echo $e->getMessage(), "\n";
}
try {
    new ThreadPool(-1);
} catch (ValueError $e) {
    echo $e->getMessage(), "\n";
}
?>
--EXPECT--
int(3)
bool(false)
array(3) {
  ["a"]=>
  int(1)
  ["b"]=>
  int(4)
  [7]=>
  int(9)
}
int(5050)
DomainException d
NULL
string(3) "ABC"
int(10)
int(107)
int(0)
int(0)
Error
bool(true)
ThreadPool is closed
Async\ThreadPool::__construct(): Argument #1 ($workers) must be greater than or equal to 0
