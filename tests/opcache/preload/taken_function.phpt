--TEST--
Preloading: a name that is preloaded is taken (function)
--EXTENSIONS--
opcache
--INI--
opcache.enable_cli=1
opcache.preload={PWD}/taken.inc
--FILE--
<?php
echo "begin\n";
function taken() {}
echo "not reached\n";
?>
--EXPECTF--
Fatal error: Cannot redeclare function taken() (previously declared in %staken.inc:2) in %staken_function.php on line 3
