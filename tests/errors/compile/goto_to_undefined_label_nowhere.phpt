--TEST--
Compile error: 'goto' to undefined label 'nowhere'
--FILE--
<?php
echo "not reached\n";
goto nowhere;
--EXPECTF--
Fatal error: 'goto' to undefined label 'nowhere' in %sgoto_to_undefined_label_nowhere.php on line 3
