<?php
// Fibonacci numbers by plain recursion.
function fibo(int $n): int
{
    return $n < 2 ? 1 : fibo($n - 2) + fibo($n - 1);
}

function run(): int
{
    return fibo(31);
}
