--TEST--
Increment and decrement of all kinds of values
--FILE--
<?php
$values = [1, 1.5, null, true, "5", "5.5", "a", "Az", "zZ9", "Zz", "", "a9", "-1", " 1", "1e2"];
foreach ($values as $v) {
    $a = $b = $v;
    try { $a++; } catch (TypeError $e) { $a = $e->getMessage(); }
    try { $b--; } catch (TypeError $e) { $b = $e->getMessage(); }
    echo var_export($v, true), ': ', var_export($a, true), ' ', var_export($b, true), "\n";
}
foreach ([[], new stdClass] as $v) {
    try { $v++; } catch (TypeError $e) { echo $e->getMessage(), "\n"; }
    try { $v--; } catch (TypeError $e) { echo $e->getMessage(), "\n"; }
}
$i = 5;
echo $i++ + ++$i, ' ', $i-- - --$i, ' ', $i, "\n";
--EXPECTF--
1: 2 0
1.5: 2.5 0.5

Warning: Decrement on type null has no effect, this will change in the next major version of PHP in %sincrement.php on line 6
NULL: 1 NULL

Warning: Increment on type bool has no effect, this will change in the next major version of PHP in %sincrement.php on line 5

Warning: Decrement on type bool has no effect, this will change in the next major version of PHP in %sincrement.php on line 6
true: true true
'5': 6 4
'5.5': 6.5 4.5

Deprecated: Decrement on non-numeric string has no effect and is deprecated in %sincrement.php on line 6
'a': 'b' 'a'

Deprecated: Decrement on non-numeric string has no effect and is deprecated in %sincrement.php on line 6
'Az': 'Ba' 'Az'

Deprecated: Decrement on non-numeric string has no effect and is deprecated in %sincrement.php on line 6
'zZ9': 'aaA0' 'zZ9'

Deprecated: Decrement on non-numeric string has no effect and is deprecated in %sincrement.php on line 6
'Zz': 'AAa' 'Zz'

Deprecated: Increment on non-alphanumeric string is deprecated in %sincrement.php on line 5

Deprecated: Decrement on empty string is deprecated as non-numeric in %sincrement.php on line 6
'': '1' -1

Deprecated: Decrement on non-numeric string has no effect and is deprecated in %sincrement.php on line 6
'a9': 'b0' 'a9'
'-1': 0 -2
' 1': 2 0
'1e2': 101.0 99.0
Cannot increment array
Cannot decrement array
Cannot increment stdClass
Cannot decrement stdClass
12 2 5
