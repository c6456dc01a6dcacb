<?php
// Heapsort of pseudo-random floats.
function heapsort(array &$a, int $n): void
{
    $l = intdiv($n, 2) + 1;
    $r = $n;
    while (true) {
        if ($l > 1) {
            $value = $a[--$l];
        } else {
            $value = $a[$r];
            $a[$r] = $a[1];
            if (--$r === 1) {
                $a[1] = $value;
                return;
            }
        }
        $i = $l;
        $j = $l * 2;
        while ($j <= $r) {
            if ($j < $r && $a[$j] < $a[$j + 1]) {
                $j++;
            }
            if ($value >= $a[$j]) {
                break;
            }
            $a[$i] = $a[$j];
            $i = $j;
            $j *= 2;
        }
        $a[$i] = $value;
    }
}

function run(): float
{
    $last = 42;
    $a = [];
    for ($i = 1; $i <= 200000; $i++) {
        $last = ($last * 3877 + 29573) % 139968;
        $a[$i] = $last / 139968;
    }
    heapsort($a, 200000);
    return $a[1000] + $a[200000];
}
