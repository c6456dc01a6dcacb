--TEST--
Compile error: Constant expression contains invalid operations
--FILE--
<?php
echo "not reached\n";
const A = f();
--EXPECTF--
Fatal error: Constant expression contains invalid operations in %sconstant_expression_contains_invalid_operations.php on line 3
