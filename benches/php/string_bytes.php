<?php
// Looks at each byte of a string.
function run(): int
{
    $text = str_repeat('The quick brown fox jumps over the lazy dog. ', 20000);
    $vowels = 0;
    for ($i = 0, $n = strlen($text); $i < $n; $i++) {
        $c = $text[$i];
        if ($c === 'a' || $c === 'e' || $c === 'i' || $c === 'o' || $c === 'u') {
            $vowels++;
        }
    }
    return $vowels;
}
