<?php
// Prime numbers by a sieve over an array.
function run(): int
{
    $count = 0;
    for ($round = 0; $round < 60; $round++) {
        $count = 0;
        $composite = array_fill(0, 20001, false);
        for ($i = 2; $i <= 20000; $i++) {
            if (!$composite[$i]) {
                $count++;
                for ($k = $i + $i; $k <= 20000; $k += $i) {
                    $composite[$k] = true;
                }
            }
        }
    }
    return $count;
}
