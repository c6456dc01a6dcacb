--TEST--
Parameter and return types
--FILE--
<?php
class A {} class B extends A {} interface I {} enum E { case X; }
$types = ['int', 'float', 'string', 'bool', 'array', '?int', 'int|string', 'A', 'callable', 'iterable',
    'object', 'mixed', 'int|false', 'A|null', 'float|bool', 'self', 'A&I', 'E', 'true', 'null', '(A&I)|null',
    'Closure'];
$values = ['5' => '"5"', '"abc"', '5', '5.0', '5.5', 'null', 'true', '[]', 'new B', '"strlen"', 'E::X',
    'fn() => 1', '"1.5"', '" 1"', '1e20'];
foreach ($types as $t) {
    echo str_pad($t, 12);
    foreach ($values as $v) {
        if ($t === 'self') { echo '.'; continue; }
        try {
            $f = eval("return function ($t \$x) { return \$x; };");
            $r = @$f(eval("return $v;"));
            echo substr(gettype($r), 0, 2), ' ';
        } catch (TypeError $e) { echo '-- '; }
    }
    echo "\n";
}
foreach (['(function (int $x) {})("abc")', '(function (?A $x) {})(5)',
    '(function (): int { return "abc"; })()', '(function (): int { })()', '(function (): void { return; })()',
    '(function (): static { return new stdClass; })()', '(function (): never { })()',
    '(function (int|string $x) {})([])', '(function (A&I $x) {})(new A)', '(function (self $x) {})(1)',
    'strlen([])', 'array_map(5, [])', 'str_repeat("a", "x")', 'round("abc")', 'in_array(1, 2)',
    '(function (int $x) {})(1.5)', '(function (int $x) {})(null)', 'strlen(null)',
    '(function (callable $c) {})("nope")', '(function (iterable $i) {})(1)',
    '(function (bool $b): string { return $b; })("a")'] as $code) {
    try {
        var_dump(eval("return $code;"));
    } catch (Throwable $e) {
        echo get_class($e), ': ', preg_replace('~, called in.*~', '', $e->getMessage()), "\n";
    }
}
--EXPECTF--
int         in -- in in in -- in -- -- -- -- -- in in -- 
float       do -- do do do -- do -- -- -- -- -- do do do 
string      st st st st st -- st -- -- st -- -- st st st 
bool        bo bo bo bo bo -- bo -- -- bo -- -- bo bo bo 
array       -- -- -- -- -- -- -- ar -- -- -- -- -- -- -- 
?int        in -- in in in NU in -- -- -- -- -- in in -- 
int|string  st st in in in -- in -- -- st -- -- st st st 
A           -- -- -- -- -- -- -- -- ob -- -- -- -- -- -- 
callable    -- -- -- -- -- -- -- -- -- st -- ob -- -- -- 
iterable    -- -- -- -- -- -- -- ar -- -- -- -- -- -- -- 
object      -- -- -- -- -- -- -- -- ob -- ob ob -- -- -- 
mixed       st st in do do NU bo ar ob st ob ob st st do 
int|false   in -- in in in -- in -- -- -- -- -- in in -- 
A|null      -- -- -- -- -- NU -- -- ob -- -- -- -- -- -- 
float|bool  do bo do do do -- bo -- -- bo -- -- do do do 
self        ...............
A&I         -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- 
E           -- -- -- -- -- -- -- -- -- -- ob -- -- -- -- 
true        -- -- -- -- -- -- bo -- -- -- -- -- -- -- -- 
null        -- -- -- -- -- NU -- -- -- -- -- -- -- -- -- 
(A&I)|null  -- -- -- -- -- NU -- -- -- -- -- -- -- -- -- 
Closure     -- -- -- -- -- -- -- -- -- -- -- ob -- -- -- 
TypeError: {closure:%stype_errors.php(29) : eval()'d code:1}(): Argument #1 ($x) must be of type int, string given
TypeError: {closure:%stype_errors.php(29) : eval()'d code:1}(): Argument #1 ($x) must be of type ?A, int given
TypeError: {closure:%stype_errors.php(29) : eval()'d code:1}(): Return value must be of type int, string returned
TypeError: {closure:%stype_errors.php(29) : eval()'d code:1}(): Return value must be of type int, none returned
NULL
TypeError: {closure:%stype_errors.php(29) : eval()'d code:1}(): Return value must be of type static, stdClass returned
TypeError: {closure:%stype_errors.php(29) : eval()'d code:1}(): never-returning function must not implicitly return
TypeError: {closure:%stype_errors.php(29) : eval()'d code:1}(): Argument #1 ($x) must be of type string|int, array given
TypeError: {closure:%stype_errors.php(29) : eval()'d code:1}(): Argument #1 ($x) must be of type A&I, A given
TypeError: {closure:%stype_errors.php(29) : eval()'d code:1}(): Argument #1 ($x) must be of type self, int given
TypeError: strlen(): Argument #1 ($string) must be of type string, array given
TypeError: array_map(): Argument #1 ($callback) must be a valid callback or null, no array or string given
TypeError: str_repeat(): Argument #2 ($times) must be of type int, string given
TypeError: round(): Argument #1 ($num) must be of type int|float, string given
TypeError: in_array(): Argument #2 ($haystack) must be of type array, int given

Deprecated: Implicit conversion from float 1.5 to int loses precision in %stype_errors.php(29) : eval()'d code on line 1
NULL
TypeError: {closure:%stype_errors.php(29) : eval()'d code:1}(): Argument #1 ($x) must be of type int, null given

Deprecated: strlen(): Passing null to parameter #1 ($string) of type string is deprecated in %stype_errors.php(29) : eval()'d code on line 1
int(0)
TypeError: {closure:%stype_errors.php(29) : eval()'d code:1}(): Argument #1 ($c) must be of type callable, string given
TypeError: {closure:%stype_errors.php(29) : eval()'d code:1}(): Argument #1 ($i) must be of type Traversable|array, int given
string(1) "1"
