--TEST--
Formatting with sprintf and its family
--FILE--
<?php
$formats = ['%d' => -5, '%5d|%-5d|%05d' => 42, '%+d %+d' => 7, '%s' => 'str', '%10s|%-10s|%.2s' => 'hello',
    '%\'*10s' => 'x', '%f' => 3.14159265, '%.2f' => 2.675, '%8.3f|%-8.3f|%08.3f' => 3.14159,
    '%e' => 12345.678, '%.3E' => 0.00012, '%g' => 0.00001234, '%G' => 1e20, '%x %X %o %b %c' => 255,
    '%u' => -1, '%%' => 0, '%5.1f' => -0.05, '%.15g' => 0.1, '%.0f' => 0.5, '%h' => 1.5];
foreach ($formats as $format => $value) {
    $n = substr_count(str_replace('%%', '', $format), '%');
    echo $format, ' => ', sprintf($format, ...array_fill(0, max(1, $n), $value)), "\n";
}
echo sprintf('%2$s %1$s %2$05d', 'a', 12), vsprintf('%s-%s', ['x', 'y']), sprintf('%1$s %1$\'#10s', 'r'),
    sprintf("%'010d|%-'x10d", 42, 42), "\n";
printf("%s %s\n", true, null);
echo vprintf("%d\n", [3.99]), "\n";
fprintf(STDOUT, "%05.1f\n", 9.96);
foreach (["sprintf('%d')", "sprintf('%z', 1)", "sprintf('%0\$s', 1)", "sprintf('%2\$s', 1)",
    "vsprintf('%d', 1)", "sprintf('%', 1)", "sprintf('%.999f', 1)"] as $code) {
    try {
        var_dump(@strlen(eval("return $code;")));
    } catch (Error $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; }
}
echo number_format(1234567.891), number_format(1234567.891, 2), number_format(1234567.891, 2, ',', '.'),
    number_format(0.5), number_format(-1234.567, 1), number_format(-0.4), number_format(1234.5678, -2),
    number_format(1e15, 0, '', ' '), "\n";
echo sprintf('%s', 1e25), sprintf('%d', '12abc'), sprintf('%d', 1e20), sprintf('%s', 0.1 + 0.2),
    sprintf('%5s', 'äö'), "\n";
--EXPECT--
%d => -5
%5d|%-5d|%05d =>    42|42   |00042
%+d %+d => +7 +7
%s => str
%10s|%-10s|%.2s =>      hello|hello     |he
%'*10s => *********x
%f => 3.141593
%.2f => 2.67
%8.3f|%-8.3f|%08.3f =>    3.142|3.142   |0003.142
%e => 1.234568e+4
%.3E => 1.200E-4
%g => 1.234e-5
%G => 1.0E+20
%x %X %o %b %c => ff FF 377 11111111 �
%u => 18446744073709551615
%% => %
%5.1f =>  -0.1
%.15g => 0.1
%.0f => 0
%h => 1.5
12 a 00012x-yr #########r0000000042|42xxxxxxxx
1 
3
2
010.0
ArgumentCountError: 2 arguments are required, 1 given
ValueError: Unknown format specifier "z"
ValueError: Argument number specifier must be greater than zero and less than 2147483647
ArgumentCountError: 3 arguments are required, 2 given
TypeError: vsprintf(): Argument #2 ($values) must be of type array, int given
ValueError: Missing format specifier at end of string
int(55)
1,234,5681,234,567.891.234.567,891-1,234.601,2001 000 000 000 000 000
1.0E+251277662796314522419200.3 äö
