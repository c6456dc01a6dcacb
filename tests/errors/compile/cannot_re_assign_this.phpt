--TEST--
Compile error: Cannot re-assign $this
--FILE--
<?php
echo "not reached\n";
$this = 1;
--EXPECTF--
Fatal error: Cannot re-assign $this in %scannot_re_assign_this.php on line 3
