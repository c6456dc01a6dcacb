<?php
// Hash tables with hexadecimal keys.
function run(): int
{
    $count = 0;
    for ($round = 0; $round < 10; $round++) {
        $table = [];
        for ($i = 0; $i < 50000; $i++) {
            $table[dechex($i)] = $i;
        }
        for ($i = 50000; $i > 0; $i--) {
            if (isset($table[$i])) {
                $count++;
            }
        }
    }
    return $count;
}
