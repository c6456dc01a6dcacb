--TEST--
A fatal error ends the script
--FILE--
<?php
register_shutdown_function(function () { echo 'shutdown sees: ', error_get_last()['type'], "\n"; });
echo "start\n";
class A { function f(int $x) {} }
if (true) { class B extends A { function f(string $x) {} } }
echo "not reached\n";
--EXPECTF--
start

Fatal error: Declaration of B::f(string $x) must be compatible with A::f(int $x) in %sfatal.php on line 5
shutdown sees: 64
