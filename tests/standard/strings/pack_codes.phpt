--TEST--
pack and unpack: every code, counts, names, and what they complain of
--FILE--
<?php
$codes = ['c', 'C', 's', 'S', 'n', 'v', 'i', 'I', 'l', 'L', 'N', 'V', 'q', 'Q', 'J', 'P'];
foreach ($codes as $code) {
    foreach ([0, 1, -2, 0x12345678, PHP_INT_MAX] as $value) {
        $bytes = pack($code, $value);
        echo $code, ' ', bin2hex($bytes), ' ', unpack($code, $bytes)[1], "\n";
    }
}
foreach (['f', 'g', 'G', 'd', 'e', 'E'] as $code) {
    $bytes = pack($code, 1.5);
    echo $code, ' ', bin2hex($bytes), ' ', unpack($code, $bytes)[1], "\n";
}
foreach (['a', 'A', 'Z', 'a2', 'A6', 'Z6', 'Z3', 'a*', 'A*', 'Z*', 'Z0', 'Z1'] as $code) {
    echo $code, ' ', bin2hex(pack($code, 'abcd')), "\n";
}
foreach (['h', 'H', 'h3', 'H3', 'h*', 'H*', 'H6'] as $code) {
    echo $code, ' ', bin2hex(pack($code, '1aF0')), "\n";
}
echo bin2hex(pack('Cx3CX2C@8Cn*', 1, 2, 3, 4, 5, 6)), "\n";
echo bin2hex(pack('H2', 'zz')), bin2hex(pack('X2C', 1)), bin2hex(pack('x*C', 1)), "\n";
echo bin2hex(pack('C', 1, 2, 3)), "\n";
var_dump(unpack('Cone/x/nword/a3text', "\1\0\2\3abc"));
var_dump(unpack('C2byte/N', "\1\2\0\0\1\0"));
var_dump(unpack('n*', "\0\1\0\2\0"));
var_dump(unpack('A6a/A*b', "ab \t\0\nrest  "), unpack('Z6a/a*b', "ab\0cdefg"));
var_dump(unpack('h3a/H*b', "\x21\x43\x65\x87"));
var_dump(unpack('Ca/X/Cb/@3/Cc', "\1\2\3\4"));
var_dump(unpack('N', "\1\2\3"), unpack('C', 'xyz', 2));
foreach ([fn() => pack('w', 1), fn() => pack('C2', 1), fn() => pack('a'), fn() => unpack('w', 'a'), fn() => unpack('C', 'a', 2)] as $bad) {
    try {
        $bad();
    } catch (ValueError $error) {
        echo $error->getMessage(), "\n";
    }
}
?>
--EXPECTF--
c 00 0
c 01 1
c fe -2
c 78 120
c ff -1
C 00 0
C 01 1
C fe 254
C 78 120
C ff 255
s 0000 0
s 0100 1
s feff -2
s 7856 22136
s ffff -1
S 0000 0
S 0100 1
S feff 65534
S 7856 22136
S ffff 65535
n 0000 0
n 0001 1
n fffe 65534
n 5678 22136
n ffff 65535
v 0000 0
v 0100 1
v feff 65534
v 7856 22136
v ffff 65535
i 00000000 0
i 01000000 1
i feffffff -2
i 78563412 305419896
i ffffffff -1
I 00000000 0
I 01000000 1
I feffffff 4294967294
I 78563412 305419896
I ffffffff 4294967295
l 00000000 0
l 01000000 1
l feffffff -2
l 78563412 305419896
l ffffffff -1
L 00000000 0
L 01000000 1
L feffffff 4294967294
L 78563412 305419896
L ffffffff 4294967295
N 00000000 0
N 00000001 1
N fffffffe 4294967294
N 12345678 305419896
N ffffffff 4294967295
V 00000000 0
V 01000000 1
V feffffff 4294967294
V 78563412 305419896
V ffffffff 4294967295
q 0000000000000000 0
q 0100000000000000 1
q feffffffffffffff -2
q 7856341200000000 305419896
q ffffffffffffff7f 9223372036854775807
Q 0000000000000000 0
Q 0100000000000000 1
Q feffffffffffffff -2
Q 7856341200000000 305419896
Q ffffffffffffff7f 9223372036854775807
J 0000000000000000 0
J 0000000000000001 1
J fffffffffffffffe -2
J 0000000012345678 305419896
J 7fffffffffffffff 9223372036854775807
P 0000000000000000 0
P 0100000000000000 1
P feffffffffffffff -2
P 7856341200000000 305419896
P ffffffffffffff7f 9223372036854775807
f 0000c03f 1.5
g 0000c03f 1.5
G 3fc00000 1.5
d 000000000000f83f 1.5
e 000000000000f83f 1.5
E 3ff8000000000000 1.5
a 61
A 61
Z 00
a2 6162
A6 616263642020
Z6 616263640000
Z3 616200
a* 61626364
A* 61626364
Z* 6162636400
Z0 
Z1 00
h 01
H 10
h3 a10f
H3 1af0
h* a10f
H* 1af0
H6 
Warning: pack(): Type H: not enough characters in string in %spack_codes.php on line 17
1af0
01000003000000000400050006

Warning: pack(): Type H: illegal hex digit z in %spack_codes.php on line 20

Warning: pack(): Type H: illegal hex digit z in %spack_codes.php on line 20
00
Warning: pack(): Type X: outside of string in %spack_codes.php on line 20
01
Warning: pack(): Type x: '*' ignored in %spack_codes.php on line 20
0001

Warning: pack(): 2 arguments unused in %spack_codes.php on line 21
01
array(3) {
  ["one"]=>
  int(1)
  ["word"]=>
  int(515)
  ["text"]=>
  string(3) "abc"
}
array(3) {
  ["byte1"]=>
  int(1)
  ["byte2"]=>
  int(2)
  [1]=>
  int(256)
}
array(2) {
  [1]=>
  int(1)
  [2]=>
  int(2)
}
array(2) {
  ["a"]=>
  string(2) "ab"
  ["b"]=>
  string(4) "rest"
}
array(2) {
  ["a"]=>
  string(2) "ab"
  ["b"]=>
  string(2) "fg"
}
array(2) {
  ["a"]=>
  string(3) "123"
  ["b"]=>
  string(4) "6587"
}
array(3) {
  ["a"]=>
  int(1)
  ["b"]=>
  int(1)
  ["c"]=>
  int(4)
}

Warning: unpack(): Type N: not enough input values, need 4 values but only 3 were provided in %spack_codes.php on line 28
bool(false)
array(1) {
  [1]=>
  int(122)
}
Type w: unknown format code
Type C: too few arguments
Type a: not enough arguments
Invalid format type w
unpack(): Argument #3 ($offset) must be contained in argument #2 ($data)
