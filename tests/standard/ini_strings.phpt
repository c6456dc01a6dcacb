--TEST--
parse_ini_string and locales
--FILE--
<?php
$text = "a=b\n[s]\nx[]=1\nx[k]=2\ny=on\nn=null\nz=1.5\n5=6\nbare\nq=\"a b\"\ne=E_ALL\n";
var_dump(parse_ini_string($text), parse_ini_string($text, true) == ['a' => 'b', 's' => ['x' => ['1', 'k' => '2'], 'y' => '1',
    'n' => '', 'z' => '1.5', 5 => '6', 'q' => 'a b', 'e' => (string) E_ALL]], parse_ini_string($text, true, INI_SCANNER_TYPED),
    parse_ini_string("a=on\nb='x'", false, INI_SCANNER_RAW));
var_dump(setlocale(LC_NUMERIC, 'C'), setlocale(LC_NUMERIC, ['xx', 'POSIX']) !== false, setlocale(LC_ALL, 'xx', 'yy'), localeconv()['decimal_point']);
--EXPECT--
array(8) {
  ["a"]=>
  string(1) "b"
  ["x"]=>
  array(2) {
    [0]=>
    string(1) "1"
    ["k"]=>
    string(1) "2"
  }
  ["y"]=>
  string(1) "1"
  ["n"]=>
  string(0) ""
  ["z"]=>
  string(3) "1.5"
  [5]=>
  string(1) "6"
  ["q"]=>
  string(3) "a b"
  ["e"]=>
  string(5) "30719"
}
bool(true)
array(2) {
  ["a"]=>
  string(1) "b"
  ["s"]=>
  array(7) {
    ["x"]=>
    array(2) {
      [0]=>
      int(1)
      ["k"]=>
      int(2)
    }
    ["y"]=>
    bool(true)
    ["n"]=>
    NULL
    ["z"]=>
    float(1.5)
    [5]=>
    int(6)
    ["q"]=>
    string(3) "a b"
    ["e"]=>
    string(5) "30719"
  }
}
array(2) {
  ["a"]=>
  string(2) "on"
  ["b"]=>
  string(3) "'x'"
}
string(1) "C"
bool(true)
bool(false)
string(1) "."
