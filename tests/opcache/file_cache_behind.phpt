--TEST--
The file cache behind the shared one: invalidating removes the file of a script, resetting leaves it
--EXTENSIONS--
opcache
--INI--
opcache.enable_cli=1
opcache.file_cache={PWD}
opcache.file_cache_only=0
opcache.file_update_protection=0
opcache.jit=disable
opcache.jit_buffer_size=0
--FILE--
<?php
$part = __DIR__ . '/file_cache_behind_part.php';
file_put_contents($part, '<?php return function (int ...$n) { static $k = ["x" => 1.5]; yield from [...$n, "k" => $k]; };');
$files = fn() => array_map(basename(...), glob(__DIR__ . '/*' . __DIR__ . '/file_cache_behind_part*.bin'));
$status = opcache_get_status();
var_dump($status['opcache_enabled'], $status['file_cache'] === __DIR__, isset($status['file_cache_only']));
var_dump(opcache_compile_file($part), $files(), opcache_is_script_cached($part));
opcache_invalidate($part, true);
var_dump($files(), opcache_is_script_cached($part));
var_dump(opcache_compile_file($part), $files());
opcache_reset();
var_dump($files());
echo json_encode(iterator_to_array((include $part)(1, 2))), "\n";
?>
--CLEAN--
<?php
unlink(__DIR__ . '/file_cache_behind_part.php');
foreach (glob(__DIR__ . '/*' . __DIR__ . '/file_cache_behind*.bin') as $file) {
    unlink($file);
    for ($folder = dirname($file); strlen($folder) > strlen(__DIR__) && @rmdir($folder); $folder = dirname($folder));
}
?>
--EXPECT--
bool(true)
bool(true)
bool(false)
bool(true)
array(1) {
  [0]=>
  string(30) "file_cache_behind_part.php.bin"
}
bool(true)
array(0) {
}
bool(false)
bool(true)
array(1) {
  [0]=>
  string(30) "file_cache_behind_part.php.bin"
}
array(1) {
  [0]=>
  string(30) "file_cache_behind_part.php.bin"
}
{"0":1,"1":2,"k":{"x":1.5}}
