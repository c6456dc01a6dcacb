--TEST--
Arrays that nobody takes, and constants in the place of a class
--FILE--
<?php
function f(&$x) { [$x]; [$x, 1]; [&$x]; [&$x, 2]; ["k" => $x]; [...$x]; [[$x]]; return 5; }
$v = [1,2,3];
echo f($v), "\n";
[list(0 => $foo) = [7]];
var_dump($foo);
((string)$foo)[0]; [$foo][0]; @[1,2,$foo][$foo];
try { ((int)1)::$b; } catch (Error $e) { echo $e->getMessage(), "\n"; }
foreach ([fn() => ((float)1)::$b, fn() => (null ?? 1)::f(), fn() => ((bool)0)::C, fn() => new ((string)7)] as $f) { try { var_dump($f()); } catch (Error $e) { echo $e->getMessage(), "\n"; } }
?>
--EXPECT--
5
int(7)
Class name must be a valid object or a string
Class name must be a valid object or a string
Class name must be a valid object or a string
Class name must be a valid object or a string
Class "7" not found
