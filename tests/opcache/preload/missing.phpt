--TEST--
Preloading: a script that does not exist
--EXTENSIONS--
opcache
--INI--
opcache.enable_cli=1
opcache.preload={PWD}/nowhere.inc
--FILE--
not reached
--EXPECTF--
Warning: PHP Startup: Failed to open stream: No such file or directory in Unknown on line 0

Fatal error: Failed opening required '%snowhere.inc' (include_path='.:/usr/share/php') in Unknown on line 0
