--TEST--
Compile error: Non-abstract method class@anonymous::f() must contain body
--FILE--
<?php
echo "not reached\n";
new class { function f(); };
--EXPECTF--
Fatal error: Non-abstract method class@anonymous::f() must contain body in %snon_abstract_method_class_anonymous_f_must_contain_body.php on line 3
