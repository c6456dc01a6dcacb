<?php
// Regular expressions over lines of a log.
function run(): int
{
    $line = '127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET /index.php?id=%d HTTP/1.0" 200 2326';
    $sum = 0;
    for ($i = 0; $i < 200000; $i++) {
        if (preg_match('/^(\S+) .*\[([^\]]+)\] "(GET|POST) (\S+)[^"]*" (\d{3}) (\d+)$/', sprintf($line, $i), $m)) {
            $sum += (int) $m[6] + strlen($m[4]);
        }
    }
    return $sum;
}
