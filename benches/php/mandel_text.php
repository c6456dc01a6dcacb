<?php
// The Mandelbrot set as text, each point by one loop with its condition at the head.
function run(): string
{
    $text = '';
    for ($row = 0; $row < 120; $row++) {
        for ($column = 0; $column < 300; $column++) {
            $re = $column / 100 - 2.2;
            $im = $row / 50 - 1.2;
            for ($x = $y = 0.0, $k = 0; $k < 100 && $x * $x + $y * $y < 4.0; $k++) {
                [$x, $y] = [$x * $x - $y * $y + $re, 2 * $x * $y + $im];
            }
            $text .= $k === 100 ? '#' : '.:-=+*%@'[$k % 8];
        }
    }
    return md5($text);
}
