--TEST--
First-class callable syntax
--FILE--
<?php
class C
{
    function m($x) { return "m$x"; }
    static function s($x) { return "s$x"; }
    private function p() { return 'p'; }
    function getP() { return $this->p(...); }
    function __call($n, $a) { return "$n!" . implode($a); }
}
$c = new C;
echo implode(',', array_map(strtoupper(...), ['a', 'b'])), $c->m(...)(1), C::s(...)(2), $c->getP()(),
    $c->undefined(...)(7), 'strrev'(...)('abc'), [$c, 'm'](...)(3), "\n";
$f = strlen(...);
var_dump($f instanceof Closure, $f('four'), (new ReflectionFunction($f))->getName());
try { nope(...); } catch (Error $e) { echo $e->getMessage(), "\n"; }
try { (function () {})(...)(); echo "ok\n"; } catch (Error $e) { echo $e->getMessage(), "\n"; }
$pipe = fn(callable ...$fs) => fn($x) => array_reduce($fs, fn($acc, $f) => $f($acc), $x);
echo $pipe(trim(...), ucfirst(...), strrev(...))('  abc '), "\n";
var_dump(strlen(...) == strlen(...));
--EXPECT--
A,Bm1s2pundefined!7cbam3
bool(true)
int(4)
string(6) "strlen"
Call to undefined function nope()
ok
cbA
bool(true)
