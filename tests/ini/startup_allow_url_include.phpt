--TEST--
What is wrong with the settings is told once, when the process starts (allow_url_include=1)
--INI--
allow_url_include=1
--FILE--
<?php
echo "runs\n";
var_dump(error_get_last(), ini_set('assert.bail', '1'));
?>
--EXPECTF--
Deprecated: Directive 'allow_url_include' is deprecated in Unknown on line 0
runs

Deprecated: ini_set(): assert.bail INI setting is deprecated in %sstartup_allow_url_include.php on line 3
NULL
string(1) "0"
