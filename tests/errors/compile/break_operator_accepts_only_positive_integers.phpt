--TEST--
Compile error: 'break' operator accepts only positive integers
--FILE--
<?php
echo "not reached\n";
break 0;
--EXPECTF--
Fatal error: 'break' operator accepts only positive integers in %sbreak_operator_accepts_only_positive_integers.php on line 3
