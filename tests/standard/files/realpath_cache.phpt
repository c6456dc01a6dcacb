--TEST--
The realpath cache knows where paths lead until something is removed, renamed, or it is cleared
--INI--
realpath_cache_size=64K
--FILE--
<?php
$folder = __DIR__ . '/realpath_cache.tmp';
mkdir($folder);
mkdir("$folder/one");
mkdir("$folder/two");
file_put_contents("$folder/one/file", '1');
file_put_contents("$folder/two/file", '2');
symlink("$folder/one", "$folder/link");
$show = fn() => print(str_replace($folder, '*', realpath("$folder/link/file")) . "\n");
$show();
var_dump(isset(realpath_cache_get()["$folder/link/file"]), realpath_cache_size() > 0);
var_dump(array_keys(realpath_cache_get()["$folder/link/file"]));
unlink("$folder/link");
symlink("$folder/two", "$folder/link");
$show();
rename("$folder/link", "$folder/away");
var_dump(realpath("$folder/link/file"));
rename("$folder/away", "$folder/link");
$show();
clearstatcache(true);
var_dump(isset(realpath_cache_get()["$folder/link/file"]));
?>
--CLEAN--
<?php
$folder = __DIR__ . '/realpath_cache.tmp';
foreach (['link', 'away', 'one/file', 'two/file'] as $name) {
    @unlink("$folder/$name");
}
foreach (['/one', '/two', ''] as $name) {
    @rmdir($folder . $name);
}
?>
--EXPECT--
*/one/file
bool(true)
bool(true)
array(4) {
  [0]=>
  string(3) "key"
  [1]=>
  string(6) "is_dir"
  [2]=>
  string(8) "realpath"
  [3]=>
  string(7) "expires"
}
*/two/file
bool(false)
*/two/file
bool(false)
