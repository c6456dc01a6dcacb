--TEST--
A script may change when files are looked at again, for the rest of its request
--INI--
opcache.enable=1
opcache.enable_cli=1
opcache.file_update_protection=1000
opcache.revalidate_freq=0
--FILE--
<?php
$file = __DIR__ . '/rules_at_run_time.inc';
$write = function (string $text) use ($file) { file_put_contents($file, "<?php return '$text';"); touch($file, time() - strlen($text)); };
$write('one');
echo include $file, ' ';
var_dump(opcache_is_script_cached($file));
ini_set('opcache.file_update_protection', '0');
echo include $file, ' ';
var_dump(opcache_is_script_cached($file));
ini_set('opcache.validate_timestamps', '0');
$write('another');
echo include $file, "\n";
ini_set('opcache.validate_timestamps', '1');
echo include $file, "\n";
ini_set('opcache.enable', '0');
$write('third');
echo include $file, "\n";
?>
--CLEAN--
<?php
@unlink(__DIR__ . '/rules_at_run_time.inc');
?>
--EXPECT--
one bool(false)
one bool(true)
one
another
third
