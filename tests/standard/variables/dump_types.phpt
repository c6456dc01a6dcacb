--TEST--
Functions on types of variables
--FILE--
<?php
foreach ([1, 1.5, 'x', true, null, [], new stdClass, fopen('php://memory', 'r'), 'strlen', fn() => 1,
    new ArrayObject([])] as $v) {
    echo str_pad(get_debug_type($v), 26), gettype($v), ' ';
    foreach (['is_int', 'is_float', 'is_string', 'is_bool', 'is_null', 'is_array', 'is_object', 'is_resource',
        'is_callable', 'is_scalar', 'is_iterable', 'is_countable', 'is_numeric'] as $f) echo (int) $f($v);
    echo "\n";
}
$f = fopen('php://memory', 'r');
fclose($f);
var_dump(gettype($f), is_resource($f), get_resource_type(STDIN), get_resource_id(STDIN));
foreach (['int', 'float', 'string', 'bool', 'array', 'object', 'null'] as $t) {
    $v = '12abc';
    settype($v, $t);
    var_dump($v);
}
try { settype($v, 'nope'); } catch (ValueError $e) { echo $e->getMessage(), "\n"; }
var_dump(serialize([1, 1.5, true, null, 'x', [2]]), unserialize('a:1:{i:0;O:8:"stdClass":1:{s:1:"a";i:1;}}'),
    var_export([null, false], true), memory_get_usage() > 0, memory_get_peak_usage() > 0,
    is_callable('nope'));
--EXPECT--
int                       integer 1000000001001
float                     double 0100000001001
string                    string 0010000001000
bool                      boolean 0001000001000
null                      NULL 0000100000000
array                     array 0000010000110
stdClass                  object 0000001000000
resource (stream)         resource 0000000100000
string                    string 0010000011000
Closure                   object 0000001010000
ArrayObject               object 0000001000110
string(17) "resource (closed)"
bool(false)
string(6) "stream"
int(1)
int(12)
float(12)
string(5) "12abc"
bool(true)
array(1) {
  [0]=>
  string(5) "12abc"
}
object(stdClass)#3 (1) {
  ["scalar"]=>
  string(5) "12abc"
}
NULL
settype(): Argument #2 ($type) must be a valid type
string(68) "a:6:{i:0;i:1;i:1;d:1.5;i:2;b:1;i:3;N;i:4;s:1:"x";i:5;a:1:{i:0;i:2;}}"
array(1) {
  [0]=>
  object(stdClass)#2 (1) {
    ["a"]=>
    int(1)
  }
}
string(36) "array (
  0 => NULL,
  1 => false,
)"
bool(true)
bool(true)
bool(false)
