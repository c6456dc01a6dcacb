--TEST--
An uncaught error in nested calls
--FILE--
<?php
class C { static function run(callable $f) { return $f(); } }
C::run(function () { $x = null; return $x->method(1, 'two'); });
--EXPECTF--
Fatal error: Uncaught Error: Call to a member function method() on null in %suncaught_error.php:3
Stack trace:
#0 %suncaught_error.php(2): {closure:%suncaught_error.php:3}()
#1 %suncaught_error.php(3): C::run(Object(Closure))
#2 {main}
  thrown in %suncaught_error.php on line 3
