--TEST--
include, require and their results
--INI--
include_path=.
--CLEAN--
<?php
@unlink(__DIR__ . '/include.tmp.inc');
--FILE--
<?php
$file = __DIR__ . '/include.tmp.inc';
file_put_contents($file, <<<'CODE'
<?php
$inner = "set";
function fromInclude() { return __FUNCTION__; }
return ["result", $outer ?? null, basename(__FILE__), __LINE__];
CODE);
$outer = 'visible';
print_r(include $file);
echo $inner, ' ', fromInclude(), "\n";
var_dump(include_once $file, (include __DIR__ . '/missing.inc'));
function scope($file) {
    $outer = 'local';
    file_put_contents($file, '<?php return $outer;');
    return include $file;
}
file_put_contents($file, '<?php return $outer;');
echo scope($file), "\n";
file_put_contents($file, "plain text\n"); var_dump(include $file);
echo count(get_included_files()), "\n";
try { require __DIR__ . '/missing.inc'; } catch (Error $e) { echo get_class($e), "\n"; }
echo "not reached\n";
--EXPECTF--
Array
(
    [0] => result
    [1] => visible
    [2] => include.tmp.inc
    [3] => 4
)
set fromInclude

Warning: include(%smissing.inc): Failed to open stream: No such file or directory in %sinclude.php on line 12

Warning: include(): Failed opening '%smissing.inc' for inclusion (include_path='.') in %sinclude.php on line 12
bool(true)
bool(false)
local
plain text
int(1)
2

Warning: require(%smissing.inc): Failed to open stream: No such file or directory in %sinclude.php on line 22
Error
not reached
