--TEST--
Compile error: Multiple readonly modifiers are not allowed
--FILE--
<?php
echo "not reached\n";
readonly readonly class A {}
--EXPECTF--
Fatal error: Multiple readonly modifiers are not allowed in %smultiple_readonly_modifiers_are_not_allowed.php on line 3
