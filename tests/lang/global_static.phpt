--TEST--
Global and static variables
--FILE--
<?php
$g = 1;
function counter() { static $n = 10, $calls = []; $calls[] = ++$n; return count($calls) . ':' . $n; }
echo counter(), ' ', counter(), ' ', counter(), "\n";
function useGlobal() { global $g, $new; $g++; $new = 'made'; return isset($GLOBALS['g']); }
var_dump(useGlobal(), $g, $new);
function viaGlobals() { $GLOBALS['other'] = $GLOBALS['g'] * 2; unset($GLOBALS['new']); }
viaGlobals(); var_dump($other, isset($new));
class S { static function m() { static $x = 0; return ++$x; } }
class T extends S {}
echo S::m(), S::m(), T::m(), "\n";
function withExpr() { static $e = PHP_INT_SIZE * 2; return $e; } echo withExpr(), "\n";
function init() { static $v = strtoupper('dynamic'); return $v; } echo init(), "\n";
$c1 = function () { static $k = 0; return ++$k; }; $c2 = clone $c1; echo $c1(), $c1(), $c2(), "\n";
--EXPECT--
1:11 2:12 3:13
bool(true)
int(2)
string(4) "made"
int(4)
bool(false)
123
16
DYNAMIC
121
