--TEST--
Backtraces in chains of yield from, while other chains run in between
--FILE--
<?php
function where($at) {
    $names = array_map(fn($frame) => $frame['function'], debug_backtrace(DEBUG_BACKTRACE_IGNORE_ARGS));
    echo $at, ': ', implode(' < ', array_slice($names, 1)), "\n";
}
class Noisy { function __construct(public $name, public $then = null) {} function __destruct() { where("destroyed {$this->name}"); if ($this->then) ($this->then)(); } }
function other($n) { for ($i = 0; $i < $n; $i++) { where("other $i"); yield $i; } return 'done'; }
function nested() { $result = yield from other(2); where("nested got $result"); yield $result; }
function leaf($name) {
    where("$name begins");
    foreach (nested() as $value) where("$name sees $value");
    $noisy = new Noisy("local of $name");
    yield "$name 1";
    where("$name goes on");
    yield from nested();
    return $name;
}
function middle($name) {
    $first = yield from leaf("$name.a");
    where("middle got $first");
    $second = yield from leaf("$name.b");
    where("middle got $second");
    return $first . $second;
}
function outer($name) { $result = yield from middle($name); where("outer got $result"); yield 'last'; }
foreach (outer('x') as $value) where("main sees $value");
function deep($n) { if ($n) { yield from deep($n - 1); where("deep $n"); } else { where('bottom'); yield 0; } }
foreach (deep(4) as $value) where("main sees $value");
// Two that share an inner one.
function shared() { for ($i = 0; $i < 4; $i++) { where("shared $i"); yield $i; } }
function user($inner, $name) { yield from $inner; where("$name after shared"); yield "$name end"; }
$inner = shared();
$users = [user($inner, 'one'), user($inner, 'two')];
while ($users[0]->valid() || $users[1]->valid()) foreach ($users as $key => $user) if ($user->valid()) { where("user $key at " . $user->current()); $user->next(); }
// One chain is resumed by a destructor in the middle of another's end.
$side = outer('side');
$side->current();
function ending($side) { $noisy = new Noisy('ending', function () use ($side) { $side->next(); where('side at ' . $side->current()); }); yield 1; }
function around($side) { yield from ending($side); where('around'); yield 2; }
foreach (around($side) as $value) where("main sees $value");
try { $g = outer('thrown'); $g->current(); $g->throw(new Exception('thrown into')); } catch (Exception $e) { echo $e->getMessage(), ' ', count($e->getTrace()), "\n"; }
?>
--EXPECT--
x.a begins: leaf < middle < outer
other 0: other < nested < leaf < middle < outer
x.a sees 0: leaf < middle < outer
other 1: other < nested < leaf < middle < outer
x.a sees 1: leaf < middle < outer
nested got done: nested < leaf < middle < outer
x.a sees done: leaf < middle < outer
main sees x.a 1: 
x.a goes on: leaf < middle < outer
other 0: other < nested < leaf < middle < outer
main sees 0: 
other 1: other < nested < leaf < middle < outer
main sees 1: 
nested got done: nested < leaf < middle < outer
main sees done: 
destroyed local of x.a: __destruct < middle < outer
middle got x.a: middle < outer
x.b begins: leaf < middle < outer
other 0: other < nested < leaf < middle < outer
x.b sees 0: leaf < middle < outer
other 1: other < nested < leaf < middle < outer
x.b sees 1: leaf < middle < outer
nested got done: nested < leaf < middle < outer
x.b sees done: leaf < middle < outer
main sees x.b 1: 
x.b goes on: leaf < middle < outer
other 0: other < nested < leaf < middle < outer
main sees 0: 
other 1: other < nested < leaf < middle < outer
main sees 1: 
nested got done: nested < leaf < middle < outer
main sees done: 
destroyed local of x.b: __destruct < middle < outer
middle got x.b: middle < outer
outer got x.ax.b: outer
main sees last: 
bottom: deep < deep < deep < deep < deep
main sees 0: 
deep 1: deep < deep < deep < deep
deep 2: deep < deep < deep
deep 3: deep < deep
deep 4: deep
shared 0: shared < user < valid
user 0 at 0: 
shared 1: shared < user < next
user 1 at 1: 
shared 2: shared < user < next
user 0 at 2: 
shared 3: shared < user < next
user 1 at 3: 
two after shared: user < next
user 0 at 3: 
one after shared: user < next
user 1 at two end: 
user 0 at one end: 
side.a begins: leaf < middle < outer < current
other 0: other < nested < leaf < middle < outer < current
side.a sees 0: leaf < middle < outer < current
other 1: other < nested < leaf < middle < outer < current
side.a sees 1: leaf < middle < outer < current
nested got done: nested < leaf < middle < outer < current
side.a sees done: leaf < middle < outer < current
main sees 1: 
destroyed ending: __destruct < around
side.a goes on: leaf < middle < outer < next < {closure:ending():38} < __destruct < around
other 0: other < nested < leaf < middle < outer < next < {closure:ending():38} < __destruct < around
side at 0: {closure:ending():38} < __destruct < around
around: around
main sees 2: 
thrown.a begins: leaf < middle < outer < current
other 0: other < nested < leaf < middle < outer < current
thrown.a sees 0: leaf < middle < outer < current
other 1: other < nested < leaf < middle < outer < current
thrown.a sees 1: leaf < middle < outer < current
nested got done: nested < leaf < middle < outer < current
thrown.a sees done: leaf < middle < outer < current
destroyed local of thrown.a: __destruct < middle < outer < throw
thrown into 0
destroyed local of side.a: __destruct
