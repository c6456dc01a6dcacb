--TEST--
How floats are printed
--FILE--
<?php
foreach ([1.0, 0.1, 1/3, 1e15, 1e14, 123456789012345678.0, 1e22, 1.5e-7, -0.0, NAN, INF, -INF, 2.5e100, 1e100,
    0.1 + 0.2, 100000.0, 1.0E+25, 4.9E-324, 1.7976931348623157E+308] as $f) {
    echo $f, ' ';
    var_dump($f);
}
echo 1e3, ' ', 1.10, ' ', .5, ' ', 6.02e23, ' ', 7E-10, "\n";
echo round(3.14159, 3), ' ', floor(-1.5), ' ', 10 / 4, ' ', 10 / 5, "\n";
var_dump(0.1 + 0.7) ;
var_dump((int) ((0.1 + 0.7) * 10));
var_dump((string) 0.30000000000000004, 1.0 . '', strval(1e6), 1e6 . 'x');
var_export(1.0); echo "\n"; var_export(0.1); echo "\n"; var_export(-0.0); echo "\n";
echo json_encode([1.0, 0.1, 1e100]), "\n";
--EXPECT--
1 float(1)
0.1 float(0.1)
0.33333333333333 float(0.3333333333333333)
1.0E+15 float(1000000000000000)
1.0E+14 float(100000000000000)
1.2345678901235E+17 float(1.2345678901234568E+17)
1.0E+22 float(1.0E+22)
1.5E-7 float(1.5E-7)
-0 float(-0)
NAN float(NAN)
INF float(INF)
-INF float(-INF)
2.5E+100 float(2.5E+100)
1.0E+100 float(1.0E+100)
0.3 float(0.30000000000000004)
100000 float(100000)
1.0E+25 float(1.0E+25)
4.9406564584125E-324 float(5.0E-324)
1.7976931348623E+308 float(1.7976931348623157E+308)
1000 1.1 0.5 6.02E+23 7.0E-10
3.142 -2 2.5 2
float(0.7999999999999999)
int(7)
string(3) "0.3"
string(1) "1"
string(7) "1000000"
string(8) "1000000x"
1.0
0.1
-0.0
[1,0.1,1.0e+100]
