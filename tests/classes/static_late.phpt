--TEST--
Late static binding
--FILE--
<?php
class A
{
    static function create() { return new static; }
    static function name() { return static::class; }
    static function test() { return [self::name(), static::name(), A::name()]; }
    function inst() { return [static::class, self::class, get_class($this), get_called_class()]; }
    static $x = 'A';
    static function x() { return static::$x . self::$x; }
}
class B extends A
{
    static $x = 'B';
    static function parentTest() { return [parent::name(), self::name(), A::name()]; }
    static function fwd() {
        return forward_static_call(['A', 'name']) . call_user_func('parent::name');
    }
}
class C extends B {}
print_r(B::test());
print_r(C::parentTest());
print_r((new C)->inst());
echo get_class(C::create()), B::x(), C::x(), "\n";
$f = fn() => static::class;
class D extends A { function closure() { return fn() => static::class; } }
class E extends D {}
echo ((new E)->closure())(), "\n";
$n = [new C, 'name'];
echo $n(), "\n";
class P { static $s = 1; }
class Q extends P {}
Q::$s = 2;
echo P::$s;
class R extends P { static $s = 5; }
R::$s = 9;
echo P::$s, R::$s, "\n";
--EXPECT--
Array
(
    [0] => B
    [1] => B
    [2] => A
)
Array
(
    [0] => C
    [1] => C
    [2] => A
)
Array
(
    [0] => C
    [1] => A
    [2] => C
    [3] => C
)
CBABA
E
C
229
