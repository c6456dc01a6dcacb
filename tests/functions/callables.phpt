--TEST--
All forms of callables
--FILE--
<?php
class C
{
    function m($x) { return __METHOD__ . $x; }
    static function s($x) { return __METHOD__ . $x; }
    function __invoke($x) { return __METHOD__ . $x; }
}
class D extends C
{
    function m($x) { return 'D' . $x; }
    function t() {
        return [call_user_func('parent::m', 1), call_user_func([$this, 'parent::m'], 2)];
    }
}
$c = new C;
foreach (['strtoupper', 'C::s', ['C', 's'], [$c, 'm'], [$c, 's'], $c, fn($x) => "fn$x", ['D',
    'parent::s']] as $cb) {
    echo @call_user_func($cb, 'a'), ' ', @call_user_func_array($cb, ['b']), ' ', is_callable($cb, false,
        $name) ? $name : 'not', "\n";
}
foreach (['nope', 'C::nope', ['C', 'm'], [], [1, 2], 5, null, ['C'], 'C::'] as $cb) {
    try { call_user_func($cb); echo "called\n"; } catch (Error $e) { echo $e->getMessage(), "\n"; }
}
--EXPECTF--
A B strtoupper
C::sa C::sb C::s
C::sa C::sb C::s
C::ma C::mb C::m
C::sa C::sb C::s
C::__invokea C::__invokeb C::__invoke
fna fnb Closure::__invoke
C::sa C::sb 
Deprecated: Callables of the form ["D", "parent::s"] are deprecated in %scallables.php on line 18
D::parent::s
call_user_func(): Argument #1 ($callback) must be a valid callback, function "nope" not found or invalid function name
call_user_func(): Argument #1 ($callback) must be a valid callback, class C does not have a method "nope"
call_user_func(): Argument #1 ($callback) must be a valid callback, non-static method C::m() cannot be called statically
call_user_func(): Argument #1 ($callback) must be a valid callback, array callback must have exactly two members
call_user_func(): Argument #1 ($callback) must be a valid callback, first array member is not a valid class name or object
call_user_func(): Argument #1 ($callback) must be a valid callback, no array or string given
call_user_func(): Argument #1 ($callback) must be a valid callback, no array or string given
call_user_func(): Argument #1 ($callback) must be a valid callback, array callback must have exactly two members
call_user_func(): Argument #1 ($callback) must be a valid callback, class C does not have a method ""
