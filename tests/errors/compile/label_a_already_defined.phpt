--TEST--
Compile error: Label 'a' already defined
--FILE--
<?php
echo "not reached\n";
a: a:
--EXPECTF--
Fatal error: Label 'a' already defined in %slabel_a_already_defined.php on line 3
