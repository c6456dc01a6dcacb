--TEST--
Preloading: after opcache_invalidate() the file is another script, whose names are taken
--EXTENSIONS--
opcache
--SKIPIF--
<?php if (getenv('SKIP_REPEAT')) die('skip it leaves another script in the cache'); ?>
--INI--
opcache.enable_cli=1
opcache.file_update_protection=0
opcache.preload={PWD}/taken.inc
--FILE--
<?php
include 'taken.inc';
var_dump(opcache_invalidate(__DIR__ . '/taken.inc', true), opcache_is_script_cached(__DIR__ . '/taken.inc'));
taken();
var_dump(new Below);
include 'taken.inc';
?>
--EXPECTF--
Warning: Cannot redeclare class TakenAlias (previously declared in %staken.inc:3) in %staken.inc on line 6
bool(true)
bool(false)
object(Below)#1 (0) {
}

Fatal error: Cannot redeclare function taken() (previously declared in %staken.inc:2) in %staken.inc on line 2
