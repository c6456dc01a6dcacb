--TEST--
Compile error: 'break' not in the 'loop' or 'switch' context
--FILE--
<?php
echo "not reached\n";
break;
--EXPECTF--
Fatal error: 'break' not in the 'loop' or 'switch' context in %sbreak_not_in_the_loop_or_switch_context.php on line 3
