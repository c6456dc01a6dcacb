--TEST--
Future and FutureState
--FILE--
<?php
use Async\{Future, FutureState};
use function Async\{spawn, await, delay};
$state = new FutureState();
$future = (new Future($state))->map(fn($x) => $x + 1)->finally(function () { echo "finally\n"; });
spawn(function () use ($state) {
    delay(1);
    $state->complete(41);
});
var_dump(await($future));
$failed = Future::failed(new DomainException("no"))->catch(fn($e) => "caught " . $e->getMessage());
var_dump($failed->await());
try {
    $state->complete(1);
} catch (Async\AsyncException $e) {
    echo $e->getMessage(), "\n";
}
?>
--EXPECT--
finally
int(42)
string(9) "caught no"
FutureState is already completed
