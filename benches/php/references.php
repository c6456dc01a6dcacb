<?php
// Changes an array through references and by-reference arguments.
function bump(array &$list, int $at): void
{
    $list[$at]++;
}

function run(): int
{
    $list = array_fill(0, 100, 0);
    for ($i = 0; $i < 2_000_000; $i++) {
        bump($list, $i % 100);
    }
    foreach ($list as &$value) {
        $value *= 2;
    }
    unset($value);
    return array_sum($list);
}
