--TEST--
Calls that are prepared while a generator is suspended
--FILE--
<?php
function f(...$args) { return implode(',', $args); }
class D { function __construct(public $n) {} function __destruct() { echo "-$this->n "; } function m($x) { return "$this->n$x"; } }
function gen($n) { echo f($n, f(1, yield $n), (new D($n))->m(yield)), "\n"; }
$a = gen('a');
$b = gen('b');
$a->current();
$b->current();
$a->send('A1');
$b->send('B1');
$b->send('B2');
$a->send('A2');
$c = gen('c');
$c->current();
unset($c);
$d = gen('d');
$d->current();
try { $d->throw(new Exception('thrown')); } catch (Exception $e) { echo $e->getMessage(), "\n"; }
$self = (function () use (&$self) { f(new D('cycle'), $self, yield 1); })();
$self->current();
$self = null;
gc_collect_cycles();
echo "collected\n";
--EXPECT--
-b b,1,B1,bB2
-a a,1,A1,aA2
thrown
-cycle collected
