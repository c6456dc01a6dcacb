--TEST--
Quantities in settings
--FILE--
<?php
foreach (['', '1', '1K', '1 M', '08', '1KB', 'abc', '1X', '99999999999999999999', '9223372036854775807K', '5 5', '0x', '0b',
    '0xG', '-', '1.5M', 'M', '0b2', '12kk', '1e3', '0x1G', "1\0K", '-99999999999999999999', '0o8', ' ', '0x 1', '- 5', "1k\n",
    '0x7FFFFFFFFFFFFFFF', '0xFFFFFFFFFFFFFFFF', '-0x10', '1_000', '+-1', "1\x80x"] as $text) {
    echo '[', addcslashes($text, "\0..\37\200..\377"), '] ';
    var_dump(ini_parse_quantity($text));
}
ini_set('memory_limit', '1Gx');
--EXPECTF--
[] int(0)
[1] int(1)
[1K] int(1024)
[1 M] int(1048576)
[08] 
Warning: Invalid quantity "08": unknown multiplier "8", interpreting as "0" for backwards compatibility in %squantities.php on line 6
int(0)
[1KB] 
Warning: Invalid quantity "1KB": unknown multiplier "B", interpreting as "1" for backwards compatibility in %squantities.php on line 6
int(1)
[abc] 
Warning: Invalid quantity "abc": no valid leading digits, interpreting as "0" for backwards compatibility in %squantities.php on line 6
int(0)
[1X] 
Warning: Invalid quantity "1X": unknown multiplier "X", interpreting as "1" for backwards compatibility in %squantities.php on line 6
int(1)
[99999999999999999999] 
Warning: Invalid quantity "99999999999999999999": value is out of range, using overflow result for backwards compatibility in %squantities.php on line 6
int(-1)
[9223372036854775807K] 
Warning: Invalid quantity "9223372036854775807K": value is out of range, using overflow result for backwards compatibility in %squantities.php on line 6
int(-1024)
[5 5] 
Warning: Invalid quantity "5 5": unknown multiplier "5", interpreting as "5 " for backwards compatibility in %squantities.php on line 6
int(5)
[0x] 
Warning: Invalid quantity "0x": no digits after base prefix, interpreting as "0" for backwards compatibility in %squantities.php on line 6
int(0)
[0b] 
Warning: Invalid quantity "0b": no digits after base prefix, interpreting as "0" for backwards compatibility in %squantities.php on line 6
int(0)
[0xG] 
Warning: Invalid quantity "0xG": no valid leading digits, interpreting as "0" for backwards compatibility in %squantities.php on line 6
int(0)
[-] 
Warning: Invalid quantity "-": no valid leading digits, interpreting as "0" for backwards compatibility in %squantities.php on line 6
int(0)
[1.5M] 
Warning: Invalid quantity "1.5M", interpreting as "1M" for backwards compatibility in %squantities.php on line 6
int(1048576)
[M] 
Warning: Invalid quantity "M": no valid leading digits, interpreting as "0" for backwards compatibility in %squantities.php on line 6
int(0)
[0b2] 
Warning: Invalid quantity "0b2": no valid leading digits, interpreting as "0" for backwards compatibility in %squantities.php on line 6
int(0)
[12kk] 
Warning: Invalid quantity "12kk", interpreting as "12k" for backwards compatibility in %squantities.php on line 6
int(12288)
[1e3] 
Warning: Invalid quantity "1e3": unknown multiplier "3", interpreting as "1" for backwards compatibility in %squantities.php on line 6
int(1)
[0x1G] int(1073741824)
[1\000K] 
Warning: Invalid quantity "1\x00K", interpreting as "1K" for backwards compatibility in %squantities.php on line 6
int(1024)
[-99999999999999999999] 
Warning: Invalid quantity "-99999999999999999999": value is out of range, using overflow result for backwards compatibility in %squantities.php on line 6
int(-1)
[0o8] 
Warning: Invalid quantity "0o8": no valid leading digits, interpreting as "0" for backwards compatibility in %squantities.php on line 6
int(0)
[ ] int(0)
[0x 1] 
Warning: Invalid quantity "0x 1": no digits after base prefix, interpreting as "0" for backwards compatibility in %squantities.php on line 6
int(0)
[- 5] 
Warning: Invalid quantity "- 5": no valid leading digits, interpreting as "0" for backwards compatibility in %squantities.php on line 6
int(0)
[1k\n] int(1024)
[0x7FFFFFFFFFFFFFFF] int(9223372036854775807)
[0xFFFFFFFFFFFFFFFF] 
Warning: Invalid quantity "0xFFFFFFFFFFFFFFFF": value is out of range, using overflow result for backwards compatibility in %squantities.php on line 6
int(-1)
[-0x10] int(-16)
[1_000] 
Warning: Invalid quantity "1_000": unknown multiplier "0", interpreting as "1" for backwards compatibility in %squantities.php on line 6
int(1)
[+-1] 
Warning: Invalid quantity "+-1": no valid leading digits, interpreting as "0" for backwards compatibility in %squantities.php on line 6
int(0)
[1\200x] 
Warning: Invalid quantity "1\x80x": unknown multiplier "x", interpreting as "1" for backwards compatibility in %squantities.php on line 6
int(1)

Warning: Invalid "memory_limit" setting. Invalid quantity "1Gx": unknown multiplier "x", interpreting as "1" for backwards compatibility in %squantities.php on line 8

Warning: Failed to set memory limit to 1 bytes (Current memory usage is 2097152 bytes) in %squantities.php on line 8
