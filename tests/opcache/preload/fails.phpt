--TEST--
Preloading: a script that does not come to its end ends the process
--EXTENSIONS--
opcache
--INI--
opcache.enable_cli=1
opcache.preload={PWD}/fails.inc
--FILE--
not reached
--EXPECTF--
begin

Fatal error: Uncaught LogicException: stop in %sfails.inc:1
Stack trace:
#0 {main}
  thrown in %sfails.inc on line 1
shutdown
