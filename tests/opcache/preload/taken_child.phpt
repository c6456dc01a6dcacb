--TEST--
Preloading: a name that is preloaded is taken (child)
--EXTENSIONS--
opcache
--INI--
opcache.enable_cli=1
opcache.preload={PWD}/taken.inc
--FILE--
<?php
echo "begin\n";
class Below {}
echo "not reached\n";
?>
--EXPECTF--
begin

Fatal error: Cannot redeclare class Below (previously declared in %staken.inc:4) in %staken_child.php on line 3
