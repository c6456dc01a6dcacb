--TEST--
Preloading: opcache_get_status() lists what is preloaded; opcache_reset() leaves it alone
--EXTENSIONS--
opcache
--INI--
opcache.enable_cli=1
opcache.file_update_protection=0
opcache.preload={PWD}/taken.inc
--FILE--
<?php
$before = opcache_get_status();
var_dump($before['preload_statistics']['memory_consumption'] > 0);
foreach (['functions', 'classes', 'scripts'] as $list) {
    $names = str_replace(__DIR__, '', $before['preload_statistics'][$list]);
    sort($names);
    echo "$list: ", implode(' ', $names), "\n";
}
var_dump(opcache_is_script_cached(__DIR__ . '/taken.inc'), opcache_reset(), opcache_is_script_cached(__DIR__ . '/taken.inc'));
include 'taken.inc';
var_dump(opcache_get_status()['preload_statistics'] == $before['preload_statistics'], new Below);
?>
--EXPECTF--
bool(true)
functions: taken
classes: Below Taken TakenEnum takenalias
scripts: /taken.inc
bool(true)
bool(true)
bool(true)

Warning: Cannot redeclare class TakenAlias (previously declared in %staken.inc:3) in %staken.inc on line 6
bool(true)
object(Below)#1 (0) {
}
