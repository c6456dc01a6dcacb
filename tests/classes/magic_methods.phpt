--TEST--
__call, __callStatic, __invoke, __toString, __clone and others
--FILE--
<?php
class M {
    public $o; public $n = 0;
    function __construct() { $this->o = new stdClass; $this->o->v = 1; }
    function __call($n, $a) { return "call $n(" . implode(',', $a) . ")"; }
    static function __callStatic($n, $a) { return "static $n(" . implode(',', $a) . ")"; }
    function __invoke($x) { return "invoked $x"; }
    function __toString(): string { return 'string form'; }
    function __clone() { $this->o = clone $this->o; $this->n++; }
    static function __set_state($a) { $m = new M; $m->n = $a['n']; return $m; }
    function __debugInfo() { return ['debug' => true]; }
    private function priv() { return 'private'; }
    function viaThis() { return [self::foo(1), static::bar(), M::baz(), parent ?? null]; }
}
class N { function t() { return M::x(1); } }
$m = new M; echo $m->foo(1, 2), M::bar(3), $m('x'), $m, " $m ", $m . '!', $m->priv(9), (new N)->t(), "\n";
$c = clone $m; $c->o->v = 2; echo $m->o->v, $c->n, "\n"; var_dump($m); print_r($m);
eval('$s = ' . var_export($c, true) . ';'); echo $s->n, "\n";
echo implode(',', array_map($m, ['a', 'b'])), ' ', is_callable($m) ? 'callable' : '', ' ', is_callable([$m,
    'anything']) ? 'yes' : 'no', "\n";
echo strlen($m), str_replace('form', 'x', $m), in_array('string form', [$m]) ? 'in' : 'out', "\n";
class T { function __toString(): string { throw new Exception('from toString'); } }
try { echo new T; } catch (Exception $e) { echo $e->getMessage(), "\n"; }
try { echo new stdClass; } catch (Error $e) { echo $e->getMessage(), "\n"; }
try { (new stdClass)(); } catch (Error $e) { echo $e->getMessage(), "\n"; }
try { clone 5; } catch (Error $e) { echo $e->getMessage(), "\n"; }
--EXPECT--
call foo(1,2)static bar(3)invoked xstring form string form string form!call priv(9)static x(1)
11
object(M)#1 (1) {
  ["debug"]=>
  bool(true)
}
M Object
(
    [debug] => 1
)
1
invoked a,invoked b callable yes
11string xin
from toString
Object of class stdClass could not be converted to string
Object of type stdClass is not callable
__clone method called on non-object
