--TEST--
Compile error: strict_types declaration must have 0 or 1 as its value
--FILE--
<?php
echo "not reached\n";
declare(strict_types=2);
--EXPECTF--
Fatal error: strict_types declaration must be the very first statement in the script in %sstrict_types_declaration_must_have_0_or_1_as_its_value.php on line 3
