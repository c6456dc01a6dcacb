--TEST--
Cycles through the frames of fibers
--FILE--
<?php
class C { function __destruct() { echo "gone\n"; } }
$fiber = new Fiber(function () { $c = new C; $self = Fiber::getCurrent(); Fiber::suspend(); });
$fiber->start();
gc_collect_cycles();
echo "still there\n";
$fiber = null;
gc_collect_cycles();
echo "end\n";
--EXPECT--
still there
gone
end
