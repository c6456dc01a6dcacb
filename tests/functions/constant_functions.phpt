--TEST--
Functions and static methods that only return a constant
--FILE--
<?php
function nothing() {}
function one() { return 1; }
function second($a, $b) { return "second"; }
function late() { return conditional(); }
function effect() { echo "effect\n"; return 5; }

class Base {
    private static function hidden() { return "hidden"; }
    static function shown() { return "shown"; }
    static function own() { return self::hidden(); }
    static function late() { return static::shown(); }
}
class Derived extends Base {
    static function shown() { return "derived"; }
    static function viaSelf() { return self::shown(); }
    static function viaParent() { return parent::shown(); }
}

var_dump(nothing(), one(), second(1, 2, 3), second(effect(), 2));
nothing(effect());
if (true) {
    function conditional() { return "declared later"; }
}
var_dump(late());
var_dump(Base::shown(), Base::own(), Base::late(), Derived::late());
var_dump(Derived::viaSelf(), Derived::viaParent());
try {
    Base::hidden();
} catch (Error $error) {
    echo $error->getMessage(), "\n";
}
for ($i = 0; $i < 3; $i++) {
    $x = one() + one();
    if (one()) {
        continue;
    }
    echo "never\n";
}
var_dump($x, $i);
?>
--EXPECT--
effect
NULL
int(1)
string(6) "second"
string(6) "second"
effect
string(14) "declared later"
string(5) "shown"
string(6) "hidden"
string(5) "shown"
string(7) "derived"
string(7) "derived"
string(5) "shown"
Call to private method Base::hidden() from global scope
int(2)
int(3)
