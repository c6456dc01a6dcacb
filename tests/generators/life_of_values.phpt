--TEST--
What a generator has yielded lives until it yields again or goes
--FILE--
<?php
class D { function __construct(public $n) {} function __destruct() { echo "~{$this->n}\n"; } }
function g() { yield new D('a'); echo "x\n"; yield new D('b'); echo "y\n"; $z = yield 3; echo "z\n"; yield new D('k') => new D('v'); echo "w\n"; return new D('r'); }
$g = g(); $g->current(); echo "1\n"; $g->next(); echo "2\n"; $g->next(); echo "3\n"; $g->next(); echo "4\n"; $g->next(); echo "5\n"; var_dump($g->valid(), $g->current()); $r = $g->getReturn(); echo "6\n"; unset($r, $g); echo "7\n";
function h() { try { yield new D('t'); } finally { echo "fin\n"; } }
$h = h(); $h->current(); unset($h); echo "8\n";
$h = h(); $h->current(); try { $h->throw(new Exception('e')); } catch (Exception $e) { echo "caught\n"; } unset($h); echo "9\n";
?>
--EXPECT--
1
x
~a
2
y
~b
3
z
4
w
5
bool(false)
NULL
6
~v
~k
~r
7
fin
~t
8
fin
caught
~t
9
