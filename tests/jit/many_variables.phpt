--TEST--
Functions with very many variables stay in the interpreter, whatever calls them
--FILE--
<?php
$count = 12000;
$names = array_map(fn($n) => '$v' . $n, range(1, $count));
eval('function many(' . implode(',', $names) . ') { return [func_num_args(), $v1, $v' . $count . ']; }');
eval('function locals($n) { ' . implode('= $n; ', $names) . '= $n; return $v1 + $v' . $count . '; }');
eval('function looped() { ' . implode('= 1; ', $names) . '= 1; for ($i = 0; $i < 5; $i++) { $v7 += $i; } return $v7; }');
for ($i = 0; $i < 5; $i++) {
    echo implode(" ", many(...range(1, $count))), " ", locals($i), " ", looped(), "\n";
}
?>
--EXPECT--
12000 1 12000 0 11
12000 1 12000 2 11
12000 1 12000 4 11
12000 1 12000 6 11
12000 1 12000 8 11
