--TEST--
Preloading: a name that is preloaded is taken (enum)
--EXTENSIONS--
opcache
--INI--
opcache.enable_cli=1
opcache.preload={PWD}/taken.inc
--FILE--
<?php
echo "begin\n";
if (true) { enum TakenEnum {} }
echo "not reached\n";
?>
--EXPECTF--
begin

Fatal error: Cannot redeclare enum TakenEnum (previously declared in %staken.inc:5) in %staken_enum.php on line 3
