--TEST--
Dates and times
--FILE--
<?php
date_default_timezone_set('UTC');
$t = 1700000000;
echo date('Y-m-d H:i:s D N jS z t L o W F m M n y a A B g G h u v e I O P p T U c r', $t), "\n", gmdate('H:i',
    3661), mktime(12, 30, 0, 6, 15, 2023), ' ', gmmktime(0, 0, 0, 1, 1, 1970), ' ', checkdate(2, 29,
    2023) ? 'y' : 'n', checkdate(2, 29, 2024) ? 'y' : 'n', idate('Y', $t), "\n";
foreach (['2024-01-15', '2024-01-15 10:20:30', '@86400', '15 January 2024', 'Mon, 15 Jan 2024 10:00:00 +0200',
    'not a date', '2024-02-30', '10:00', '2024W033', '20240115T102030Z'] as $s) {
    $r = strtotime($s, $t);
    echo str_pad($s, 36), $r === false ? 'false' : date('c', $r), "\n";
}
foreach (['+1 day', 'next monday', 'last day of february 2024', 'first monday of january 2025',
    '-1 week 2 days', 'tomorrow noon', 'yesterday', '+2 weeks', 'saturday this week',
    '1 month ago'] as $s) echo str_pad($s, 36), date('c', strtotime($s, $t)), "\n";
print_r(getdate($t));
print_r(date_parse('2024-01-15 25:00'));
var_dump(hrtime(true) > 0, microtime(true) > 1e9, is_string(microtime()), time() > 1e9);
--EXPECT--
2023-11-14 22:13:20 Tue 2 14th 317 30 0 2023 46 November 11 Nov 11 23 pm PM 967 10 22 10 000000 000 UTC 0 +0000 +00:00 Z UTC 1700000000 2023-11-14T22:13:20+00:00 Tue, 14 Nov 2023 22:13:20 +0000
01:011686832200 0 ny2023
2024-01-15                          2024-01-15T00:00:00+00:00
2024-01-15 10:20:30                 2024-01-15T10:20:30+00:00
@86400                              1970-01-02T00:00:00+00:00
15 January 2024                     2024-01-15T00:00:00+00:00
Mon, 15 Jan 2024 10:00:00 +0200     2024-01-15T08:00:00+00:00
not a date                          false
2024-02-30                          2024-03-01T00:00:00+00:00
10:00                               2023-11-14T10:00:00+00:00
2024W033                            2024-01-17T00:00:00+00:00
20240115T102030Z                    2024-01-15T10:20:30+00:00
+1 day                              2023-11-15T22:13:20+00:00
next monday                         2023-11-20T00:00:00+00:00
last day of february 2024           2024-02-29T00:00:00+00:00
first monday of january 2025        2025-01-06T00:00:00+00:00
-1 week 2 days                      2023-11-09T22:13:20+00:00
tomorrow noon                       2023-11-15T12:00:00+00:00
yesterday                           2023-11-13T00:00:00+00:00
+2 weeks                            2023-11-28T22:13:20+00:00
saturday this week                  2023-11-18T00:00:00+00:00
1 month ago                         2023-10-14T22:13:20+00:00
Array
(
    [seconds] => 20
    [minutes] => 13
    [hours] => 22
    [mday] => 14
    [wday] => 2
    [mon] => 11
    [year] => 2023
    [yday] => 317
    [weekday] => Tuesday
    [month] => November
    [0] => 1700000000
)
Array
(
    [year] => 2024
    [month] => 1
    [day] => 15
    [hour] => 5
    [minute] => 0
    [second] => 0
    [fraction] => 0
    [warning_count] => 0
    [warnings] => Array
        (
        )

    [error_count] => 1
    [errors] => Array
        (
            [11] => Unexpected character
        )

    [is_localtime] => 
)
bool(true)
bool(true)
bool(true)
bool(true)
