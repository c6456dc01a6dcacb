--TEST--
A function with a return type that returns the result of a call by reference
--FILE--
<?php
function made($n) { return [str_repeat('a', $n), $n]; }

function &typed($n): array { return made($n); }

function &wrong($n): int { return made($n); }

function &converted($n): string { return intdiv($n, 2); }

function &variable(int $n): ?string { return $n; }

for ($i = 0; $i < 2; $i++) {
    $value = typed(10);
    echo json_encode($value), "\n";
    try {
        wrong(10);
    } catch (TypeError $e) {
        echo $e->getMessage(), "\n";
    }
    var_dump(converted(10), variable(3));
}
--EXPECTF--

Notice: Only variable references should be returned by reference in %s on line 4
["aaaaaaaaaa",10]
wrong(): Return value must be of type int, array returned

Notice: Only variable references should be returned by reference in %s on line 8
string(1) "5"
string(1) "3"

Notice: Only variable references should be returned by reference in %s on line 4
["aaaaaaaaaa",10]
wrong(): Return value must be of type int, array returned

Notice: Only variable references should be returned by reference in %s on line 8
string(1) "5"
string(1) "3"
