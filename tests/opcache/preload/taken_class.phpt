--TEST--
Preloading: a name that is preloaded is taken (class)
--EXTENSIONS--
opcache
--INI--
opcache.enable_cli=1
opcache.preload={PWD}/taken.inc
--FILE--
<?php
echo "begin\n";
class Taken {}
echo "not reached\n";
?>
--EXPECTF--
begin

Fatal error: Cannot redeclare class Taken (previously declared in %staken.inc:3) in %staken_class.php on line 3
