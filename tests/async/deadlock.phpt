--TEST--
Coroutines that wait for each other
--FILE--
<?php
use function Async\{spawn, await};
use Async\{Future, FutureState};
$state = new FutureState();
$future = new Future($state);
try {
    await($future);
} catch (Async\DeadlockError $e) {
    echo $e->getMessage(), "\n";
}
$state->complete(5);
var_dump(await($future));
?>
--EXPECT--
Deadlock detected: no active coroutines, 1 coroutines in waiting
int(5)
