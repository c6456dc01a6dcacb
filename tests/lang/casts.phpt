--TEST--
Casts of everything to everything
--FILE--
<?php
class C { public $a = 1; protected $b = 2; private $c = 3; function __toString() { return 'C'; } }
$values = [null, false, true, 0, 42, -1.9, 1e20, "", "0", "12abc", "abc", " 3 ", "1.9", [], [0], [1, 2],
    new C];
foreach ($values as $v) {
    echo gettype($v), ': ', var_export((bool) $v, true);
    if (!is_object($v)) echo ' ', var_export((int) $v, true), ' ', var_export((float) $v, true);
    if (!is_array($v)) echo ' ', var_export((string) $v, true);
    echo ' ', count((array) $v), "\n";
}
var_dump((array) 'x', (array) null, (object) ['a' => 1, 5 => 2], (object) 'x');
foreach ((array) new C as $k => $v) echo str_replace("\0", '~', $k), '=', $v, "\n";
var_dump((int) "9999999999999999999", (int) 9.9e18, (int) NAN, (int) "1e3", (bool) "0.0", (bool) 0.0,
    (bool) NAN);
--EXPECT--
NULL: false 0 0.0 '' 0
boolean: false 0 0.0 '' 1
boolean: true 1 1.0 '1' 1
integer: false 0 0.0 '0' 1
integer: true 42 42.0 '42' 1
double: true -1 -1.9 '-1.9' 1
double: true 7766279631452241920 1.0E+20 '1.0E+20' 1
string: false 0 0.0 '' 1
string: false 0 0.0 '0' 1
string: true 12 12.0 '12abc' 1
string: true 0 0.0 'abc' 1
string: true 3 3.0 ' 3 ' 1
string: true 1 1.9 '1.9' 1
array: false 0 0.0 0
array: true 1 1.0 1
array: true 1 1.0 2
object: true 'C' 3
array(1) {
  [0]=>
  string(1) "x"
}
array(0) {
}
object(stdClass)#2 (2) {
  ["a"]=>
  int(1)
  ["5"]=>
  int(2)
}
object(stdClass)#3 (1) {
  ["scalar"]=>
  string(1) "x"
}
a=1
~*~b=2
~C~c=3
int(9223372036854775807)
int(-8546744073709551616)
int(0)
int(1000)
bool(true)
bool(false)
bool(true)
