--TEST--
Mathematical functions
--FILE--
<?php
var_dump(abs(-5), abs(-5.5), abs('-3'), abs(PHP_INT_MIN), ceil(1.2), floor(-1.2), round(2.5), round(-2.5),
    round(3.14159, 2), round(1234.5, -2), round(5.055, 2), round(1.955, 2), round(5.5, 0,
    PHP_ROUND_HALF_EVEN), round(1.45, 1, PHP_ROUND_HALF_DOWN), round(-1.5, 0, PHP_ROUND_HALF_ODD), sqrt(16),
    sqrt(-1), pow(2, 3), pow(2, -1), pow('3', 2), pow(2, 0.5), 2 ** 3 ** 2, -2 ** 2, exp(1), log(M_E), log(8,
    2), log10(1000), log(0), sin(0), cos(M_PI), tan(M_PI_4), asin(1), acos(1), atan(1), atan2(1, -1), sinh(1),
    cosh(0), tanh(0.5), hypot(3, 4), deg2rad(180), rad2deg(M_PI), pi(), fmod(10, 3), fmod(-7.5, 2), intdiv(7,
    -2), fdiv(1, 0), fdiv(0, 0), is_nan(NAN), is_infinite(INF), is_finite(1e308), max(1, 2.5, '3'), min([4, 2,
    8]), max('apple', 'banana'), max([1, 2], [1, 3]), max(1, '1'), array_sum([0.1, 0.2, 0.3]),
    base_convert('zz', 36, 10), bindec('11111111111111111111111111111111111111111111111111111111111111111'),
    hexdec('FFFFFFFFFFFFFFFF'), decbin(-1), dechex(PHP_INT_MAX), log1p(1e-10), expm1(1e-10), fpow(2, 3));
mt_srand(42);
echo mt_rand(), ' ', mt_rand(1, 100), ' ', rand(1, 6), "\n";
mt_srand(5);
$a = [1, 2, 3, 4, 5];
shuffle($a);
echo implode($a), array_rand([1, 2, 3]), str_shuffle('abc'), "\n";
foreach (['mt_rand(5, 1)', 'log(1, 0)', 'random_int(5, 1)', 'base_convert("1", 1, 10)', 'round(1, 0, 99)',
    'max()', 'max(1)', 'min([])'] as $code) {
    try {
        var_dump(eval("return $code;"));
    } catch (Error $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; }
}
echo bindec('102'), "\n";
--EXPECTF--
int(5)
float(5.5)
int(3)
float(9.223372036854776E+18)
float(2)
float(-2)
float(3)
float(-3)
float(3.14)
float(1200)
float(5.06)
float(1.96)
float(6)
float(1.4)
float(-1)
float(4)
float(NAN)
int(8)
float(0.5)
int(9)
float(1.4142135623730951)
int(512)
int(-4)
float(2.718281828459045)
float(1)
float(3)
float(3)
float(-INF)
float(0)
float(-1)
float(0.9999999999999999)
float(1.5707963267948966)
float(0)
float(0.7853981633974483)
float(2.356194490192345)
float(1.1752011936438014)
float(1)
float(0.46211715726000974)
float(5)
float(3.141592653589793)
float(180)
float(3.141592653589793)
float(1)
float(-1.5)
int(-3)
float(INF)
float(NAN)
bool(true)
bool(true)
bool(true)
string(1) "3"
int(2)
string(6) "banana"
array(2) {
  [0]=>
  int(1)
  [1]=>
  int(3)
}
int(1)
float(0.6000000000000001)
string(4) "1295"
float(3.6893488147419103E+19)
float(1.8446744073709552E+19)
string(64) "1111111111111111111111111111111111111111111111111111111111111111"
string(16) "7fffffffffffffff"
float(9.999999999500001E-11)
float(1.00000000005E-10)
float(8)
804318771 68 5
145322cab
ValueError: mt_rand(): Argument #2 ($max) must be greater than or equal to argument #1 ($min)
ValueError: log(): Argument #2 ($base) must be greater than 0
ValueError: random_int(): Argument #1 ($min) must be less than or equal to argument #2 ($max)
ValueError: base_convert(): Argument #2 ($from_base) must be between 2 and 36 (inclusive)
ValueError: round(): Argument #3 ($mode) must be a valid rounding mode (RoundingMode::*)
ArgumentCountError: max() expects at least 1 argument, 0 given
TypeError: max(): Argument #1 ($value) must be of type array, int given
ValueError: min(): Argument #1 ($value) must contain at least one element

Deprecated: Invalid characters passed for attempted conversion, these have been ignored in %sbasics.php on line 24
2
