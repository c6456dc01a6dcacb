--TEST--
Compile error: Class A5 cannot extend final class A4
--FILE--
<?php
echo "not reached\n";
final class A4 {} class A5 extends A4 {}
--EXPECTF--
Fatal error: Class A5 cannot extend final class A4 in %sclass_a5_cannot_extend_final_class_a4.php on line 3
