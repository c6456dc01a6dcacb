<?php
// Multiplies matrices that are arrays of arrays.
function multiply(array $a, array $b, int $n): array
{
    $result = [];
    for ($i = 0; $i < $n; $i++) {
        $row = [];
        for ($j = 0; $j < $n; $j++) {
            $sum = 0;
            for ($k = 0; $k < $n; $k++) {
                $sum += $a[$i][$k] * $b[$k][$j];
            }
            $row[] = $sum;
        }
        $result[] = $row;
    }
    return $result;
}

function run(): int
{
    $n = 40;
    $a = $b = [];
    for ($i = 0; $i < $n; $i++) {
        for ($j = 0; $j < $n; $j++) {
            $a[$i][$j] = $i + $j;
            $b[$i][$j] = $i - $j;
        }
    }
    $c = [];
    for ($round = 0; $round < 40; $round++) {
        $c = multiply($a, $b, $n);
    }
    return $c[3][5] + $c[39][39];
}
