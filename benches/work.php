<?php
// Runs one bench again and again for some time; prints how often it was done, and in how many nanoseconds.
// Usage: work.php FILE SECONDS
require $argv[1];
run();
$start = hrtime(true);
$end = $start + (int) ($argv[2] * 1e9);
$count = 0;
do {
    run();
    $count++;
} while (hrtime(true) < $end);
echo 'work ', $count, ' ', hrtime(true) - $start, "\n";
