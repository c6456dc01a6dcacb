--TEST--
Interfaces and their constants
--FILE--
<?php
interface HasName { const KIND = 'named'; function name(): string; static function create(): static; }
interface HasAge extends HasName, Countable { function age(int $plus = 0): int; }
class Person implements HasAge
{
    function name(): string { return 'Ann'; }
    function age(int $plus = 5): int { return 30 + $plus; }
    function count(): int { return 7; }
    static function create(): static { return new static; }
}
$p = Person::create(); echo $p->name(), $p->age(), count($p), Person::KIND, HasAge::KIND, $p::KIND, "\n";
print_r(class_implements($p));
var_dump($p instanceof HasName, $p instanceof Countable, interface_exists('HasAge'),
    (new ReflectionClass('HasAge'))->isInterface());
try { new HasName; } catch (Error $e) { echo $e->getMessage(), "\n"; }
$anon = new class implements HasName {
    function name(): string { return 'anon'; }
    static function create(): static { return new self; }
};
echo $anon->name(), str_contains(get_class($anon), 'HasName@anonymous') ? ' ok' : get_class($anon), "\n";
--EXPECT--
Ann357namednamednamed
Array
(
    [HasAge] => HasAge
    [Countable] => Countable
    [HasName] => HasName
)
bool(true)
bool(true)
bool(true)
bool(true)
Cannot instantiate interface HasName
anon ok
