--TEST--
Preloading: handlers, shutdown functions, destructors, output buffers; warnings name the start-up
--EXTENSIONS--
opcache
--INI--
opcache.enable_cli=1
opcache.preload={PWD}/handled.inc
--FILE--
<?php
var_dump(early(), late());
?>
--EXPECTF--
[
Warning: PHP Startup: Failed to open stream: No such file or directory in %shandled.inc on line 8
]
Warning: PHP Startup: Failed to open stream: No such file or directory in %shandled.inc on line 10

Warning: PHP Startup: Failed opening '%snowhere.inc' for inclusion (include_path='.:/usr/share/php') in %shandled.inc on line 10
handled: thrown
shutdown
destroyed
string(5) "early"
string(4) "late"
