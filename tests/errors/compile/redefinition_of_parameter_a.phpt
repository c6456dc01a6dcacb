--TEST--
Compile error: Redefinition of parameter $a
--FILE--
<?php
echo "not reached\n";
function f($a, $a) {}
--EXPECTF--
Fatal error: Redefinition of parameter $a in %sredefinition_of_parameter_a.php on line 3
