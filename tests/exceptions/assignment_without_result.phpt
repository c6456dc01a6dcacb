--TEST--
An assignment that throws has no result to release
--FILE--
<?php
function h($n) { return str_repeat('ab', $n); }

class P {
    function __set($name, $value) { throw new Exception('set'); }
}

function f($n, $p) {
    // Leaves strings in the temporaries that the results would lie in.
    $kept = h($n) . (h($n) . (h($n) . h($n)));
    $string = 'text';
    foreach ([1, 2, 3, 4] as $case) {
        try {
            $result = h($n) . (h($n) . match ($case) {
                1 => ($string[[]] = 1) . h($n),
                2 => ($p->none = 1) . h($n),
                3 => ($n[0] = 1) . h($n),
                4 => ($p->none ??= 1) . h($n),
            });
        } catch (Throwable $e) {
            echo get_class($e), "\n";
        }
        $kept = h($n) . (h($n) . (h($n) . h($n)));
    }
    var_dump($kept === h(4 * $n));
}

f(10, new P);
f(11, new P);
--EXPECT--
TypeError
Exception
Error
Exception
bool(true)
TypeError
Exception
Error
Exception
bool(true)
