--TEST--
Compile error: Case A of backed enum E must have a value
--FILE--
<?php
echo "not reached\n";
enum E: int { case A; }
--EXPECTF--
Fatal error: Case A of backed enum E must have a value in %scase_a_of_backed_enum_e_must_have_a_value.php on line 3
