--TEST--
A script is in the cache until its file is looked at again, though the file is gone meanwhile
--INI--
opcache.enable=1
opcache.enable_cli=1
opcache.file_update_protection=0
opcache.revalidate_freq=2
--FILE--
<?php
$one = __DIR__ . '/removed_one.inc';
$two = __DIR__ . '/removed_two.inc';
file_put_contents($one, '<?php echo "one\n";');
include $one;
var_dump(opcache_is_script_cached($one));
unlink($one);
include $one;
include_once $one;
file_put_contents($one, '<?php echo "another one\n";');
include $one;
opcache_invalidate($one, true);
include $one;
unlink($one);
file_put_contents($two, '<?php echo basename(__FILE__), "\n";');
symlink($two, $one);
opcache_invalidate($one, true);
include $one;
include_once $one;
include_once $two;
echo implode(' ', array_map('basename', get_included_files())), "\n";
?>
--CLEAN--
<?php
@unlink(__DIR__ . '/removed_one.inc');
@unlink(__DIR__ . '/removed_two.inc');
?>
--EXPECT--
one
bool(true)
one
one
another one
another one
removed_two.inc
removed_files.php removed_one.inc removed_two.inc
