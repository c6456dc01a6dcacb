--TEST--
The settings precision and serialize_precision
--FILE--
<?php
ini_set('precision', 5);
echo 1/3, ' ', 123456789.0, ' ', 1e5, "\n";
ini_set('precision', 17);
echo 0.1, "\n";
ini_set('precision', -1);
echo 0.1, ' ', 1/3, "\n";
ini_set('serialize_precision', 5);
var_dump(1/3);
echo json_encode(1/3), ' ', serialize(1/3), "\n";
--EXPECT--
0.33333 1.2346E+8 1.0E+5
0.10000000000000001
0.1 0.3333333333333333
float(0.33333)
0.33333 d:0.33333;
