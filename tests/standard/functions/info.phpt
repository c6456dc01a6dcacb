--TEST--
Functions about functions and classes
--FILE--
<?php
interface I {}
abstract class A implements I
{
    public $a = 1;
    protected $b = 2;
    private $c = 3;
    static $s = 4;
    const K = 1;
    function m() {}
    protected function p() {}
    private function q() {}
    static function st() {}
    function vars() {
        return [get_object_vars($this), get_class_vars(self::class), get_class_methods($this),
            get_mangled_object_vars($this)];
    }
}
class B extends A { public $d = 5; function n() {} }
$b = new B;
$b->dyn = 6;
var_dump(function_exists('strlen'), function_exists('nope'), class_exists('B'), class_exists('I'),
    interface_exists('I'), method_exists($b, 'm'), method_exists('B', 'q'), property_exists('B', 'a'),
    property_exists($b, 'dyn'), property_exists('B', 'c'), get_class($b), get_parent_class($b), is_a($b, 'I'),
    is_subclass_of($b, 'B'), get_object_vars($b), get_class_vars('B'), get_class_methods('B'),
    class_implements($b), class_parents($b), is_callable([$b, 'p']), is_callable([$b, 'm']));
print_r(array_map(fn($x) => array_map(fn($k) => str_replace("\0", '~', $k), array_keys($x)) ,
    array_slice($b->vars(), 0, 2)));
print_r($b->vars()[2]);
echo count(get_defined_functions()['user']), in_array('b', array_map('strtolower',
    get_declared_classes())) ? 'declared' : '', "\n";
class_alias('B', 'Alias');
var_dump(new Alias instanceof B, Alias::class, get_class(new Alias));
try { get_class_methods('Nope'); } catch (TypeError $e) { echo $e->getMessage(), "\n"; }
register_shutdown_function(fn($x) => print("bye $x\n"), 'arg');
var_dump(usleep(1), constant('PHP_VERSION') === PHP_VERSION, defined('E_ALL'), php_sapi_name(), PHP_OS_FAMILY,
    DIRECTORY_SEPARATOR, PHP_MAJOR_VERSION, PHP_VERSION_ID >= 80400, zend_version() > '4', M_PI);
--EXPECTF--
Deprecated: Creation of dynamic property B::$dyn is deprecated in %sinfo.php on line 21
bool(true)
bool(false)
bool(true)
bool(false)
bool(true)
bool(true)
bool(false)
bool(true)
bool(true)
bool(false)
string(1) "B"
string(1) "A"
bool(true)
bool(false)
array(3) {
  ["a"]=>
  int(1)
  ["d"]=>
  int(5)
  ["dyn"]=>
  int(6)
}
array(3) {
  ["d"]=>
  int(5)
  ["a"]=>
  int(1)
  ["s"]=>
  int(4)
}
array(4) {
  [0]=>
  string(1) "n"
  [1]=>
  string(1) "m"
  [2]=>
  string(2) "st"
  [3]=>
  string(4) "vars"
}
array(1) {
  ["I"]=>
  string(1) "I"
}
array(1) {
  ["A"]=>
  string(1) "A"
}
bool(false)
bool(true)
Array
(
    [0] => Array
        (
            [0] => a
            [1] => b
            [2] => c
            [3] => d
            [4] => dyn
        )

    [1] => Array
        (
            [0] => a
            [1] => b
            [2] => c
            [3] => s
        )

)
Array
(
    [0] => n
    [1] => m
    [2] => p
    [3] => q
    [4] => st
    [5] => vars
)
0declared
bool(true)
string(5) "Alias"
string(1) "B"
get_class_methods(): Argument #1 ($object_or_class) must be an object or a valid class name, string given
NULL
bool(true)
bool(true)
string(3) "cli"
string(5) "Linux"
string(1) "/"
int(8)
bool(true)
bool(true)
float(3.141592653589793)
bye arg
