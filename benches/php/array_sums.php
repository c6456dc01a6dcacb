<?php
// Adds one array onto another, element by element, backwards.
function run(): int
{
    $n = 2000;
    $x = $y = [];
    for ($i = 0; $i < $n; $i++) {
        $x[$i] = $i + 1;
        $y[$i] = 0;
    }
    for ($k = 0; $k < 1000; $k++) {
        for ($i = $n - 1; $i >= 0; $i--) {
            $y[$i] += $x[$i];
        }
    }
    return $y[0] + $y[$n - 1];
}
