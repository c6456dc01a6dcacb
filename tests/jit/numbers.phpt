--TEST--
Ints that become floats, counters at the ends of their range, shifts and divisions in compiled loops
--FILE--
<?php
function sums($start, $step, $times) { $s = $start; for ($i = 0; $i < $times; $i++) { $s += $step; } return $s; }
function product($x, $times) { for ($i = 0; $i < $times; $i++) { $x = $x * 3; } return $x; }
function down($from) { $s = 0; for ($i = $from; $i > $from - 80; $i--) { $s ^= $i; } return $s; }
function up($from) { $c = 0; for ($i = $from; $i < PHP_INT_MAX; $i++) { $c++; } return $c; }
function overUp($from) { $c = 0; for ($i = $from; $c < 100; $i++) { $c++; } return $i; }
function mods($n) { $s = 0; for ($i = 1; $i < $n; $i++) { $s += 1000 % $i; $s += -7 % $i; } return $s; }
function divs($n) { $s = 0; for ($i = 1; $i < $n; $i++) { $s += 7 / 2; $s += $i / 4; } return $s; }
function shifts($n) { $s = 0; for ($i = 0; $i < $n; $i++) { $s ^= (1 << ($i & 63)) >> ($i & 7); } return $s; }
function mix($n) { $s = 0; for ($i = 0; $i < $n; $i++) { $s = ($s + $i * 3) & 0xffffff; } return $s; }
function mixed($n) { $x = 0; for ($i = 0; $i < $n; $i++) { $x = $i < 70 ? $x + 1 : $x + 0.5; } return $x; }
function nan($n) { $x = 0.0; $c = 0; for ($i = 0; $i < $n; $i++) { if ($i == 80) { $x = NAN; } if ($x < 1) { $c++; } if ($x != $x) { $c += 100; } } return $c; }
function negative($n) { $s = 0; for ($i = -$n; $i < $n; $i++) { $s += $i * $i; } return $s; }

for ($round = 0; $round < 2; $round++) {
    var_dump(sums(0, 2, 100), sums(PHP_INT_MAX - 150, 2, 100), sums(PHP_INT_MIN + 150, -2, 100), sums(0, 0.5, 100));
    var_dump(product(1, 39), product(1, 45), product(1.5, 90));
    var_dump(down(100), down(PHP_INT_MIN + 100), down(40));
    var_dump(up(PHP_INT_MAX - 90), overUp(PHP_INT_MAX - 90), overUp(5));
    var_dump(mods(90), divs(90), shifts(200), mix(500), mixed(100), nan(100), negative(90));
}
foreach ([0, -1] as $divisor) {
    try {
        for ($i = 0, $s = 0; $i < 90; $i++) {
            $s += PHP_INT_MIN % ($i < 80 ? 7 : $divisor);
        }
        var_dump($s);
    } catch (DivisionByZeroError $e) {
        echo $e->getMessage(), "\n";
    }
}
try {
    for ($i = 0, $s = 0; $i < 90; $i++) {
        $s += 1 << ($i < 80 ? 3 : 70 - $i);
    }
} catch (ArithmeticError $e) {
    echo $e->getMessage(), " ", $s, "\n";
}
--EXPECT--
int(200)
float(9.223372036854776E+18)
float(-9.223372036854776E+18)
float(50)
int(4052555153018976267)
float(2.954312706550834E+21)
float(1.3091945352131569E+43)
int(112)
int(112)
int(-16)
int(90)
float(9.223372036854776E+18)
int(105)
int(1368)
float(1312.75)
int(-144115188075855872)
int(374250)
float(85)
int(2080)
int(486030)
int(200)
float(9.223372036854776E+18)
float(-9.223372036854776E+18)
float(50)
int(4052555153018976267)
float(2.954312706550834E+21)
float(1.3091945352131569E+43)
int(112)
int(112)
int(-16)
int(90)
float(9.223372036854776E+18)
int(105)
int(1368)
float(1312.75)
int(-144115188075855872)
int(374250)
float(85)
int(2080)
int(486030)
Modulo by zero
int(-80)
Bit shift by negative number 640
