--TEST--
Internet addresses as text, numbers and bytes
--FILE--
<?php
foreach (['127.0.0.1', '255.255.255.255', '0.0.0.0', '1.2.3', '1.2.3.256', '', 'x', '01.2.3.4'] as $ip) {
    echo $ip, ' ';
    var_dump(ip2long($ip));
}
foreach ([0, 1, 2130706433, -1, 1 << 40] as $number) {
    echo long2ip($number), "\n";
}
foreach (['127.0.0.1', '::1', '2001:db8::ff00:42:8329', '::ffff:1.2.3.4', 'bad'] as $ip) {
    $bytes = inet_pton($ip);
    var_dump($bytes === false ? false : bin2hex($bytes) . ' ' . inet_ntop($bytes));
}
var_dump(@inet_ntop('abc'));
?>
--EXPECTF--
127.0.0.1 int(2130706433)
255.255.255.255 int(4294967295)
0.0.0.0 int(0)
1.2.3 bool(false)
1.2.3.256 bool(false)
 bool(false)
x bool(false)
01.2.3.4 bool(false)
0.0.0.0
0.0.0.1
127.0.0.1
255.255.255.255
0.0.0.0
string(18) "7f000001 127.0.0.1"
string(36) "00000000000000000000000000000001 ::1"
string(55) "20010db8000000000000ff0000428329 2001:db8::ff00:42:8329"
string(47) "00000000000000000000ffff01020304 ::ffff:1.2.3.4"
bool(false)
bool(false)
