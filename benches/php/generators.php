<?php
// A chain of generators.
function numbers(int $n): Generator
{
    for ($i = 0; $i < $n; $i++) {
        yield $i;
    }
}

function odd(iterable $source): Generator
{
    foreach ($source as $value) {
        if ($value & 1) {
            yield $value;
        }
    }
}

function run(): int
{
    $sum = 0;
    foreach (odd(numbers(3_000_000)) as $value) {
        $sum += $value;
    }
    return $sum;
}
