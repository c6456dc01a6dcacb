--TEST--
Trimming
--FILE--
<?php
var_dump(trim("  \t\n\r\0\x0Bx y \n"), ltrim('0012', '0'), rtrim('1.500', '0'), trim('abcxa', 'a..c'),
    trim('[x]', '[]'), chop("x\n"), rtrim('xaab', 'a..b'), trim('', 'a'));
var_dump(trim('abc', 'a..'), trim('a.b', 'b..a'));
--EXPECTF--
string(3) "x y"
string(2) "12"
string(3) "1.5"
string(1) "x"
string(1) "x"
string(1) "x"
string(1) "x"
string(0) ""

Warning: trim(): Invalid '..'-range, no character to the right of '..' in %strim.php on line 4

Warning: trim(): Invalid '..'-range, '..'-range needs to be incrementing in %strim.php on line 4
string(2) "bc"
string(0) ""
