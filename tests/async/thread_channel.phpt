--TEST--
ThreadChannel
--FILE--
<?php
use Async\{ThreadChannel, ThreadChannelException};
use function Async\{spawn_thread, spawn, await, timeout};
$in = new ThreadChannel(2);
$out = new ThreadChannel();
$thread = spawn_thread(function () use ($in, $out) {
    $sum = 0;
    try {
        while (true) {
            $x = $in->recv();
            $sum += $x['n'];
            $out->send($x['n'] * 2);
        }
    } catch (ThreadChannelException $e) {
        return $sum;
    }
});
$sender = spawn(function () use ($in) {
    for ($i = 1; $i <= 50; $i++) {
        $in->send(['n' => $i]);
    }
    $in->close();
});
$sum = 0;
for ($i = 0; $i < 50; $i++) {
    $sum += $out->recv();
}
var_dump($sum, await($thread), $in->isClosed());
try {
    $in->send(1);
} catch (ThreadChannelException $e) {
    echo $e->getMessage(), "\n";
}
try {
    $out->recv(timeout(5));
} catch (Async\OperationCanceledException $e) {
    echo get_class($e), "\n";
}
$full = new ThreadChannel(1);
$full->send([1]);
var_dump($full->count(), $full->isFull(), $full->recv(), $full->isEmpty(), count($full));
try {
    new ThreadChannel(0);
} catch (ValueError $e) {
    echo $e->getMessage(), "\n";
}
?>
--EXPECT--
int(2550)
int(1275)
bool(true)
ThreadChannel is closed
Async\OperationCanceledException
int(1)
bool(true)
array(1) {
  [0]=>
  int(1)
}
bool(true)
int(0)
Async\ThreadChannel::__construct(): Argument #1 ($capacity) must be greater than or equal to 1
