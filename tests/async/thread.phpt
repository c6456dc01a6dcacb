--TEST--
spawn_thread: values, exceptions, exit
--FILE--
<?php
use function Async\{spawn_thread, await};
$GLOBALS['seen'] = true;
$list = [1, 2.5, "three", null, [true], 'k' => ['deep' => [1]]];
$thread = spawn_thread(function () use ($list) {
    return [$list, isset($GLOBALS['seen'])];
});
[$back, $seen] = await($thread);
var_dump($back === $list, $seen, $thread->isCompleted(), $thread->isRunning());
$thread = spawn_thread(function () {
    throw new LogicException("inside", 3);
});
try {
    await($thread);
} catch (Async\RemoteException $e) {
    echo get_class($e), ": ", $e->getMessage(), " ", $e->getCode(), "\n";
    echo $e->getRemoteClass(), ": ", $e->getRemoteException()->getMessage(), "\n";
}
try {
    await(spawn_thread(function () { exit(3); }));
} catch (Async\ThreadTransferException $e) {
    echo get_class($e), "\n";
}
echo await(spawn_thread(fn() => $GLOBALS['booted'], bootloader: function () { $GLOBALS['booted'] = "yes"; })), "\n";
?>
--EXPECT--
bool(true)
bool(false)
bool(true)
bool(false)
Async\RemoteException: inside 3
LogicException: inside
Async\ThreadTransferException
yes
