--TEST--
By-reference arguments from calls and literals
--FILE--
<?php
function f(&$x) { $x = 1; return $x; }
function g() { return [3, 1, 2]; }
echo end(explode(',', 'a,b')), "\n";
f(g());
try { eval('f(5);'); } catch (Error $e) { echo $e->getMessage(), "\n"; }
$name = 'f';
try { $name(5); } catch (Error $e) { echo $e->getMessage(), "\n"; }
call_user_func('f', 5);
call_user_func_array('f', [&$z]); var_dump($z);
--EXPECTF--
Notice: Only variables should be passed by reference in %sreference_args.php on line 4
b

Notice: Only variables should be passed by reference in %sreference_args.php on line 5
f(): Argument #1 ($x) could not be passed by reference
f(): Argument #1 ($x) could not be passed by reference

Warning: f(): Argument #1 ($x) must be passed by reference, value given in %sreference_args.php on line 9
int(1)
