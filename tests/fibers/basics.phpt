--TEST--
Fibers
--FILE--
<?php
$f = new Fiber(function ($a, $b) {
    echo "start $a $b\n";
    $x = Fiber::suspend('s1');
    echo "resumed $x\n";
    try {
        Fiber::suspend('s2');
    } catch (Exception $e) { echo 'in fiber: ', $e->getMessage(), "\n"; }
    return 'result';
});
var_dump($f->isStarted());
echo $f->start(1, 2), "\n";
var_dump($f->isSuspended(), $f->isRunning());
echo $f->resume('value'), "\n";
$f->throw(new Exception('thrown in'));
var_dump($f->isTerminated(), $f->getReturn());
function deep($n) { return $n == 0 ? Fiber::suspend('deep') : deep($n - 1); }
$d = new Fiber(fn() => deep(50) . '!');
echo $d->start(), "\n";
$d->resume('up');
echo $d->getReturn(), "\n";
$tasks = [];
foreach (['A', 'B'] as $n) {
    $tasks[] = new Fiber(function () use ($n) {
        for ($i = 0; $i < 3; $i++) { echo "$n$i "; Fiber::suspend(); }
    });
}
foreach ($tasks as $t) $t->start();
while ($tasks = array_filter($tasks, fn($t) => !$t->isTerminated())) foreach ($tasks as $t) $t->resume();
echo "\n";
$g = new Fiber(function () {
    foreach ((function () { yield 1; Fiber::suspend('from gen'); yield 2; })() as $v) echo $v;
});
echo $g->start(), "\n";
$g->resume();
echo "\n";
$e = new Fiber(function () { throw new LogicException('out of fiber'); });
try { $e->start(); } catch (LogicException $x) { echo $x->getMessage(), "\n"; }
foreach (['$f->resume()', '$f->start()', 'Fiber::suspend()', '(new Fiber(fn() => 1))->resume()',
    '(new Fiber(fn() => 1))->getReturn()', '$e->getReturn()'] as $code) {
    try {
        eval("$code;");
    } catch (Throwable $x) { echo get_class($x), ': ', $x->getMessage(), "\n"; }
}
$nested = new Fiber(function () {
    $in = new Fiber(function () { Fiber::suspend('inner'); });
    echo $in->start(), ' ';
    Fiber::suspend('outer');
    $in->resume();
});
echo $nested->start(), "\n";
$nested->resume();
var_dump(Fiber::getCurrent());
$unfinished = new Fiber(function () {
    try { Fiber::suspend(); } finally { echo "fiber destroyed\n"; }
});
$unfinished->start();
unset($unfinished);
echo "end\n";
--EXPECT--
bool(false)
start 1 2
s1
bool(true)
bool(false)
resumed value
s2
in fiber: thrown in
bool(true)
string(6) "result"
deep
up!
A0 B0 A1 B1 A2 B2 
1from gen
2
out of fiber
FiberError: Cannot resume a fiber that is not suspended
FiberError: Cannot start a fiber that has already been started
FiberError: Cannot suspend outside of a fiber
FiberError: Cannot resume a fiber that is not suspended
FiberError: Cannot get fiber return value: The fiber has not been started
FiberError: Cannot get fiber return value: The fiber threw an exception
inner outer
NULL
fiber destroyed
end
