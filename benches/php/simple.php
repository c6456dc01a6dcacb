<?php
// An empty loop with a counter beside its own.
function run(): int
{
    $a = 0;
    for ($i = 0; $i < 10_000_000; $i++) {
        $a++;
    }
    $extra = 0;
    for ($i = 0; $i < 10_000_000; $i++) {
        if ($i % 20 === 0) {
            $extra++;
        }
    }
    return $a + $extra;
}
