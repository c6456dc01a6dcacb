--TEST--
Compile error: strict_types declaration must be the very first statement in the script
--FILE--
<?php
echo "not reached\n";
function f() { declare(strict_types=1); }
--EXPECTF--
Fatal error: strict_types declaration must be the very first statement in the script in %sstrict_types_declaration_must_be_the_very_first_statement_in.php on line 3
