--TEST--
Division and modulo by zero
--FILE--
<?php
foreach (['1 / 0', '1 % 0', 'intdiv(1, 0)', '1.0 / 0.0', '5 % 0.5', 'intdiv(PHP_INT_MIN, -1)', '1 << -1',
    '0 ** -1'] as $code) {
    try {
        var_dump(eval("return $code;"));
    } catch (Error $e) {
        echo get_class($e), ': ', $e->getMessage(), "\n";
    }
}
--EXPECTF--
DivisionByZeroError: Division by zero
DivisionByZeroError: Modulo by zero
DivisionByZeroError: Division by zero
DivisionByZeroError: Division by zero

Deprecated: Implicit conversion from float 0.5 to int loses precision in %sdivision_by_zero.php(5) : eval()'d code on line 1
DivisionByZeroError: Modulo by zero
ArithmeticError: Division of PHP_INT_MIN by -1 is not an integer
ArithmeticError: Bit shift by negative number

Deprecated: Power of base 0 and negative exponent is deprecated in %sdivision_by_zero.php(5) : eval()'d code on line 1
float(INF)
