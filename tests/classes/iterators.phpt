--TEST--
Iterator, IteratorAggregate, ArrayAccess and Countable in classes
--FILE--
<?php
class It implements Iterator, ArrayAccess, Countable
{
    private $i = 0;
    private $d = ['a' => 1, 'b' => 2];
    function current(): mixed { echo 'C'; return array_values($this->d)[$this->i]; }
    function key(): mixed { echo 'K'; return array_keys($this->d)[$this->i]; }
    function next(): void { echo 'N'; $this->i++; }
    function rewind(): void { echo 'R'; $this->i = 0; }
    function valid(): bool { echo 'V'; return $this->i < count($this->d); }
    function offsetExists($o): bool { echo "E($o)"; return isset($this->d[$o]); }
    function offsetGet($o): mixed {
        echo "G(" . json_encode($o) . ")";
        return $this->d[$o] ?? null;
    }
    function offsetSet($o, $v): void {
        echo "S(" . json_encode($o) . ")";
        if ($o === null) $this->d[] = $v;
        else $this->d[$o] = $v;
    }
    function offsetUnset($o): void { echo "U($o)"; unset($this->d[$o]); }
    function count(): int { return count($this->d); }
}
$it = new It;
foreach ($it as $k => $v) echo " $k=$v ";
foreach ($it as $v) echo $v;
echo "\n";
echo $it['a'], isset($it['b']) ? 'set' : '', empty($it['a']) ? 'empty' : 'full',
    isset($it['zz']) ? '' : 'unset', $it['q'] ?? 'default', count($it), "\n";
$it[] = 'pushed';
$it['c'] = 3;
unset($it['a']);
$it['b'] .= 'x';
$it['n'] ??= 5;
echo json_encode(iterator_to_array($it)), "\n";
['c' => $cc] = $it;
echo $cc, "\n";
$it['arr'] = [1];
$it['arr'][] = 2;
try { $o = new stdClass; $o['x']; } catch (Error $e) { echo $e->getMessage(), "\n"; }
class Bad implements IteratorAggregate
{
    function getIterator(): Traversable { return new ArrayObject; }
}
foreach (new Bad as $x);
try {
    foreach (new class implements IteratorAggregate { function getIterator(): Traversable { throw new Exception('no iterator'); } } as $x);
} catch (Exception $e) { echo $e->getMessage(), "\n"; }
--EXPECTF--
RVCK a=1 NVCK b=2 NVRVC1NVC2NV
G("a")1E(b)setE(a)G("a")fullE(zz)unsetE(q)default2
S(null)S("c")U(a)G("b")S("b")E(n)S("n")RVCKNVCKNVCKNVCKNV{"b":"2x","0":"pushed","c":3,"n":5}
G("c")3
S("arr")G("arr")
Notice: Indirect modification of overloaded element of It has no effect in %siterators.php on line 39
Cannot use object of type stdClass as array
no iterator
