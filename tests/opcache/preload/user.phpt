--TEST--
Preloading as another user: only the script's own requests are that user's
--EXTENSIONS--
opcache
--SKIPIF--
<?php if (@file_get_contents('/etc/shadow') === false) die('skip for root only'); ?>
--INI--
opcache.enable_cli=1
opcache.preload={PWD}/user.inc
opcache.preload_user=nobody
--FILE--
<?php
var_dump(function_exists('readable'), shadow());
?>
--EXPECT--
bool(false)
bool(true)
