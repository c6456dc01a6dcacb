--TEST--
Without a buffer no strings are shared, and opcache_get_status() tells of none
--INI--
opcache.enable_cli=1
opcache.file_update_protection=0
opcache.interned_strings_buffer=0
--FILE--
<?php
var_dump(isset(opcache_get_status()['interned_strings_usage']), opcache_is_script_cached(__FILE__));
?>
--EXPECT--
bool(false)
bool(true)
