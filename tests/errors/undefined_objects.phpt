--TEST--
Undefined variables as objects: what reads a property before it writes it warns
--FILE--
<?php
function a() { $undef->x += 1; }
function b() { $undef->x++; }
function c() { $undef->x = 1; }
function d() { $undef->x[] = 1; }
function e() { $undef->x->y = 1; }
function f() { $r = &$undef->x; }
function g() { unset($undef->x); }
function h() { unset($undef->x->y); }
function i() { $undef->x ??= 1; }
function j() { foreach ([1] as $undef->x) {} }
function k() { [$undef->x] = [1]; }
function l() { $undef->x[0]['k'] .= 1; }
function m() { $undef->{$u2} = 1; }
function n() { $undef->x = $u2; }
function o() { $undef->x = &$u2; }
function p() { unset($undef[0]); }
function q() { $undef->x->y += 1; }
function r() { $undef->x['a'] ??= 1; }
function s() { unset($undef->x['a']); }
foreach (range('a','s') as $f) { echo "-- $f\n"; try { $f(); } catch (Error $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; } }
?>
--EXPECTF--
-- a

Warning: Undefined variable $undef in %sundefined_objects.php on line 2
Error: Attempt to assign property "x" on null
-- b

Warning: Undefined variable $undef in %sundefined_objects.php on line 3
Error: Attempt to increment/decrement property "x" on null
-- c
Error: Attempt to assign property "x" on null
-- d
Error: Attempt to modify property "x" on null
-- e
Error: Attempt to modify property "x" on null
-- f
Error: Attempt to modify property "x" on null
-- g
-- h

Warning: Undefined variable $undef in %sundefined_objects.php on line 9
-- i
Error: Attempt to assign property "x" on null
-- j
Error: Attempt to assign property "x" on null
-- k
Error: Attempt to assign property "x" on null
-- l

Warning: Undefined variable $undef in %sundefined_objects.php on line 13
Error: Attempt to modify property "x" on null
-- m

Warning: Undefined variable $u2 in %sundefined_objects.php on line 14
Error: Attempt to assign property "" on null
-- n

Warning: Undefined variable $u2 in %sundefined_objects.php on line 15
Error: Attempt to assign property "x" on null
-- o
Error: Attempt to modify property "x" on null
-- p

Warning: Undefined variable $undef in %sundefined_objects.php on line 17
-- q

Warning: Undefined variable $undef in %sundefined_objects.php on line 18
Error: Attempt to modify property "x" on null
-- r
Error: Attempt to modify property "x" on null
-- s

Warning: Undefined variable $undef in %sundefined_objects.php on line 20
