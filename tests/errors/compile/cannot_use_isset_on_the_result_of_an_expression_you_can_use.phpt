--TEST--
Compile error: Cannot use isset() on the result of an expression (you can use "null !== expression" instead)
--FILE--
<?php
echo "not reached\n";
isset(1 + 1);
--EXPECTF--
Fatal error: Cannot use isset() on the result of an expression (you can use "null !== expression" instead) in %scannot_use_isset_on_the_result_of_an_expression_you_can_use.php on line 3
