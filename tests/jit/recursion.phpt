--TEST--
Functions that are inlined call others: frames, exceptions and results are as ever
--FILE--
<?php
function fib($n) { return $n < 2 ? 1 : fib($n - 2) + fib($n - 1); }
function ack($m, $n) { return $m == 0 ? $n + 1 : ($n == 0 ? ack($m - 1, 1) : ack($m - 1, ack($m, $n - 1))); }
function depth($n) { return $n == 0 ? count(debug_backtrace()) : depth($n - 1); }
function trace($n) {
    if ($n == 0) {
        return implode(" ", array_map(fn($frame) => $frame['function'] . "(" . implode(",", $frame['args'] ?? []) . "):" . $frame['line'], debug_backtrace()));
    }
    return trace($n - 1);
}
function leaf($n, $limit) { if ($n > $limit) throw new Exception("over $limit"); return $n * 2; }
function middle($n, $limit) { $x = leaf($n, $limit); return $x + leaf($n + 1, $limit); }
function outer($n, $limit) { $s = 0; for ($i = 0; $i < $n; $i++) { $s += middle($i, $limit); } return $s; }
function even($n) { return $n == 0 ? true : odd($n - 1); }
function odd($n) { return $n == 0 ? false : even($n - 1); }
function join_up($n) { return $n == 0 ? "" : join_up($n - 1) . $n; }
function overflow($n, $x) { return $n == 0 ? $x : overflow($n - 1, $x + $x); }

class Node {
    public function __construct(public int $value, public ?Node $left = null, public ?Node $right = null) {}
    public function sum() { return $this->value + ($this->left ? $this->left->sum() : 0) + ($this->right ? $this->right->sum() : 0); }
}
class Other extends Node { public function sum() { return 1000 + parent::sum(); } }
function tree($depth, $class) {
    return $depth == 0 ? new Node(1) : new $class($depth, tree($depth - 1, 'Other'), tree($depth - 1, 'Node'));
}
interface Shape { function area($depth); }
class Square implements Shape { public $inner; function area($depth) { return $depth == 0 ? 4 : 4 + size($this->inner, $depth - 1); } }
class Circle implements Shape { public $inner; function area($depth) { return $depth == 0 ? 3 : 3 - size($this->inner, $depth - 1); } }
function twice($x, $y) { return $x * 100 + $y; }
function size($shape, $depth) { return twice($shape->area($depth), $depth) % 9973; }

for ($round = 0; $round < 40; $round++) {
    $out = [fib(10), ack(2, 3), depth(7), even(21), odd(21), join_up(12), overflow(5, 3), outer(6, 100)];
}
echo json_encode($out), "\n", trace(3), "\n";
var_dump(overflow(70, 1));
for ($round = 0; $round < 20; $round++) {
    try {
        outer(10, 6);
    } catch (Exception $e) {
        $shown = $e->getMessage() . " " . preg_replace('~/\S*/~', '', str_replace("\n", " ", $e->getTraceAsString()));
    }
}
echo $shown, "\n";
for ($round = 0; $round < 20; $round++) $sum = tree(4, 'Node')->sum();
echo $sum, "\n";
$square = new Square; $circle = new Circle; $square->inner = $circle; $circle->inner = $square;
for ($round = 0; $round < 50; $round++) $sizes = [size($square, $round % 7), size($circle, $round % 5)];
echo json_encode($sizes), "\n";
--EXPECT--
[89,9,8,false,true,"123456789101112",96,72]
trace(0):9 trace(1):9 trace(2):9 trace(3):36
float(1.1805916207174113E+21)
over 6 #0 recursion.php(12): leaf(7, 6) #1 recursion.php(13): middle(6, 6) #2 recursion.php(40): outer(10, 6) #3 {main}
7042
[400,6625]
