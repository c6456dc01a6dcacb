--TEST--
Why a value is no callable
--FILE--
<?php
function t(Closure $f) {
    try { var_dump($f()); } catch (Throwable $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; }
}
abstract class A {
    private function priv() {} protected static function prot() {} public function pub() {} public static function st() {}
    abstract function abs();
}
class B extends A { function abs() {} }
class C {
    private function __construct() {} private function hid() { return 'hid'; }
    public function __call($n, $a) { return "__call $n"; }
    public static function __callStatic($n, $a) { return "__cs $n"; }
}
trait T { static function x() { return 1; } }
$all = ['nope', 'A::nope', 'Nope::x', 'A::priv', 'A::prot', 'A::pub', 'A::st', 'A::abs', 'self::x', 'parent::x', 'static::x', ['A'],
    ['A', 'b', 'c'], [1, 2], ['A', 1], ['A', 'nope'], [new B, 'priv'], [new B, 'prot'], [new B, 'pub'], [new B, 'nope'],
    [new B, 'A::pub'], [new B, 'parent::pub'], ['B', 'parent::st'], 5, new B, 1.5, true, '', '::x', 'A::', ['a' => 1, 'b' => 2],
    'strlen', '\strlen', 'C::foo', 'C::hid', ['Nope', 'x'], [[], []]];
foreach ($all as $c) {
    echo serialize($c), "\n";
    t(function () use ($c) { array_map($c, []); return 'ok'; });
}
foreach ($all as $c) {
    echo serialize($c), "\n";
    if ($c !== 'strlen' && $c !== '\strlen') t(fn() => $c());
}
foreach (['strlen', 'A::b', ['A', 'b'], [new B, 'x'], function () {}, new B, 5, [1, 2], null, 'a b'] as $c) {
    is_callable($c, true, $name);
    var_dump($name);
}
class Base {
    private function p() { return 'base'; }
    static function run($c) { return array_map($c, [1]); }
    function go() { return [array_map([$this, 'p'], [1]), array_map('static::st', [1])]; }
    static function st() { return static::class; }
}
class Derived extends Base { private function p() { return 'derived'; } }
t(fn() => (new Derived)->go());
t(fn() => Closure::fromCallable('nope'));
--EXPECTF--
s:4:"nope";
TypeError: array_map(): Argument #1 ($callback) must be a valid callback or null, function "nope" not found or invalid function name
s:7:"A::nope";
TypeError: array_map(): Argument #1 ($callback) must be a valid callback or null, class A does not have a method "nope"
s:7:"Nope::x";
TypeError: array_map(): Argument #1 ($callback) must be a valid callback or null, class "Nope" not found
s:7:"A::priv";
TypeError: array_map(): Argument #1 ($callback) must be a valid callback or null, non-static method A::priv() cannot be called statically
s:7:"A::prot";
TypeError: array_map(): Argument #1 ($callback) must be a valid callback or null, cannot access protected method A::prot()
s:6:"A::pub";
TypeError: array_map(): Argument #1 ($callback) must be a valid callback or null, non-static method A::pub() cannot be called statically
s:5:"A::st";
string(2) "ok"
s:6:"A::abs";
TypeError: array_map(): Argument #1 ($callback) must be a valid callback or null, cannot call abstract method A::abs()
s:7:"self::x";
TypeError: array_map(): Argument #1 ($callback) must be a valid callback or null, cannot access "self" when no class scope is active
s:9:"parent::x";
TypeError: array_map(): Argument #1 ($callback) must be a valid callback or null, cannot access "parent" when no class scope is active
s:9:"static::x";
TypeError: array_map(): Argument #1 ($callback) must be a valid callback or null, cannot access "static" when no class scope is active
a:1:{i:0;s:1:"A";}
TypeError: array_map(): Argument #1 ($callback) must be a valid callback or null, array callback must have exactly two members
a:3:{i:0;s:1:"A";i:1;s:1:"b";i:2;s:1:"c";}
TypeError: array_map(): Argument #1 ($callback) must be a valid callback or null, array callback must have exactly two members
a:2:{i:0;i:1;i:1;i:2;}
TypeError: array_map(): Argument #1 ($callback) must be a valid callback or null, first array member is not a valid class name or object
a:2:{i:0;s:1:"A";i:1;i:1;}
TypeError: array_map(): Argument #1 ($callback) must be a valid callback or null, second array member is not a valid method
a:2:{i:0;s:1:"A";i:1;s:4:"nope";}
TypeError: array_map(): Argument #1 ($callback) must be a valid callback or null, class A does not have a method "nope"
a:2:{i:0;O:1:"B":0:{}i:1;s:4:"priv";}
TypeError: array_map(): Argument #1 ($callback) must be a valid callback or null, cannot access private method B::priv()
a:2:{i:0;O:1:"B":0:{}i:1;s:4:"prot";}
TypeError: array_map(): Argument #1 ($callback) must be a valid callback or null, cannot access protected method B::prot()
a:2:{i:0;O:1:"B":0:{}i:1;s:3:"pub";}
string(2) "ok"
a:2:{i:0;O:1:"B":0:{}i:1;s:4:"nope";}
TypeError: array_map(): Argument #1 ($callback) must be a valid callback or null, class B does not have a method "nope"
a:2:{i:0;O:1:"B":0:{}i:1;s:6:"A::pub";}

Deprecated: Callables of the form ["B", "A::pub"] are deprecated in %scallable_errors.php on line 22
string(2) "ok"
a:2:{i:0;O:1:"B":0:{}i:1;s:11:"parent::pub";}

Deprecated: Callables of the form ["B", "parent::pub"] are deprecated in %scallable_errors.php on line 22
string(2) "ok"
a:2:{i:0;s:1:"B";i:1;s:10:"parent::st";}

Deprecated: Callables of the form ["B", "parent::st"] are deprecated in %scallable_errors.php on line 22
string(2) "ok"
i:5;
TypeError: array_map(): Argument #1 ($callback) must be a valid callback or null, no array or string given
O:1:"B":0:{}
TypeError: array_map(): Argument #1 ($callback) must be a valid callback or null, no array or string given
d:1.5;
TypeError: array_map(): Argument #1 ($callback) must be a valid callback or null, no array or string given
b:1;
TypeError: array_map(): Argument #1 ($callback) must be a valid callback or null, no array or string given
s:0:"";
TypeError: array_map(): Argument #1 ($callback) must be a valid callback or null, function "" not found or invalid function name
s:3:"::x";
TypeError: array_map(): Argument #1 ($callback) must be a valid callback or null, invalid function name
s:3:"A::";
TypeError: array_map(): Argument #1 ($callback) must be a valid callback or null, class A does not have a method ""
a:2:{s:1:"a";i:1;s:1:"b";i:2;}
TypeError: array_map(): Argument #1 ($callback) must be a valid callback or null, array callback has to contain indices 0 and 1
s:6:"strlen";
string(2) "ok"
s:7:"\strlen";
string(2) "ok"
s:6:"C::foo";
string(2) "ok"
s:6:"C::hid";
string(2) "ok"
a:2:{i:0;s:4:"Nope";i:1;s:1:"x";}
TypeError: array_map(): Argument #1 ($callback) must be a valid callback or null, class "Nope" not found
a:2:{i:0;a:0:{}i:1;a:0:{}}
TypeError: array_map(): Argument #1 ($callback) must be a valid callback or null, first array member is not a valid class name or object
s:4:"nope";
Error: Call to undefined function nope()
s:7:"A::nope";
Error: Call to undefined method A::nope()
s:7:"Nope::x";
Error: Class "Nope" not found
s:7:"A::priv";
Error: Call to private method A::priv() from global scope
s:7:"A::prot";
Error: Call to protected method A::prot() from global scope
s:6:"A::pub";
Error: Non-static method A::pub() cannot be called statically
s:5:"A::st";
NULL
s:6:"A::abs";
Error: Cannot call abstract method A::abs()
s:7:"self::x";
Error: Class "self" not found
s:9:"parent::x";
Error: Class "parent" not found
s:9:"static::x";
Error: Class "static" not found
a:1:{i:0;s:1:"A";}
Error: Array callback must have exactly two elements
a:3:{i:0;s:1:"A";i:1;s:1:"b";i:2;s:1:"c";}
Error: Array callback must have exactly two elements
a:2:{i:0;i:1;i:1;i:2;}
Error: First array member is not a valid class name or object
a:2:{i:0;s:1:"A";i:1;i:1;}
Error: Second array member is not a valid method
a:2:{i:0;s:1:"A";i:1;s:4:"nope";}
Error: Call to undefined method A::nope()
a:2:{i:0;O:1:"B":0:{}i:1;s:4:"priv";}
Error: Call to private method A::priv() from global scope
a:2:{i:0;O:1:"B":0:{}i:1;s:4:"prot";}
Error: Call to protected method A::prot() from global scope
a:2:{i:0;O:1:"B":0:{}i:1;s:3:"pub";}
NULL
a:2:{i:0;O:1:"B":0:{}i:1;s:4:"nope";}
Error: Call to undefined method B::nope()
a:2:{i:0;O:1:"B":0:{}i:1;s:6:"A::pub";}
Error: Call to undefined method B::A::pub()
a:2:{i:0;O:1:"B":0:{}i:1;s:11:"parent::pub";}
Error: Call to undefined method B::parent::pub()
a:2:{i:0;s:1:"B";i:1;s:10:"parent::st";}
Error: Call to undefined method B::parent::st()
i:5;
Error: Value of type int is not callable
O:1:"B":0:{}
Error: Object of type B is not callable
d:1.5;
Error: Value of type float is not callable
b:1;
Error: Value of type bool is not callable
s:0:"";
Error: Call to undefined function ()
s:3:"::x";
Error: Class "" not found
s:3:"A::";
Error: Call to undefined method A::()
a:2:{s:1:"a";i:1;s:1:"b";i:2;}
Error: Array callback has to contain indices 0 and 1
s:6:"strlen";
s:7:"\strlen";
s:6:"C::foo";
string(8) "__cs foo"
s:6:"C::hid";
string(8) "__cs hid"
a:2:{i:0;s:4:"Nope";i:1;s:1:"x";}
Error: Class "Nope" not found
a:2:{i:0;a:0:{}i:1;a:0:{}}
Error: First array member is not a valid class name or object
string(6) "strlen"
string(4) "A::b"
string(4) "A::b"
string(4) "B::x"
string(17) "Closure::__invoke"
string(11) "B::__invoke"
string(1) "5"
string(5) "Array"
string(0) ""
string(3) "a b"

Deprecated: Use of "static" in callables is deprecated in %scallable_errors.php on line 35
array(2) {
  [0]=>
  array(1) {
    [0]=>
    string(4) "base"
  }
  [1]=>
  array(1) {
    [0]=>
    string(7) "Derived"
  }
}
TypeError: Failed to create closure from callable: function "nope" not found or invalid function name
