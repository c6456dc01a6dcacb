--TEST--
Errors of constant expressions call classes as the expression does
--FILE--
<?php
class P { private const PR = 1; const CY = self::CY2; const CY2 = self::CY; const CZ = P::CZ; }
class A extends P {
    const A1 = self::NOPE; const A2 = parent::NOPE2; const A3 = A::NOPE3; const A4 = parent::PR; const A5 = p::nope;
    const D = NoCls::X; const CYC = self::CYC;
    function f() { return self::NOPE; }
}
trait T { const TC = 1; }
class UT { const X = T::TC; }
foreach (['A::A1', 'A::A2', 'A::A3', 'A::A4', 'A::A5', 'A::D', 'A::CYC', 'P::CY', 'P::CZ', 'A::CZ', 'UT::X', 'A::CY', 'a::NONE'] as $name) {
    try { var_dump(constant($name)); } catch (Error $e) { echo "$name: ", $e->getMessage(), "\n"; }
}
class G { static function h($q = G::NOPE2) {} }
class S { static $s = self::NOPE6; }
$uses = [
    fn() => A::A1, fn() => A::CYC, fn() => A::CY, fn() => P::CZ, fn() => A::CZ, fn() => A::A4, fn() => A::NONE, fn() => new A,
    fn() => G::h(), fn() => S::$s, fn() => (new ReflectionClass('A'))->getConstants(),
];
foreach ($uses as $number => $use) {
    try { var_dump($use()); } catch (Error $e) { echo "$number: ", $e->getMessage(), "\n"; }
}
// A parent's constant that the class replaces is not asked for.
class Unresolved extends G { const X = UNRESOLVED; }
class Resolved extends Unresolved { const X = 42; static $s = 1; }
var_dump((new Resolved)::X, Resolved::$s);
?>
--EXPECT--
A::A1: Undefined constant self::NOPE
A::A2: Undefined constant parent::NOPE2
A::A3: Undefined constant A::NOPE3
A::A4: Cannot access private constant parent::PR
A::A5: Undefined constant p::nope
A::D: Class "NoCls" not found
A::CYC: Cannot declare self-referencing constant self::CYC
P::CY: Cannot declare self-referencing constant self::CY
P::CZ: Cannot declare self-referencing constant P::CZ
A::CZ: Cannot declare self-referencing constant P::CZ
UT::X: Cannot access trait constant T::TC directly
A::CY: Cannot declare self-referencing constant self::CY
a::NONE: Undefined constant a::NONE
0: Undefined constant self::NOPE
1: Cannot declare self-referencing constant self::CYC
2: Cannot declare self-referencing constant self::CY2
3: Cannot declare self-referencing constant P::CZ
4: Cannot declare self-referencing constant P::CZ
5: Cannot access private constant parent::PR
6: Undefined constant A::NONE
7: Cannot declare self-referencing constant self::CY2
8: Undefined constant G::NOPE2
9: Undefined constant self::NOPE6
10: Undefined constant self::NOPE
int(42)
int(1)
