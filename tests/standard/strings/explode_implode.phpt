--TEST--
Splitting and joining
--FILE--
<?php
var_dump(explode(',', 'a,b,,c'), explode(',', ''), explode(',', 'a,b,c', 2), explode(',', 'a,b,c', -1),
    explode(',', 'abc', -1), explode(', ', 'a, b', 0), implode(',', [1, null, true, false, 1.5, 'x']),
    implode([1, 2]), implode(',', []), join('-', ['a' => 1, 'b' => 2]));
try { explode('', 'a'); } catch (ValueError $e) { echo $e->getMessage(), "\n"; }
try { implode('x', 'y'); } catch (TypeError $e) { echo $e->getMessage(), "\n"; }
echo implode(',', [[1], 'x']), "\n";
$tok = strtok('a b  c', ' '); while ($tok !== false) { echo "[$tok]"; $tok = strtok(' '); } echo "\n";
var_dump(str_getcsv('a,"b ""q""",c d,,"x' . "\n" . 'y"', escape: '\\'), sscanf('age: 25 name: Bob',
    'age: %d name: %s'), sscanf('12 apples', '%d %s %s'), sscanf('abc', '%[a-b]%c'),
    parse_str('a=1&b[]=2&b[]=3&c[k]=v&d.e=f', $r), $r);
--EXPECTF--
array(4) {
  [0]=>
  string(1) "a"
  [1]=>
  string(1) "b"
  [2]=>
  string(0) ""
  [3]=>
  string(1) "c"
}
array(1) {
  [0]=>
  string(0) ""
}
array(2) {
  [0]=>
  string(1) "a"
  [1]=>
  string(3) "b,c"
}
array(2) {
  [0]=>
  string(1) "a"
  [1]=>
  string(1) "b"
}
array(0) {
}
array(1) {
  [0]=>
  string(4) "a, b"
}
string(11) "1,,1,,1.5,x"
string(2) "12"
string(0) ""
string(3) "1-2"
explode(): Argument #1 ($separator) must not be empty
implode(): Argument #2 ($array) must be of type ?array, string given

Warning: Array to string conversion in %sexplode_implode.php on line 7
Array,x
[a][b][c]
array(5) {
  [0]=>
  string(1) "a"
  [1]=>
  string(5) "b "q""
  [2]=>
  string(3) "c d"
  [3]=>
  string(0) ""
  [4]=>
  string(3) "x
y"
}
array(2) {
  [0]=>
  int(25)
  [1]=>
  string(3) "Bob"
}
array(3) {
  [0]=>
  int(12)
  [1]=>
  string(6) "apples"
  [2]=>
  NULL
}
array(2) {
  [0]=>
  string(2) "ab"
  [1]=>
  string(1) "c"
}
NULL
array(4) {
  ["a"]=>
  string(1) "1"
  ["b"]=>
  array(2) {
    [0]=>
    string(1) "2"
    [1]=>
    string(1) "3"
  }
  ["c"]=>
  array(1) {
    ["k"]=>
    string(1) "v"
  }
  ["d_e"]=>
  string(1) "f"
}
