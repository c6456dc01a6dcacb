--TEST--
disable_functions: scripts may declare others of these names, also of those that are instructions
--INI--
disable_functions="strlen, str_pad count,exit,is_int"
--FILE--
<?php
namespace Other {
    function str_pad() { return 'of the namespace'; }
    var_dump(str_pad());
    try { var_dump(count([])); } catch (\Error $e) { echo $e->getMessage(), "\n"; }
}
namespace {
    if (!function_exists('is_int')) { function is_int($x) { return "mine: $x"; } }
    var_dump(function_exists('strlen'), is_callable('str_pad'), is_int(5));
    try { strlen('a'); } catch (Error $e) { echo $e->getMessage(), "\n"; }
    try { array_map('count', [[1]]); } catch (Error $e) { echo $e->getMessage(), "\n"; }
    var_dump(in_array('strlen', get_defined_functions()['internal']), get_defined_functions()['user']);
    exit("end\n");
}
?>
--EXPECT--
Warning: Cannot disable function exit,is_int() in Unknown on line 0
string(16) "of the namespace"
Call to undefined function Other\count()
bool(false)
bool(false)
string(7) "mine: 5"
Call to undefined function strlen()
array_map(): Argument #1 ($callback) must be a valid callback or null, function "count" not found or invalid function name
bool(false)
array(2) {
  [0]=>
  string(13) "other\str_pad"
  [1]=>
  string(6) "is_int"
}
end
