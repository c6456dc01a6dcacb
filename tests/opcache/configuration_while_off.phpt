--TEST--
opcache_get_configuration() tells of settings that were refused at the start as of defaults, even while the cache is off
--INI--
opcache.enable_cli=0
opcache.max_wasted_percentage=60
opcache.max_accelerated_files=10
opcache.log_verbosity_level=0
--FILE--
<?php
$directives = opcache_get_configuration()['directives'];
foreach (['max_wasted_percentage', 'max_accelerated_files'] as $name) {
    var_dump(ini_get("opcache.$name"), $directives["opcache.$name"]);
}
var_dump(opcache_get_status());
?>
--EXPECT--
string(1) "5"
float(0.05)
string(5) "10000"
int(10000)
bool(false)
