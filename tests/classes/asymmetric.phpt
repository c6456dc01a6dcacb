--TEST--
Asymmetric visibility
--FILE--
<?php
class A
{
    public private(set) int $x = 1;
    public protected(set) string $y = 'y';
    protected private(set) int $z = 0;
    function __construct(public private(set) array $list = []) {}
    function set($v) { $this->x = $v; $this->list[] = $v; }
}
class B extends A { function setY($v) { $this->y = $v; } function setX($v) { $this->x = $v; } }
$b = new B; $b->set(5); $b->setY('new'); echo $b->x, $b->y, json_encode($b->list), "\n";
foreach (['$b->x = 2', '$b->y = 2', '$b->setX(1)', '$b->list[] = 1', '$b->x++', 'unset($b->x)', '$r = &$b->x',
    '$b->z = 1'] as $code) {
    try {
        eval("$code;");
        echo "$code ok\n";
    } catch (Error $e) { echo $code, ': ', $e->getMessage(), "\n"; }
}
--EXPECT--
5new[5]
$b->x = 2: Cannot modify private(set) property A::$x from global scope
$b->y = 2: Cannot modify protected(set) property A::$y from global scope
$b->setX(1): Cannot modify private(set) property A::$x from scope B
$b->list[] = 1: Cannot indirectly modify private(set) property A::$list from global scope
$b->x++: Cannot modify private(set) property A::$x from global scope
unset($b->x): Cannot unset private(set) property A::$x from global scope
$r = &$b->x: Cannot indirectly modify private(set) property A::$x from global scope
$b->z = 1: Cannot access protected property B::$z
