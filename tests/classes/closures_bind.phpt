--TEST--
Closures bound to objects and scopes
--FILE--
<?php
class C
{
    private $v = 'private';
    private static $s = 'static';
    function get() { return function () { return $this->v; }; }
    static function st() { return static fn() => isset($this) ? 'this' : 'no this'; }
}
$f = function () { return $this->v; };
echo Closure::bind($f, new C, C::class)(), $f->call(new C), (new C)->get()(), C::st()(), "\n";
$g = static function () { return self::$s; };
echo Closure::bind($g, null, C::class)(), "\n";
$h = fn($x) => $x . $this->v;
echo $h->bindTo(new C, 'C')('arg '), "\n";
try { $f(); } catch (Error $e) { echo $e->getMessage(), "\n"; }
$b = (new C)->get();
$u = @$b->bindTo(null);
var_dump($u);
var_dump(@Closure::bind($g, new C));
class D
{
    public $cb;
    function __construct() { $this->cb = fn() => 'called prop'; }
    function __call($n, $a) { return "magic $n"; }
}
$d = new D;
echo ($d->cb)(), $d->cb(), "\n";
$fc = Closure::fromCallable([$d, 'anything']);
echo $fc(), Closure::fromCallable('strtoupper')('x'), strlen(...)('four'), $d->foo(...)(), "\n";
var_dump((new ReflectionFunction(fn(int $a, &...$r): ?int => 1))->getNumberOfParameters());
$x = 1;
$y = function () use ($x) { return ++$x; };
echo $y(), $y(), $x, "\n";
$fnx = fn() => $x++;
$fnx();
echo $x, "\n";
$nested = fn($a) => fn($b) => fn($c) => $a . $b . $c . $x;
echo $nested(1)(2)(3), "\n";
--EXPECT--
privateprivateprivateno this
static
arg private
Using $this when not in object context
NULL
NULL
called propmagic cb
magic anythingX4magic foo
int(2)
221
1
1231
