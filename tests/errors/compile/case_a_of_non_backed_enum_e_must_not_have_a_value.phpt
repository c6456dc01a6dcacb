--TEST--
Compile error: Case A of non-backed enum E must not have a value
--FILE--
<?php
echo "not reached\n";
enum E { case A = 1; }
--EXPECTF--
Fatal error: Case A of non-backed enum E must not have a value in %scase_a_of_non_backed_enum_e_must_not_have_a_value.php on line 3
