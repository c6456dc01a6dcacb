--TEST--
Loops with break, continue and alternative syntax
--FILE--
<?php
for ($i = 0, $j = 10; $i < $j; $i += 3, $j--) echo "$i-$j ";
echo "\n";
$i = 0; while (true) { if ($i++ > 5) break; if ($i % 2) continue; echo $i; } echo "\n";
do { echo $i--; } while ($i > 4); echo "\n";
for ($a = 0; $a < 3; $a++) {
    for ($b = 0; $b < 3; $b++) { if ($b == 1) continue 2; if ($a == 2) break 2; echo "$a$b "; }
}
echo "\n";
foreach ([1, 2] as $x): if ($x == 1): echo 'one'; elseif ($x == 2): echo 'two'; else: endif; endforeach;
for ($k = 0; $k < 2; $k++): echo $k; endfor; while ($k-- > 0): echo $k; endwhile; echo "\n";
switch (3) {
    case 1: echo 'no';
    case '3': echo 'three';
    case 4: echo 'fall';
    break;
    default: echo 'default';
}
echo "\n";
switch ('x'): case 0: echo 'zero'; break; default: echo 'def'; case 5: echo 'five'; endswitch; echo "\n";
foreach ([1, 2, 3] as $v) { switch ($v) { case 2: continue 2; } echo $v; } echo "\n";
for (;;) { break; }
$n = 3; a: echo $n; if (--$n) goto a; echo "\n";
--EXPECT--
0-10 3-9 6-8 
246
765
00 10 
onetwo0110
threefall
deffive
13
321
