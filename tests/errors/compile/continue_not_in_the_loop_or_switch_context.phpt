--TEST--
Compile error: 'continue' not in the 'loop' or 'switch' context
--FILE--
<?php
echo "not reached\n";
continue 2;
--EXPECTF--
Fatal error: 'continue' not in the 'loop' or 'switch' context in %scontinue_not_in_the_loop_or_switch_context.php on line 3
