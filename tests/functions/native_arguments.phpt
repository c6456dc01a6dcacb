--TEST--
What native functions make of arguments of other types
--FILE--
<?php
function t(Closure $f) {
    try { var_dump($f()); } catch (Throwable $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; }
}
class S { function __toString(): string { return 'ab'; } }
$values = ['12abc', '1.5', ' 3 ', null, 1.5, 2.0, [], 'x', new stdClass, new S, NAN, 1e100, '1e1000', true, false];
foreach ($values as $v) t(fn() => str_repeat('ab', $v));
foreach ($values as $v) t(fn() => sqrt($v));
foreach ($values as $v) t(fn() => round($v));
foreach ($values as $v) t(fn() => strrev($v));
foreach ($values as $v) t(fn() => in_array(1, [1], $v));
foreach ($values as $v) t(fn() => str_replace($v, 'x', 'y'));
t(fn() => strlen());
t(fn() => strlen(1, 2));
t(fn() => str_replace(1));
t(fn() => in_array(1, [1], 1, 1));
t(fn() => array_merge([1], 5));
t(fn() => array_merge(a: [1]));
t(fn() => max());
t(fn() => strlen(a: 5));
t(fn() => str_replace('a', subject: 'b'));
t(fn() => str_repeat('a', -1));
t(fn() => array_chunk([], 0));
t(fn() => usort($undefined, 'strcmp'));
--EXPECTF--
TypeError: str_repeat(): Argument #2 ($times) must be of type int, string given

Deprecated: Implicit conversion from float-string "1.5" to int loses precision in %snative_arguments.php on line 7
string(2) "ab"
string(6) "ababab"

Deprecated: str_repeat(): Passing null to parameter #2 ($times) of type int is deprecated in %snative_arguments.php on line 7
string(0) ""

Deprecated: Implicit conversion from float 1.5 to int loses precision in %snative_arguments.php on line 7
string(2) "ab"
string(4) "abab"
TypeError: str_repeat(): Argument #2 ($times) must be of type int, array given
TypeError: str_repeat(): Argument #2 ($times) must be of type int, string given
TypeError: str_repeat(): Argument #2 ($times) must be of type int, stdClass given
TypeError: str_repeat(): Argument #2 ($times) must be of type int, S given
TypeError: str_repeat(): Argument #2 ($times) must be of type int, float given
TypeError: str_repeat(): Argument #2 ($times) must be of type int, float given
TypeError: str_repeat(): Argument #2 ($times) must be of type int, string given
string(2) "ab"
string(0) ""
TypeError: sqrt(): Argument #1 ($num) must be of type float, string given
float(1.224744871391589)
float(1.7320508075688772)

Deprecated: sqrt(): Passing null to parameter #1 ($num) of type float is deprecated in %snative_arguments.php on line 8
float(0)
float(1.224744871391589)
float(1.4142135623730951)
TypeError: sqrt(): Argument #1 ($num) must be of type float, array given
TypeError: sqrt(): Argument #1 ($num) must be of type float, string given
TypeError: sqrt(): Argument #1 ($num) must be of type float, stdClass given
TypeError: sqrt(): Argument #1 ($num) must be of type float, S given
float(NAN)
float(1.0E+50)
float(INF)
float(1)
float(0)
TypeError: round(): Argument #1 ($num) must be of type int|float, string given
float(2)
float(3)

Deprecated: round(): Passing null to parameter #1 ($num) of type int|float is deprecated in %snative_arguments.php on line 9
float(0)
float(2)
float(2)
TypeError: round(): Argument #1 ($num) must be of type int|float, array given
TypeError: round(): Argument #1 ($num) must be of type int|float, string given
TypeError: round(): Argument #1 ($num) must be of type int|float, stdClass given
TypeError: round(): Argument #1 ($num) must be of type int|float, S given
float(NAN)
float(1.0E+100)
float(INF)
float(1)
float(0)
string(5) "cba21"
string(3) "5.1"
string(3) " 3 "

Deprecated: strrev(): Passing null to parameter #1 ($string) of type string is deprecated in %snative_arguments.php on line 10
string(0) ""
string(3) "5.1"
string(1) "2"
TypeError: strrev(): Argument #1 ($string) must be of type string, array given
string(1) "x"
TypeError: strrev(): Argument #1 ($string) must be of type string, stdClass given
string(2) "ba"
string(3) "NAN"
string(8) "001+E0.1"
string(6) "0001e1"
string(1) "1"
string(0) ""
bool(true)
bool(true)
bool(true)

Deprecated: in_array(): Passing null to parameter #3 ($strict) of type bool is deprecated in %snative_arguments.php on line 11
bool(true)
bool(true)
bool(true)
TypeError: in_array(): Argument #3 ($strict) must be of type bool, array given
bool(true)
TypeError: in_array(): Argument #3 ($strict) must be of type bool, stdClass given
TypeError: in_array(): Argument #3 ($strict) must be of type bool, S given
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
string(1) "y"
string(1) "y"
string(1) "y"

Deprecated: str_replace(): Passing null to parameter #1 ($search) of type array|string is deprecated in %snative_arguments.php on line 12
string(1) "y"
string(1) "y"
string(1) "y"
string(1) "y"
string(1) "y"
TypeError: str_replace(): Argument #1 ($search) must be of type array|string, stdClass given
string(1) "y"
string(1) "y"
string(1) "y"
string(1) "y"
string(1) "y"
string(1) "y"
ArgumentCountError: strlen() expects exactly 1 argument, 0 given
ArgumentCountError: strlen() expects exactly 1 argument, 2 given
ArgumentCountError: str_replace() expects at least 3 arguments, 1 given
ArgumentCountError: in_array() expects at most 3 arguments, 4 given
TypeError: array_merge(): Argument #2 must be of type array, int given
ArgumentCountError: array_merge() does not accept unknown named parameters
ArgumentCountError: max() expects at least 1 argument, 0 given
Error: Unknown named parameter $a
ArgumentCountError: str_replace(): Argument #2 ($replace) not passed
ValueError: str_repeat(): Argument #2 ($times) must be greater than or equal to 0
ValueError: array_chunk(): Argument #2 ($length) must be greater than 0
TypeError: usort(): Argument #1 ($array) must be of type array, null given
