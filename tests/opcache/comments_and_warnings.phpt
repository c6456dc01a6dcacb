--TEST--
opcache.save_comments drops doc comments, opcache.record_warnings repeats what the compiler warns of, opcache.dups_fix passes over classes that exist
--INI--
opcache.enable=1
opcache.enable_cli=1
opcache.file_update_protection=0
opcache.save_comments=0
opcache.record_warnings=1
opcache.dups_fix=1
--FILE--
<?php
$file = __DIR__ . '/comments_and_warnings.inc';
file_put_contents($file, '<?php
/** Of the function. */
if (!function_exists("documented")) { function documented($optional = 1, $required) {} }
class Twice { public $of = 1; }
return 1;
');
for ($i = 0; $i < 3; $i++) {
    include $file;
}
var_dump(opcache_is_script_cached($file));
var_dump((new ReflectionFunction('documented'))->getDocComment());
?>
--CLEAN--
<?php
@unlink(__DIR__ . '/comments_and_warnings.inc');
?>
--EXPECTF--
Deprecated: documented(): Optional parameter $optional declared before required parameter $required is implicitly treated as a required parameter in %scomments_and_warnings.inc on line 3

Deprecated: documented(): Optional parameter $optional declared before required parameter $required is implicitly treated as a required parameter in %scomments_and_warnings.inc on line 3

Deprecated: documented(): Optional parameter $optional declared before required parameter $required is implicitly treated as a required parameter in %scomments_and_warnings.inc on line 3
bool(true)
bool(false)
