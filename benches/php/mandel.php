<?php
// The Mandelbrot set in floats, with a nested loop that is left early.
function run(): int
{
    $sum = 0;
    for ($y = -1.3; $y < 1.3; $y += 0.01) {
        for ($x = -2.1; $x < 0.9; $x += 0.01) {
            $a = $b = 0.0;
            $n = 0;
            while ($n < 80) {
                $aa = $a * $a;
                $bb = $b * $b;
                if ($aa + $bb > 4.0) {
                    break;
                }
                $b = 2.0 * $a * $b + $y;
                $a = $aa - $bb + $x;
                $n++;
            }
            $sum += $n;
        }
    }
    return $sum;
}
