--TEST--
Compile error: Class B4 contains 1 abstract method and must therefore be declared abstract or implement the remaining methods (B3::f)
--FILE--
<?php
echo "not reached\n";
abstract class B3 { abstract function f(); } class B4 extends B3 {}
--EXPECTF--
Fatal error: Class B4 contains 1 abstract method and must therefore be declared abstract or implement the remaining methods (B3::f) in %sclass_b4_contains_1_abstract_method_and_must_therefore_be_de.php on line 3
