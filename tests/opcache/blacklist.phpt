--TEST--
Scripts on the blacklist are not stored
--INI--
opcache.enable=1
opcache.enable_cli=1
opcache.file_update_protection=0
opcache.blacklist_filename={PWD}/blacklist*.list
--FILE--
<?php
foreach (['in_list.inc', 'in_pattern.inc', 'stored.inc'] as $name) {
    file_put_contents(__DIR__ . "/blacklist_$name", '<?php return 1;');
    include __DIR__ . "/blacklist_$name";
    var_dump(opcache_is_script_cached(__DIR__ . "/blacklist_$name"));
}
foreach (opcache_get_configuration()['blacklist'] as $pattern) {
    echo str_replace(__DIR__, '*here*', $pattern), "\n";
}
var_dump(opcache_get_status(false)['opcache_statistics']['blacklist_misses']);
?>
--CLEAN--
<?php
foreach (['in_list.inc', 'in_pattern.inc', 'stored.inc'] as $name) {
    @unlink(__DIR__ . "/blacklist_$name");
}
?>
--EXPECT--
bool(false)
bool(false)
bool(true)
*here*/blacklist_in_list.inc
*here*/blacklist_?n_p*.inc
/nowhere/
/another/list
int(2)
