--TEST--
Generators by reference, with keys, delegation and errors
--FILE--
<?php
function &refs(array &$a) { foreach ($a as $k => &$v) yield $k => $v; }
$arr = [1, 2, 3];
foreach (refs($arr) as &$v) $v *= 10;
unset($v);
echo json_encode($arr), "\n";
function infinite() { $i = 0; while (true) yield $i++; }
foreach (infinite() as $n) { if ($n > 4) break; echo $n; }
echo "\n";
$gen = (fn() => yield from [1, 2])();
echo implode(iterator_to_array($gen)), "\n";
function noYield() { return; yield; }
var_dump(iterator_to_array(noYield()), noYield()->valid());
$g = infinite();
foreach ($g as $x) { if ($x == 2) break; }
try {
    foreach ($g as $x) { echo "resumed$x"; break; }
    $g->rewind();
} catch (Exception $e) { echo $e->getMessage(), "\n"; }
function fin() { yield 1; }
$f = fin();
foreach ($f as $_);
try { foreach ($f as $_); } catch (Exception $e) { echo $e->getMessage(), "\n"; }
try { infinite()->getReturn(); } catch (Exception $e) { echo $e->getMessage(), "\n"; }
try { clone infinite(); } catch (Error $e) { echo $e->getMessage(), "\n"; }
try { new Generator; } catch (Error $e) { echo $e->getMessage(), "\n"; }
function rec() { global $self; $self->next(); yield 1; }
$self = rec();
try { $self->current(); } catch (Error $e) { echo $e->getMessage(), "\n"; }
class Tree implements IteratorAggregate
{
    function __construct(public $v, public $l = null, public $r = null) {}
    function getIterator(): Generator {
        if ($this->l) yield from $this->l;
        yield $this->v;
        if ($this->r) yield from $this->r;
    }
}
foreach (new Tree(4, new Tree(2, new Tree(1)), new Tree(6)) as $v) echo $v;
echo "\n";
function multi() { yield from sub(1); yield from sub(5); }
function sub($s) { yield $s; yield $s + 1; return $s; }
var_dump(iterator_to_array(multi(), false));
function ex() { yield 1; throw new Exception('in generator'); }
try { foreach (ex() as $v) echo $v; } catch (Exception $e) { echo $e->getMessage(), "\n"; }
$s = (function () { $r = []; while (count($r) < 3) $r[] = yield count($r); return $r; })();
$s->current();
while ($s->valid()) $s->send('v' . $s->key());
echo json_encode($s->getReturn()), "\n";
--EXPECT--
[10,20,30]
01234
12
array(0) {
}
bool(false)
Cannot rewind a generator that was already run
Cannot traverse an already closed generator
Cannot get return value of a generator that hasn't returned
Trying to clone an uncloneable object of class Generator
The "Generator" class is reserved for internal use and cannot be manually instantiated
Cannot resume an already running generator
1246
array(4) {
  [0]=>
  int(1)
  [1]=>
  int(2)
  [2]=>
  int(5)
  [3]=>
  int(6)
}
1in generator
["v0","v1","v2"]
