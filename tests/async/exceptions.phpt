--TEST--
Exceptions of coroutines, cancellation, tokens
--FILE--
<?php
use function Async\{spawn, await, delay, timeout, protect};
$c = spawn(fn() => throw new RuntimeException("boom", 7));
try {
    await($c);
} catch (RuntimeException $e) {
    echo get_class($e), " ", $e->getMessage(), " ", $e->getCode(), "\n";
}
$c = spawn(function () {
    try {
        delay(100000);
    } finally {
        echo "finally\n";
    }
});
try {
    await($c, timeout(5));
} catch (Async\OperationCanceledException $e) {
    echo get_class($e), " after ", get_class($e->getPrevious()), "\n";
}
$c->cancel();
try {
    await($c);
} catch (Cancellation $e) {
    echo get_class($e), " ", $e instanceof Exception ? "exception" : "no exception", "\n";
}
var_dump($c->isCancelled());
$c = spawn(function () {
    $x = protect(function () {
        delay(1);
        return "protected";
    });
    echo "not reached\n";
});
Async\suspend();
$c->cancel();
try {
    await($c);
} catch (Async\AsyncCancellation $e) {
    echo "canceled\n";
}
try {
    timeout(0);
} catch (ValueError $e) {
    echo $e->getMessage(), "\n";
}
?>
--EXPECT--
RuntimeException boom 7
Async\OperationCanceledException after Async\TimeoutException
finally
Async\AsyncCancellation no exception
bool(true)
canceled
Async\timeout(): Argument #1 ($ms) must be greater than 0
