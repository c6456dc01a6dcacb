<?php
// Calls of small built-in functions.
function run(): int
{
    $s = 0;
    $text = 'hello';
    for ($i = 0; $i < 5_000_000; $i++) {
        $s += strlen($text) + abs(-$i) % 7 + ord($text);
    }
    return $s;
}
