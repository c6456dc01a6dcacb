--TEST--
Traces and how exceptions print
--FILE--
<?php
class T
{
    function m($a, ...$b) { throw new RuntimeException('msg', 5, new LogicException('prev')); }
    static function s() {
        (new T)->m(1, 'a long string that is cut', [1], new stdClass, null, 1.5, true);
    }
    function __toString() { return 'T'; }
}
function outer() { T::s(); }
try {
    outer();
} catch (Exception $e) {
    echo preg_replace('~/\S+/~', '', $e), "\n---\n", preg_replace('~/\S+/~', '', $e->getTraceAsString()),
        "\n";
    print_r(array_map(fn($f) => ($f['class'] ?? '') . ($f['type'] ?? '') . $f['function'] . ':' . ($f['line'] ?? ''),
        $e->getTrace()));
}
$f = function () { throw new Exception; };
try {
    array_map($f, [1]);
} catch (Exception $e) { echo preg_replace('~/\S+/~', '', $e->getTraceAsString()), "\n"; }
function dbg() { return array_map(fn($f) => $f['function'], debug_backtrace()); }
function callDbg() { return dbg(); }
print_r(callDbg());
function p() { debug_print_backtrace(); }
ob_start();
p();
echo preg_replace('~/\S+/~', '', ob_get_clean());
--EXPECT--
LogicException: prev in trace.php:4
Stack trace:
#0 trace.php(6): T->m(1, 'a long string t...', Array, Object(stdClass), NULL, 1.5, true)
#1 trace.php(10): T::s()
#2 trace.php(12): outer()
#3 {main}

Next RuntimeException: msg in trace.php:4
Stack trace:
#0 trace.php(6): T->m(1, 'a long string t...', Array, Object(stdClass), NULL, 1.5, true)
#1 trace.php(10): T::s()
#2 trace.php(12): outer()
#3 {main}
---
#0 trace.php(6): T->m(1, 'a long string t...', Array, Object(stdClass), NULL, 1.5, true)
#1 trace.php(10): T::s()
#2 trace.php(12): outer()
#3 {main}
Array
(
    [0] => T->m:6
    [1] => T::s:10
    [2] => outer:12
)
#0 [internal function]: {closure:trace.php:19}(1)
#1 trace.php(21): array_map(Object(Closure), Array)
#2 {main}
Array
(
    [0] => dbg
    [1] => callDbg
)
#0 trace.php(28): p()
