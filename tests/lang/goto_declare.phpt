--TEST--
declare and ticks
--FILE--
<?php
declare(strict_types=1);
function f(int $x): string { return (string) $x; }
try { f("5"); } catch (TypeError $e) { echo preg_replace('/called in.*/', '', $e->getMessage()), "\n"; }
try { strlen(5); } catch (TypeError $e) { echo $e->getMessage(), "\n"; }
function g(float $f) { return $f; } var_dump(g(5));
function h(): int { return "5"; } try { h(); } catch (TypeError $e) { echo $e->getMessage(), "\n"; }
declare(ticks=1);
$n = 0; function tick() { global $n; $n++; } register_tick_function('tick');
$a = 1; $b = 2; unregister_tick_function('tick');
echo $n > 0 ? "ticked\n" : "no ticks\n";
--EXPECT--
f(): Argument #1 ($x) must be of type int, string given, 
strlen(): Argument #1 ($string) must be of type string, int given
float(5)
h(): Return value must be of type int, string returned
ticked
