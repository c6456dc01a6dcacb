--TEST--
Arithmetic with numeric strings
--FILE--
<?php
var_dump("5" + "5", "1.5" + 1, "1e3" + 1, " 7" + 1, "7 " + 1, "0x1A" == 26, "10" * "10");
var_dump("abc" == 0, "1" == "01", "10" == "1e1", 100 == "1e2", "abc" <=> "abd", null == false, [] == false,
    "0" == false, "" == null, "a" == "A");
var_dump("5 apples" + 1);
try {
    var_dump("apples" + 1);
} catch (TypeError $e) {
    echo get_class($e), ': ', $e->getMessage(), "\n";
}
var_dump(-"3", +"4.0", "3" . 4, 7 . '');
var_dump("9223372036854775807" + 1, "9223372036854775808" + 0);
--EXPECTF--
int(10)
float(2.5)
float(1001)
int(8)
int(8)
bool(false)
int(100)
bool(false)
bool(true)
bool(true)
bool(true)
int(-1)
bool(true)
bool(true)
bool(true)
bool(true)
bool(false)

Warning: A non-numeric value encountered in %sarithmetic_strings.php on line 5
int(6)
TypeError: Unsupported operand types: string + int
int(-3)
float(4)
string(2) "34"
string(1) "7"
float(9.223372036854776E+18)
float(9.223372036854776E+18)
