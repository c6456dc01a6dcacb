--TEST--
The file cache alone: scripts are kept in files, and the functions of the cache know of no other
--EXTENSIONS--
opcache
--INI--
opcache.enable_cli=1
opcache.file_cache={PWD}
opcache.file_cache_only=1
opcache.file_update_protection=0
opcache.jit=disable
--FILE--
<?php
$part = __DIR__ . '/file_cache_only_part.php';
file_put_contents($part, '<?php return fn() => "part of " . basename(__FILE__);');
$files = fn() => glob(__DIR__ . '/*' . __DIR__ . '/file_cache_only*.bin');
$status = opcache_get_status();
var_dump($status['opcache_enabled'], $status['file_cache'] === __DIR__, $status['file_cache_only'], count($status));
var_dump(array_map(basename(...), $files()));
var_dump(opcache_compile_file($part));
var_dump(array_map(basename(...), $files()));
echo (include $part)(), "\n", (include $part)(), "\n";
var_dump(opcache_is_script_cached($part), opcache_invalidate($part, true), opcache_reset());
foreach (opcache_get_configuration()['directives'] as $name => $value) {
    if (str_starts_with($name, 'opcache.file_cache')) {
        echo $name, ' ', var_export($value === __DIR__ ? 'here' : $value, true), "\n";
    }
}
// A changed script is compiled again.
file_put_contents($part, '<?php return fn() => "changed";');
touch($part, filemtime($part) - 100);
clearstatcache();
echo (include $part)(), "\n";
?>
--CLEAN--
<?php
unlink(__DIR__ . '/file_cache_only_part.php');
foreach (glob(__DIR__ . '/*' . __DIR__ . '/file_cache_only*.bin') as $file) {
    unlink($file);
    for ($folder = dirname($file); strlen($folder) > strlen(__DIR__) && @rmdir($folder); $folder = dirname($folder));
}
?>
--EXPECT--
bool(false)
bool(true)
bool(true)
int(3)
array(1) {
  [0]=>
  string(23) "file_cache_only.php.bin"
}
bool(true)
array(2) {
  [0]=>
  string(23) "file_cache_only.php.bin"
  [1]=>
  string(28) "file_cache_only_part.php.bin"
}
part of file_cache_only_part.php
part of file_cache_only_part.php
bool(false)
bool(false)
bool(false)
opcache.file_cache 'here'
opcache.file_cache_only true
opcache.file_cache_consistency_checks true
changed
