--TEST--
Typed properties
--FILE--
<?php
class T
{
    public int $i = 1;
    public ?string $s;
    public float $f = 1;
    public int|string $u = 'x';
    public iterable $it = [];
    public bool $b = false;
    public self|null $self = null;
    public static int $st = 0;
    public mixed $m;
    public array|object $ao = [];
}
$t = new T; $t->i = '5'; $t->f = 3; $t->u = 1.0; $t->b = 'yes'; $t->s = 12; var_dump($t);
foreach (['$t->i = "abc"', '$t->i = 1.5', '$t->i = null', '$t->self = new stdClass', 'T::$st = []',
    '$t->it = 1', '$t->ao = "x"', '$t->i = PHP_INT_MAX; $t->i++', '$r = &$t->i; $r = "bad"', '$t->s = []',
    'echo (new T)->s', 'echo (new T)->m'] as $code) {
    try {
        eval("$code;");
        echo "$code ok\n";
    } catch (Error $e) { echo $code, ': ', $e->getMessage(), "\n"; }
}
unset($t->i);
try { echo $t->i; } catch (Error $e) { echo $e->getMessage(), "\n"; }
$t->i = 3;
echo $t->i, "\n";
$ref = &$t->i;
$ref = '42';
var_dump($t->i);
$arr = [&$t->f];
$arr[0] = 7;
var_dump($t->f);
--EXPECTF--
object(T)#1 (8) {
  ["i"]=>
  int(5)
  ["s"]=>
  string(2) "12"
  ["f"]=>
  float(3)
  ["u"]=>
  int(1)
  ["it"]=>
  array(0) {
  }
  ["b"]=>
  bool(true)
  ["self"]=>
  NULL
  ["m"]=>
  uninitialized(mixed)
  ["ao"]=>
  array(0) {
  }
}
$t->i = "abc": Cannot assign string to property T::$i of type int

Deprecated: Implicit conversion from float 1.5 to int loses precision in %styped_properties.php(20) : eval()'d code on line 1
$t->i = 1.5 ok
$t->i = null: Cannot assign null to property T::$i of type int
$t->self = new stdClass: Cannot assign stdClass to property T::$self of type ?self
T::$st = []: Cannot assign array to property T::$st of type int
$t->it = 1: Cannot assign int to property T::$it of type Traversable|array
$t->ao = "x": Cannot assign string to property T::$ao of type object|array
$t->i = PHP_INT_MAX; $t->i++: Cannot increment property T::$i of type int past its maximal value
$r = &$t->i; $r = "bad": Cannot assign string to reference held by property T::$i of type int
$t->s = []: Cannot assign array to property T::$s of type ?string
echo (new T)->s: Typed property T::$s must not be accessed before initialization
echo (new T)->m: Typed property T::$m must not be accessed before initialization
Typed property T::$i must not be accessed before initialization
3
int(42)
float(7)
