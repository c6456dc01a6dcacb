--TEST--
include and require of paths that name no file
--FILE--
<?php
var_dump(@include 'no_such_file.inc');
include 'no_such_file.inc';
include "a\0b";
foreach (['', "a\0b", 'no_such_file.inc'] as $path) {
    try {
        require $path;
    } catch (Error $error) {
        echo get_class($error), ': ', $error->getMessage(), "\n";
    }
}
?>
--EXPECTF--
bool(false)

Warning: include(no_such_file.inc): Failed to open stream: No such file or directory in %sinclude_paths.php on line 3

Warning: include(): Failed opening 'no_such_file.inc' for inclusion (include_path='.:/usr/share/php') in %sinclude_paths.php on line 3

Warning: include(): Failed opening 'a' for inclusion (include_path='.:/usr/share/php') in %sinclude_paths.php on line 4
ValueError: Path must not be empty
Error: Failed opening required 'a' (include_path='.:/usr/share/php')

Warning: require(no_such_file.inc): Failed to open stream: No such file or directory in %sinclude_paths.php on line 7
Error: Failed opening required 'no_such_file.inc' (include_path='.:/usr/share/php')
