--TEST--
Compile error: Cannot redeclare A::$a
--FILE--
<?php
echo "not reached\n";
class A { public $a; public $a; }
--EXPECTF--
Fatal error: Cannot redeclare A::$a in %scannot_redeclare_a_a.php on line 3
