<?php
// Ackermann's function: deep recursion.
function ackermann($m, $n)
{
    if ($m == 0) {
        return $n + 1;
    }
    if ($n == 0) {
        return ackermann($m - 1, 1);
    }
    return ackermann($m - 1, ackermann($m, $n - 1));
}

function run(): int
{
    $s = 0;
    for ($i = 0; $i < 3; $i++) {
        $s += ackermann(3, 7);
    }
    return $s;
}
