--TEST--
What is wrong with the settings is told once, when the process starts (assert.active=0)
--INI--
assert.active=0
--FILE--
<?php
echo "runs\n";
var_dump(error_get_last(), ini_set('assert.bail', '1'));
?>
--EXPECTF--
Deprecated: PHP Startup: assert.active INI setting is deprecated in Unknown on line 0
runs

Deprecated: ini_set(): assert.bail INI setting is deprecated in %sstartup_assert_active.php on line 3
NULL
string(1) "0"
