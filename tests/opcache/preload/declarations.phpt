--TEST--
Preloading: what the script has declared is there in every request, and begins anew
--EXTENSIONS--
opcache
--INI--
opcache.enable_cli=1
opcache.preload={PWD}/declarations.inc
--FILE--
<?php
class Own extends Square1 {}
class Square1 { }
function own() {}
class Later { const ONE = 1; }
const GONE = 'request';
var_dump(counter(), counter(), conditional(), inner(), evaluated(), Evaluated::$n);
var_dump((new Square(3))->area(), (new Square)->name(), (new Square)->name(), Base::$list, Square::SIDES, (new Square)->of);
var_dump(Color::best(), Color::from('r'), new Quadrat == new Square, new Listing([1]) instanceof ArrayObject);
var_dump(Child::make()->self()::class, Compiled::ONE, compiled() instanceof Compiled);
var_dump(class_exists('Hidden'), function_exists('hidden'), isset($left), get_included_files() == [__FILE__], error_get_last());
var_dump(array_slice(get_defined_functions()['user'], -1), count(get_defined_functions()['user']));
$named = array_filter(get_declared_classes(), fn($class) => !str_contains($class, '@') && (new ReflectionClass($class))->isUserDefined());
sort($named);
echo implode(' ', $named), "\n";
var_dump(array_slice(get_declared_interfaces(), -1), get_declared_traits());
var_dump((new ReflectionClass('Base'))->getFileName() === __DIR__ . '/declarations.inc', (new ReflectionFunction('compiled'))->getStartLine());
// What declares the same does nothing.
var_dump(outer()->n);
var_dump(include 'compiled.inc');
var_dump(include_once 'compiled.inc', class_exists('Hidden'));
var_dump(unserialize('O:6:"Square":1:{s:12:"' . "\0Square\0" . 'side";d:5;}')->area());
?>
--EXPECT--
preloading
bool(true)
bool(false)
int(1)
int(2)
string(5) "taken"
string(5) "inner"
int(1)
int(1)
float(9)
string(8) "Square11"
string(8) "Square22"
array(1) {
  [0]=>
  int(1)
}
string(7) "request"
string(7) "request"
enum(Color::Blue)
enum(Color::Red)
bool(true)
bool(true)
string(5) "Child"
int(2)
bool(true)
bool(false)
bool(false)
bool(false)
bool(true)
NULL
array(1) {
  [0]=>
  string(3) "own"
}
int(7)
Base Child Color Compiled Evaluated Inner Later Own Square Square1 quadrat
array(1) {
  [0]=>
  string(5) "Shape"
}
array(1) {
  [0]=>
  string(5) "Named"
}
bool(true)
int(4)
int(3)
never run
int(1)
bool(true)
bool(true)
float(25)
