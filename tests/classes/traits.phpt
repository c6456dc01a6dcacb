--TEST--
Traits
--FILE--
<?php
trait Counter
{
    private static int $n = 0;
    protected $c = 0;
    public function inc() { $this->c++; self::$n++; return $this; }
    static function total() {
        return self::$n . self::class . static::class . __CLASS__ . __TRAIT__ . __METHOD__;
    }
    abstract function label(): string;
    function show() { return $this->label() . $this->c; }
}
trait Hello
{
    function say() { return 'Hello'; }
    private function secret() { return 'secret'; }
    const TC = 'trait const';
}
trait World { function say() { return 'World'; } static function st() { static $k = 0; return ++$k; } }
class A { use Counter; function label(): string { return 'A'; } }
class B
{
    use Counter, Hello, World {
        Hello::say insteadof World;
        World::say as protected sayWorld;
        Hello::say as final greet;
        secret as public;
    }
    function label(): string { return 'B'; }
    function both() { return $this->say() . $this->sayWorld(); }
}
class C extends B { function say() { return 'C' . parent::say(); } }
(new A)->inc()->inc(); (new B)->inc(); echo A::total(), ' ', B::total(), ' ', C::total(), "\n";
$b = new B;
echo $b->both(), $b->greet(), $b->secret(), (new C)->say(), $b->inc()->show(), B::TC, "\n";
echo A::class, B::st(), B::st(), C::st(), "\n";
try { $b->sayWorld(); } catch (Error $e) { echo $e->getMessage(), "\n"; }
print_r(class_uses($b));
trait Composed { use Hello, World { World::say insteadof Hello; } }
class D { use Composed; }
echo (new D)->say(), "\n";
try { Hello::say(); } catch (Error $e) { echo $e->getMessage(), "\n"; }
--EXPECTF--
2AAACounterCounter::total 1BBBCounterCounter::total 1BCBCounterCounter::total
HelloWorldHellosecretCHelloB1trait const
A123
Call to protected method B::sayWorld() from global scope
Array
(
    [Counter] => Counter
    [Hello] => Hello
    [World] => World
)
World

Deprecated: Calling static trait method Hello::say is deprecated, it should only be called on a class using the trait in %straits.php on line 42
Non-static method Hello::say() cannot be called statically
