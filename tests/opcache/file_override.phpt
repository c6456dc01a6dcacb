--TEST--
opcache.enable_file_override answers for files that are cached
--INI--
opcache.enable=1
opcache.enable_cli=1
opcache.file_update_protection=0
opcache.enable_file_override=1
opcache.validate_timestamps=0
--FILE--
<?php
$file = __DIR__ . '/file_override.inc';
file_put_contents($file, '<?php return 1;');
var_dump(opcache_compile_file($file));
unlink($file);
clearstatcache();
var_dump(file_exists($file), is_file($file), is_readable($file), is_dir($file), is_writable($file));
opcache_invalidate($file, true);
var_dump(file_exists($file . '.not'));
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
bool(false)
bool(false)
bool(false)
