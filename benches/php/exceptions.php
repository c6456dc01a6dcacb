<?php
// Throws and catches through three calls.
function deep(int $n): int
{
    if ($n === 0) {
        throw new RuntimeException('x');
    }
    return deep($n - 1);
}

function run(): int
{
    $caught = 0;
    for ($i = 0; $i < 300000; $i++) {
        try {
            deep(3);
        } catch (RuntimeException) {
            $caught++;
        } finally {
            $caught++;
        }
    }
    return $caught;
}
