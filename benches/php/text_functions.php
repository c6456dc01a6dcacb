<?php
// What programs do with text: split, join, replace, search, format.
function run(): string
{
    $lines = [];
    for ($i = 0; $i < 2000; $i++) {
        $lines[] = sprintf('%05d;name %d;%.2f;%s', $i, $i * 7, $i / 3, str_repeat('x', $i % 5));
    }
    $csv = implode("\n", $lines);
    $hash = '';
    for ($round = 0; $round < 40; $round++) {
        $rows = [];
        foreach (explode("\n", $csv) as $line) {
            [$id, $name, $value, $rest] = explode(';', $line);
            $rows[(int) $id] = ucfirst(str_replace('name', 'item', trim($name))) . '=' . (float) $value . strtoupper($rest);
        }
        $hash = md5($hash . implode(',', $rows) . strpos($csv, '01999'));
    }
    return $hash;
}
