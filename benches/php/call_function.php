<?php
// Calls of a small function.
function one(int $x): int
{
    return $x + 1;
}

function run(): int
{
    $s = 0;
    for ($i = 0; $i < 5_000_000; $i++) {
        $s = one($s);
    }
    return $s;
}
