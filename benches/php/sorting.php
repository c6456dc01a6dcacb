<?php
// Sorts with and without a callback.
function run(): int
{
    $sum = 0;
    for ($round = 0; $round < 20; $round++) {
        $list = [];
        $x = 12345;
        for ($i = 0; $i < 20000; $i++) {
            $x = ($x * 1103515245 + 12345) & 0x7fffffff;
            $list[] = $x;
        }
        $other = $list;
        sort($list);
        usort($other, fn($a, $b) => $b <=> $a);
        $sum += $list[10] + $other[10];
    }
    return $sum;
}
