--TEST--
Compile error: Declaration of B1::f(string $x) must be compatible with I1::f(int $x)
--FILE--
<?php
echo "not reached\n";
interface I1 { function f(int $x); } class B1 implements I1 { function f(string $x) {} }
--EXPECTF--
not reached

Fatal error: Declaration of B1::f(string $x) must be compatible with I1::f(int $x) in %sdeclaration_of_b1_f_string_x_must_be_compatible_with_i1_f_in.php on line 3
