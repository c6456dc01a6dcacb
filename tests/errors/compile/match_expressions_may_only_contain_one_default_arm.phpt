--TEST--
Compile error: Match expressions may only contain one default arm
--FILE--
<?php
echo "not reached\n";
match (1) { default => 1, default => 2 };
--EXPECTF--
Fatal error: Match expressions may only contain one default arm in %smatch_expressions_may_only_contain_one_default_arm.php on line 3
