--TEST--
opcache.error_log gets what opcache.log_verbosity_level asks for
--INI--
opcache.enable=1
opcache.enable_cli=1
opcache.file_update_protection=0
opcache.log_verbosity_level=4
opcache.error_log={PWD}/log.tmp
--FILE--
<?php
$file = __DIR__ . '/log.inc';
file_put_contents($file, '<?php return 1;');
include $file;
include $file;
opcache_reset();
$log = file_get_contents(__DIR__ . '/log.tmp');
foreach (explode("\n", trim($log)) as $line) {
    // Time and process come first.
    if (preg_match('/^\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4} \((\d+)\): (.*)$/', $line, $found)) {
        echo $found[1] == getmypid() ? 'mine' : 'another', ' ', preg_replace("/'.*\//", "'", $found[2]), "\n";
    }
}
?>
--CLEAN--
<?php
@unlink(__DIR__ . '/log.inc');
@unlink(__DIR__ . '/log.tmp');
?>
--EXPECT--
mine Message Cached script 'log.php'
mine Message Cached script 'log.inc'
mine Debug Restart Scheduled! Reason: user
