--TEST--
Preloading: so does exit
--EXTENSIONS--
opcache
--INI--
opcache.enable_cli=1
opcache.preload={PWD}/exits.inc
--FILE--
not reached
--EXPECTF--
begin
shutdown
