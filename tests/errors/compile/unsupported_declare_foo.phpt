--TEST--
Compile error: Unsupported declare 'foo'
--FILE--
<?php
echo "not reached\n";
declare(foo=1);
--EXPECTF--
Warning: Unsupported declare 'foo' in %sunsupported_declare_foo.php on line 3
not reached
