<?php
// Builds a long string piece by piece.
function run(): int
{
    $length = 0;
    for ($round = 0; $round < 10; $round++) {
        $text = '';
        for ($i = 0; $i < 300000; $i++) {
            $text .= "hello $i\n";
        }
        $length += strlen($text);
    }
    return $length;
}
