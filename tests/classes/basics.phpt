--TEST--
Properties, methods, constants and static members
--FILE--
<?php
class A {
    const X = 1, Y = self::X + 1;
    public $p = 'p'; protected static $count = 0; public static array $list = [1];
    var $old = 'old';
    function __construct($p = 'default') { $this->p = $p; self::$count++; static::$list[] = $p; }
    static function count() { return static::$count; }
    function method() { return $this->p . self::Y . $this::X; }
    private function hidden() { return 'hidden'; }
    function callHidden(A $other) { return $other->hidden(); }
}
$a = new A('first'); $b = new A;
echo $a->method(), ' ', A::count(), ' ', implode(',', A::$list), ' ', $a::Y, ' ', $a::$list[1], ' ',
    $a->callHidden($b), "\n";
$name = 'A'; $m = 'method'; $prop = 'p'; $c = 'X';
$d = new $name('dyn');
echo $d->$m(), $d->{'p'}, $d->$prop, $name::Y, $name::count(), constant("$name::X"), "\n";
echo (new A('x'))->p, (clone $a)->p, [$a, 'method'](), call_user_func(['A', 'count']),
    call_user_func('A::count'), "\n";
try { $a->hidden(); } catch (Error $e) { echo $e->getMessage(), "\n"; }
try { echo A::$count; } catch (Error $e) { echo $e->getMessage(), "\n"; }
try { A::method(); } catch (Error $e) { echo $e->getMessage(), "\n"; }
try { echo A::NOPE; } catch (Error $e) { echo $e->getMessage(), "\n"; }
var_dump($a instanceof A, $a instanceof $b, $a instanceof stdClass, 5 instanceof A, $a instanceof Unknown);
var_dump($a);
--EXPECT--
first21 2 1,first,default 2 first hidden
dyn21dyndyn231
xfirstfirst2144
Call to private method A::hidden() from global scope
Cannot access protected property A::$count
Non-static method A::method() cannot be called statically
Undefined constant A::NOPE
bool(true)
bool(true)
bool(false)
bool(false)
bool(false)
object(A)#1 (2) {
  ["p"]=>
  string(5) "first"
  ["old"]=>
  string(3) "old"
}
