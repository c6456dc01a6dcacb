--TEST--
spawn, suspend, delay and await
--FILE--
<?php
use function Async\{spawn, await, delay, suspend};
$c = spawn(function (int $x) {
    echo "starts with $x\n";
    delay(1);
    return $x * 2;
}, 21);
echo "main\n";
var_dump(await($c), $c->isCompleted(), $c->getResult());
foreach (['A', 'B'] as $name) {
    spawn(function () use ($name) {
        for ($i = 0; $i < 3; $i++) {
            echo "$name$i\n";
            suspend();
        }
    });
}
suspend();
echo "main again\n";
spawn(function () {
    delay(1);
    echo "after the end of the script\n";
});
?>
--EXPECT--
main
starts with 21
int(42)
bool(true)
int(42)
A0
B0
main again
A1
B1
A2
B2
after the end of the script
