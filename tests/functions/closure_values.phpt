--TEST--
Closures as values
--FILE--
<?php
$list = [3, 1, 2];
usort($list, fn($p, $q) => $q <=> $p);
echo implode($list), implode(array_filter([1, 2, 3, 4], fn($v) => $v % 2 == 0)), implode(array_map(null,
    [1])[0] === 1 ? ['ok'] : []), array_reduce([1, 2, 3], fn($c, $i) => $c + $i, 10), "\n";
var_dump(is_callable(fn() => 1), (fn() => 1) == (fn() => 1));
function gen() {
    $i = 0;
    return ['inc' => function () use (&$i) { return ++$i; }, 'get' => fn() => $i];
}
$g = gen();
$g['inc']();
$g['inc']();
echo $g['get'](), $g['inc'](), "\n";
try { $undefined(); } catch (Error $e) { echo $e->getMessage(), "\n"; }
try { 'nope'(); } catch (Error $e) { echo $e->getMessage(), "\n"; }
try { [1, 2](); } catch (Error $e) { echo $e->getMessage(), "\n"; }
try { ['A', 'b', 'c'](); } catch (Error $e) { echo $e->getMessage(), "\n"; }
try { (5)(); } catch (Error $e) { echo $e->getMessage(), "\n"; }
try { "Foo::bar"(); } catch (Error $e) { echo $e->getMessage(), "\n"; }
var_dump(function (int $a, &$b, ...$c) use ($g) {});
--EXPECTF--
32124ok16
bool(true)
bool(false)
03

Warning: Undefined variable $undefined in %sclosure_values.php on line 15
Value of type null is not callable
Call to undefined function nope()
First array member is not a valid class name or object
Array callback must have exactly two elements
Value of type int is not callable
Class "Foo" not found
object(Closure)#3 (5) {
  ["name"]=>
  string(%d) "{closure:%sclosure_values.php:21}"
  ["file"]=>
  string(%d) "%sclosure_values.php"
  ["line"]=>
  int(21)
  ["static"]=>
  array(1) {
    ["g"]=>
    array(2) {
      ["inc"]=>
      object(Closure)#2 (4) {
        ["name"]=>
        string(17) "{closure:gen():9}"
        ["file"]=>
        string(%d) "%sclosure_values.php"
        ["line"]=>
        int(9)
        ["static"]=>
        array(1) {
          ["i"]=>
          int(3)
        }
      }
      ["get"]=>
      object(Closure)#1 (4) {
        ["name"]=>
        string(17) "{closure:gen():9}"
        ["file"]=>
        string(%d) "%sclosure_values.php"
        ["line"]=>
        int(9)
        ["static"]=>
        array(1) {
          ["i"]=>
          int(0)
        }
      }
    }
  }
  ["parameter"]=>
  array(3) {
    ["$a"]=>
    string(10) "<required>"
    ["&$b"]=>
    string(10) "<required>"
    ["$c"]=>
    string(10) "<optional>"
  }
}
