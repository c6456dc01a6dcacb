--TEST--
Spread in calls and arrays
--FILE--
<?php
function f(...$args) { return json_encode($args); }
function g($a, $b = 'B', ...$rest) { return json_encode([$a, $b, $rest]); }
echo f(...[1, 2], ...[3]), f(...['a' => 1, 'b' => 2]), g(...['b' => 1, 'a' => 2]), g(1, ...['x' => 5,
    'b' => 6]), "\n";
function gen() { yield 1; yield 2; }
echo f(...gen()), json_encode([...gen(), ...[9], ...['k' => 'v'], ...new ArrayIterator([5])]), "\n";
$a = ['x' => 1, 0 => 'p']; echo json_encode(['x' => 0, ...$a, ...['x' => 2, 'q']]), "\n";
try { g(...['a' => 1], ...[2]); } catch (Error $e) { echo $e->getMessage(), "\n"; }
try { f(...5); } catch (Error $e) { echo $e->getMessage(), "\n"; }
try { $str = 'x'; var_dump([...$str]); } catch (Error $e) { echo $e->getMessage(), "\n"; }
function h(&...$r) { foreach ($r as &$x) $x++; } $m = 1; $n = 2; h($m, $n); echo "$m$n\n";
--EXPECT--
[1,2,3]{"a":1,"b":2}[2,1,[]][1,6,{"x":5}]
[1,2]{"0":1,"1":2,"2":9,"k":"v","3":5}
{"x":2,"0":"p","1":"q"}
Only arrays and Traversables can be unpacked, int given
Only arrays and Traversables can be unpacked, string given
23
