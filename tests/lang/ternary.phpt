--TEST--
Conditional operators and short circuits
--FILE--
<?php
function t($x) { echo "[$x]"; return $x; }
echo t(1) ?: t(2), "\n", t(0) ?: t(2), "\n", t(1) ? t('a') : t('b'), "\n";
var_dump(t(0) && t(1), t(1) || t(0), t(1) and t(2), t(0) xor t(1), !t(0));
$x = true and false; var_dump($x);
echo (1 ? 'a' : (0 ? 'b' : 'c')), "\n";
echo null ?? 0 ?: 'z', "\n";
--EXPECT--
[1]1
[0][2]2
[1][a]a
[0][1][1][2][0][1][0]bool(false)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
a
z
