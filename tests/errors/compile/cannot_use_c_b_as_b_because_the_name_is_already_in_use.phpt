--TEST--
Compile error: Cannot use C\B as B because the name is already in use
--FILE--
<?php
echo "not reached\n";
use A\B; use C\B;
--EXPECTF--
Fatal error: Cannot use C\B as B because the name is already in use in %scannot_use_c_b_as_b_because_the_name_is_already_in_use.php on line 3
