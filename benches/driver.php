<?php
// Runs one bench and prints how long it took in nanoseconds, and what it computed.
// Usage: driver.php FILE
require $argv[1];
$start = hrtime(true);
$result = run();
$time = hrtime(true) - $start;
echo $time, ' ', json_encode($result), "\n";
