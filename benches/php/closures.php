<?php
// Closures, arrow functions and callbacks of built-in functions.
function run(): int
{
    $add = function (int $n) { return fn(int $x) => $x + $n; };
    $three = $add(3);
    $sum = 0;
    $list = range(1, 100);
    for ($i = 0; $i < 20000; $i++) {
        $sum = $three($sum) & 0xffff;
        $sum += array_sum(array_map($three, array_filter($list, fn($x) => $x % 2 === 0))) % 5;
    }
    return $sum;
}
