--TEST--
Integer literals and overflow
--FILE--
<?php
var_dump(0x1F, 0b101, 0o17, 017, 1_000_000);
var_dump(PHP_INT_MAX, PHP_INT_MIN, PHP_INT_SIZE);
var_dump(PHP_INT_MAX + 1, PHP_INT_MIN - 1, -PHP_INT_MIN);
var_dump(9223372036854775807, 9223372036854775808, -9223372036854775808, 0xFFFFFFFFFFFFFFFF);
var_dump(PHP_INT_MAX * 2, PHP_INT_MAX * -1, 3037000500 * 3037000500);
$i = PHP_INT_MAX; $i++; var_dump($i);
$i = PHP_INT_MIN; $i--; var_dump($i);
var_dump(7 <=> 3, 3 <=> 7, 3 <=> 3);
var_dump(-7 % 3, 7 % -3, -7 % -3, PHP_INT_MIN % -1);
var_dump(intdiv(-7, 2), 7 / 2, 6 / 2, 2 ** 10, 2 ** -1, 2 ** 63, (-2) ** 63, 0 ** 0);
var_dump(1 << 3, 1 << 64, -1 >> 63, -8 >> 1, 5 & 3, 5 | 3, 5 ^ 3, ~5);
--EXPECT--
int(31)
int(5)
int(15)
int(15)
int(1000000)
int(9223372036854775807)
int(-9223372036854775808)
int(8)
float(9.223372036854776E+18)
float(-9.223372036854776E+18)
float(9.223372036854776E+18)
int(9223372036854775807)
float(9.223372036854776E+18)
float(-9.223372036854776E+18)
float(1.8446744073709552E+19)
float(1.8446744073709552E+19)
int(-9223372036854775807)
float(9.22337203700025E+18)
float(9.223372036854776E+18)
float(-9.223372036854776E+18)
int(1)
int(-1)
int(0)
int(-1)
int(1)
int(-1)
int(0)
int(-3)
float(3.5)
int(3)
int(1024)
float(0.5)
float(9.223372036854776E+18)
int(-9223372036854775808)
int(1)
int(8)
int(0)
int(-1)
int(-4)
int(1)
int(7)
int(6)
int(-6)
