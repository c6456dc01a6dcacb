<?php
// Counts words under string keys.
function run(): int
{
    $words = [];
    for ($i = 0; $i < 500; $i++) {
        $words["word_$i"] = $i;
    }
    $sums = [];
    for ($round = 0; $round < 2000; $round++) {
        foreach ($words as $word => $value) {
            $sums[$word] = ($sums[$word] ?? 0) + $value;
        }
    }
    return $sums['word_499'] + count($sums);
}
