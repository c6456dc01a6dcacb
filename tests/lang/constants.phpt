--TEST--
Constants and magic constants
--FILE--
<?php
namespace App\Sub;
const A = 1, B = A + 1;
define('App\Sub\C', [1, 2]);
define('GLOB', 'g');
class K
{
    const X = self::Y . '!', Y = 'y';
    function m() { return [__CLASS__, __METHOD__, __FUNCTION__, __NAMESPACE__, __LINE__]; }
}
function f() { return [__FUNCTION__, __METHOD__, (fn() => __FUNCTION__)()]; }
var_dump(A, B, C[1], GLOB, \GLOB, namespace\A, K::X, constant('App\Sub\K::Y'), defined('App\Sub\A'),
    \PHP_EOL);
print_r((new K)->m()); print_r(f());
echo basename(__FILE__), ' ', basename(__DIR__) !== '', ' ', __LINE__, "\n";
define('GLOB', 'again');
try { echo NOPE; } catch (\Error $e) { echo $e->getMessage(), "\n"; }
echo K::class, ' ', (new K)::class, "\n";
--EXPECTF--
int(1)
int(2)
int(2)
string(1) "g"
string(1) "g"
int(1)
string(2) "y!"
string(1) "y"
bool(true)
string(1) "
"
Array
(
    [0] => App\Sub\K
    [1] => App\Sub\K::m
    [2] => m
    [3] => App\Sub
    [4] => 9
)
Array
(
    [0] => App\Sub\f
    [1] => App\Sub\f
    [2] => {closure:App\Sub\f():11}
)
constants.php 1 15

Warning: Constant GLOB already defined in %sconstants.php on line 16
Undefined constant "App\Sub\NOPE"
App\Sub\K App\Sub\K
