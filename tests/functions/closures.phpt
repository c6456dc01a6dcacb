--TEST--
Closures and arrow functions
--FILE--
<?php
$x = 1;
$byVal = function () use ($x) { return $x; };
$byRef = function () use (&$x) { return $x++; };
$x = 5;
echo $byVal(), $byRef(), $x, "\n";
$mul = fn($a) => fn($b) => $a * $b * $x;
echo $mul(2)(3), "\n";
$fact = function ($n) use (&$fact) { return $n < 2 ? 1 : $n * $fact($n - 1); };
echo $fact(5), "\n";
echo (function () { return implode(func_get_args()); })(1, 2), (fn() => 'iife')(), "\n";
$arr = ['f' => fn($v) => $v + 1, 'g' => ['h' => 'strtoupper']];
echo $arr['f'](1), $arr['g']['h']('x'), "\n";
class C
{
    public $p = 3;
    function getClosures() {
        return [fn() => $this->p, function () { return $this; }, static fn() => isset($this)];
    }
} [$a, $b, $c] = (new C)->getClosures();
var_dump($a(), $b() instanceof C, $c());
--EXPECT--
156
36
120
12iife
2X
int(3)
bool(true)
bool(false)
