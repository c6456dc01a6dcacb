--TEST--
Compile error: Duplicate declaration of static variable $x
--FILE--
<?php
echo "not reached\n";
static $x = 1; static $x = 2;
--EXPECTF--
Fatal error: Duplicate declaration of static variable $x in %sduplicate_declaration_of_static_variable_x.php on line 3
