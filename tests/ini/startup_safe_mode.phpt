--TEST--
What is wrong with the settings is told once, when the process starts (safe_mode=1)
--INI--
safe_mode=1
--FILE--
<?php
echo "runs\n";
var_dump(error_get_last(), ini_set('assert.bail', '1'));
?>
--EXPECTF--
Fatal error: Directive 'safe_mode' is no longer available in PHP in Unknown on line 0
