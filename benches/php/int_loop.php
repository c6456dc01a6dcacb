<?php
// Additions, multiplications and a mask in a counted loop.
function run(): int
{
    $s = 0;
    for ($i = 0; $i < 50_000_000; $i++) {
        $s = ($s + $i * 3) & 0xffffff;
    }
    return $s;
}
