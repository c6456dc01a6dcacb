--TEST--
Compile error: Cannot use the final modifier on an abstract class
--FILE--
<?php
echo "not reached\n";
final abstract class A {}
--EXPECTF--
Fatal error: Cannot use the final modifier on an abstract class in %scannot_use_the_final_modifier_on_an_abstract_class.php on line 3
