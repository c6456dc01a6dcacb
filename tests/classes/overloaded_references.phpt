--TEST--
References to properties that hooks and __get answer for
--FILE--
<?php
class T { function __get($n) { echo "get $n\n"; return 1; } }
class O { function __get($n) { echo "get $n\n"; return new stdClass; } }
class R { private $store = 5; function &__get($n) { echo "get $n\n"; return $this->store; } }
class H { public $x { get { echo "hook\n"; return 1; } } }
class G { public $x = 1 { &get { echo "hook\n"; return $this->x; } } }
$y = 2;
foreach (['T', 'O', 'R', 'H', 'G'] as $class) {
    $object = new $class;
    try { $object->x = &$y; echo "bound\n"; } catch (Error $e) { echo $e->getMessage(), "\n"; }
}
enum E: int { case A = 1; case B = 2; }
echo json_encode(match (true) { default => E::from(2) }), "\n";
foreach ([5.0, "a\n" . str_repeat('b', 20), null, [], new T] as $value) {
    try { match ($value) {}; } catch (Error $e) { echo $e->getMessage(), "\n"; }
}
--EXPECTF--
get x

Notice: Indirect modification of overloaded property T::$x has no effect in %soverloaded_references.php on line 10
Cannot assign by reference to overloaded object
get x
Cannot assign by reference to overloaded object
get x
Cannot assign by reference to overloaded object
hook
Cannot assign by reference to overloaded object
hook
Cannot assign by reference to overloaded object
2
Unhandled match case 5.0
Unhandled match case 'a\nbbbbbbbbbbbbb...'
Unhandled match case NULL
Unhandled match case of type array
Unhandled match case of type T
