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
