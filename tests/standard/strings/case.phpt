--TEST--
Changing case
--FILE--
<?php
var_dump(strtoupper('abcÄß'), strtolower('ABCÄ'), ucfirst('hello world'), ucfirst(''), lcfirst('ABC'),
    ucwords('hello world-foo bar_baz'), ucwords('hello-world foo', '-'), ucwords(''));
--EXPECT--
string(7) "ABCÄß"
string(5) "abcÄ"
string(11) "Hello world"
string(0) ""
string(3) "aBC"
string(23) "Hello World-foo Bar_baz"
string(15) "Hello-World foo"
string(0) ""
