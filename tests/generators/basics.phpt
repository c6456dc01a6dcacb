--TEST--
Generators
--FILE--
<?php
function g() { $x = yield 1; echo "[got $x]"; $y = yield 'k' => 2; echo "[got $y]"; return 'ret'; }
$g = g();
echo $g->current(), $g->send('A'), $g->key(), $g->send('B'), var_export($g->valid(), true), $g->getReturn(),
    "\n";
function count3() { for ($i = 1; $i <= 3; $i++) yield $i; }
foreach (count3() as $k => $v) echo "$k=>$v ";
echo implode(',', iterator_to_array(count3())), array_sum([...count3()]), "\n";
function kv() { yield 'a' => 1; yield 'b' => 2; yield 3; yield 10 => 4; yield 5; }
foreach (kv() as $k => $v) echo "$k=>$v ";
echo "\n";
function from() {
    $r = yield from inner();
    echo "[inner returned $r]";
    yield from [10, 20];
    yield from new ArrayIterator(['x' => 'y']);
    return 'done';
}
function inner() { yield 1; yield 2; return 'inner'; }
$f = from();
foreach ($f as $k => $v) echo "$k=>$v ";
echo $f->getReturn(), "\n";
function thrower() {
    try {
        yield 1;
    } catch (Exception $e) {
        echo 'caught ', $e->getMessage();
        yield 'after';
    } finally { echo ' fin '; }
}
$t = thrower();
$t->current();
echo $t->throw(new Exception('E')), "\n";
$t->next();
unset($t);
function early() { try { yield 1; yield 2; } finally { echo "cleanup\n"; } }
foreach (early() as $v) { break; }
$u = early();
$u->current();
unset($u);
$lazy = (function () { echo 'started '; yield; })();
echo 'not yet ';
$lazy->current();
echo "\n";
--EXPECT--
1[got A]2k[got B]falseret
0=>1 1=>2 2=>3 1,2,36
a=>1 b=>2 0=>3 10=>4 11=>5 
0=>1 1=>2 [inner returned inner]0=>10 1=>20 x=>y done
caught Eafter
 fin cleanup
cleanup
not yet started
