--TEST--
getopt: short and long options, values, repetitions, where it stops
--ARGS--
-a -b one -ctwo -c --foo --bar=1 --bar 2 --opt --opt=x --unknown -v -v=3 -- rest -a
--FILE--
<?php
var_dump(getopt('ab:c::v', ['foo', 'bar:', 'opt::'], $rest), $rest);
var_dump(getopt('', ['foo'], $rest), $rest, getopt(''));
?>
--EXPECT--
array(7) {
  ["a"]=>
  bool(false)
  ["b"]=>
  string(3) "one"
  ["c"]=>
  array(2) {
    [0]=>
    string(3) "two"
    [1]=>
    bool(false)
  }
  ["foo"]=>
  bool(false)
  ["bar"]=>
  array(2) {
    [0]=>
    string(1) "1"
    [1]=>
    string(1) "2"
  }
  ["opt"]=>
  array(2) {
    [0]=>
    bool(false)
    [1]=>
    string(1) "x"
  }
  ["v"]=>
  array(2) {
    [0]=>
    bool(false)
    [1]=>
    bool(false)
  }
}
int(16)
array(0) {
}
int(3)
array(0) {
}
