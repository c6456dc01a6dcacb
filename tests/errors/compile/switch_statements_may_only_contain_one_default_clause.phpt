--TEST--
Compile error: Switch statements may only contain one default clause
--FILE--
<?php
echo "not reached\n";
switch (1) { default: default: }
--EXPECTF--
Fatal error: Switch statements may only contain one default clause in %sswitch_statements_may_only_contain_one_default_clause.php on line 3
