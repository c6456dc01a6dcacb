<?php
$cases = [
    'concat' => '$s = "x"; while (true) { $s .= $s; }',
    'array' => '$a = []; while (true) { $a[] = [1, 2]; }',
    'hash' => '$a = []; $i = 0; while (true) { $a["k" . $i++] = 1; }',
    'objects' => '$a = []; while (true) { $a[] = new stdClass; }',
    'properties' => '$o = new stdClass; $i = 0; while (true) { $o->{"p" . $i++} = 1; }',
    'closures' => '$a = []; while (true) { $x = 1; $a[] = function () use ($x) {}; }',
    'generators' => 'function g() { yield 1; } $a = []; while (true) { $g = g(); $g->current(); $a[] = $g; }',
    'references' => '$a = []; while (true) { $x = 1; $a[] = &$x; unset($x); }',
    'recursion' => 'function f($n) { return f($n + 1) + 1; } f(0);',
    'method' => 'class A { function f() { return $this->f() + 1; } } (new A)->f();',
    'buffer' => 'ob_start(); while (true) echo "0123456789abcdef";',
    'str_repeat' => 'str_repeat("x", 1 << 30);',
    'str_pad' => 'str_pad("x", 1 << 30);',
    'range' => 'range(1, 100000000);',
    'array_fill' => 'array_fill(0, 100000000, 1);',
    'array_pad' => 'array_pad([], 100000000, 1);',
    'explode' => 'explode(",", str_repeat("a,", 3000000));',
    'str_split' => 'str_split(str_repeat("a", 3000000));',
    'implode' => 'implode(str_repeat("x", 1000), array_fill(0, 100000, 1));',
    'preg_match_all' => 'preg_match_all("/a/", str_repeat("ab", 2000000), $m);',
    'preg_replace' => 'preg_replace("/a/", str_repeat("b", 100), str_repeat("a", 500000));',
    'preg_split' => 'preg_split("/,/", str_repeat("a,", 2000000));',
    'json_decode' => 'json_decode("[" . str_repeat("1,", 3000000) . "1]");',
    'spl list' => '$l = new SplDoublyLinkedList; while (true) { $l->push(1); }',
    'spl heap' => '$h = new SplMinHeap; $i = 0; while (true) { $h->insert($i++); }',
    'spl fixed' => 'new SplFixedArray(100000000);',
    'spl objects' => '$s = new SplObjectStorage; while (true) { $s->attach(new stdClass); }',
];
$php = escapeshellarg(PHP_BINARY) . ' -n -d memory_limit=16M -d display_errors=1 -r ';
foreach ($cases as $name => $code) {
    $output = shell_exec("$php " . escapeshellarg("echo 'begin'; $code") . '; echo "exit $?"');
    echo "$name: ", preg_replace('/allocate \d+/', 'allocate N', str_replace("\n", ' ', $output)), "\n";
}
?>
