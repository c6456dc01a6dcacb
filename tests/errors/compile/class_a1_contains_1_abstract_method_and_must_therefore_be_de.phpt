--TEST--
Compile error: Class A1 contains 1 abstract method and must therefore be declared abstract or implement the remaining methods (A1::f)
--FILE--
<?php
echo "not reached\n";
class A1 { abstract function f(); }
--EXPECTF--
Fatal error: Class A1 contains 1 abstract method and must therefore be declared abstract or implement the remaining methods (A1::f) in %sclass_a1_contains_1_abstract_method_and_must_therefore_be_de.php on line 3
