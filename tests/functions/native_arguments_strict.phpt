--TEST--
Native functions called with strict types
--FILE--
<?php
declare(strict_types=1);
function t(Closure $f) {
    try { var_dump($f()); } catch (Throwable $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; }
}
class S { function __toString(): string { return 'ab'; } }
foreach (['1', 1.5, null, true, 2] as $v) t(fn() => str_repeat('ab', $v));
foreach (['1', 1, 1.5, null, true] as $v) t(fn() => sqrt($v));
foreach (['1', 1, 1.5, null, new S] as $v) t(fn() => strrev($v));
t(fn() => array_map('sqrt', ['4']));
--EXPECT--
TypeError: str_repeat(): Argument #2 ($times) must be of type int, string given
TypeError: str_repeat(): Argument #2 ($times) must be of type int, float given
TypeError: str_repeat(): Argument #2 ($times) must be of type int, null given
TypeError: str_repeat(): Argument #2 ($times) must be of type int, true given
string(4) "abab"
TypeError: sqrt(): Argument #1 ($num) must be of type float, string given
float(1)
float(1.224744871391589)
TypeError: sqrt(): Argument #1 ($num) must be of type float, null given
TypeError: sqrt(): Argument #1 ($num) must be of type float, true given
string(1) "1"
TypeError: strrev(): Argument #1 ($string) must be of type string, int given
TypeError: strrev(): Argument #1 ($string) must be of type string, float given
TypeError: strrev(): Argument #1 ($string) must be of type string, null given
TypeError: strrev(): Argument #1 ($string) must be of type string, S given
array(1) {
  [0]=>
  float(2)
}
