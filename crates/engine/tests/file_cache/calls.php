<?php
declare(strict_types=1);
const BASE = 10;
define('LATE', 4);
function named(int $a, int $b = BASE * 2, string ...$rest) { return "$a/$b/" . implode(',', $rest) . json_encode(array_keys($rest)); }
function &byRef(array &$list, $key) { return $list[$key]; }
function sum(int|float ...$n): int|float { return array_sum($n); }
function fact(int $n): int { return $n < 2 ? 1 : $n * fact($n - 1); }
echo named(1), named(b: 3, a: 2), named(1, 2, 'x', 'y'), named(1, 2, z: 'q'), named(...[1, 2], ...['k' => 'v']), "\n";
$list = [1, 2, 3];
$r = &byRef($list, 1);
$r = 99;
$mult = 3;
$by = fn(int $x): int => $x * $mult + LATE;
$use = function ($x) use ($mult, &$list) { $list[] = $x; return $x + $mult; };
echo implode(',', array_map($by, $list)), $use(5), count($list), sum(1, 2.5, ...[3]), fact(10), "\n";
$f = strlen(...);
$m = (new ArrayObject([3, 1, 2]))->count(...);
echo $f('four'), $m(), (fn() => func_get_args())(1, 2)[1], "\n";
usort($list, fn($a, $b) => $b <=> $a);
echo implode(' ', $list), ' ', "{$list[0]} $mult {$list[1]}th", sprintf('%05.2f|%s', 3.14159, true), "\n";
try { (function (int $x) {})('str'); } catch (TypeError $e) { echo strlen($e->getMessage()), "\n"; }
try { nothing(); } catch (Error $e) { echo $e->getMessage(), "\n"; }
$name = 'fact'; echo $name(5), call_user_func('sum', 1, 2), call_user_func_array('sum', [4, 5]), "\n";
$obj = new stdClass; $obj->{'dyn'} = [1]; $obj->dyn[] = 2; $prop = 'dyn'; echo count($obj->$prop), isset($obj->no) ? 1 : 0, empty($obj->dyn) ? 1 : 0;
unset($obj->dyn[0], $list[0]);
$$name = 'vv'; echo $fact, compact('mult')['mult'], PHP_EOL;
function defaults($a = [1, 'k' => [2]], $b = M_PI, $c = null, $d = PHP_VERSION_ID > 80000 ? 'new' : 'old') { return count($a) . round($b) . ($c ?? 'n') . $d; }
echo defaults(), defaults(c: 'set'), "\n";
echo <<<TXT
  heredoc {$list[1]}
  TXT . "\n";
abstract class Shape { abstract function area(): float; static function make(string $k, ...$a): static { return new $k(...$a); } }
class Sq extends Shape { private static array $made = []; function __construct(private float $s) { self::$made[] = $s; static::$made[0] ??= 1; } function area(): float { return $this->s ** 2; } static function all() { return self::$made; } function __destruct() { echo 'x'; } }
echo Shape::make('Sq', 3.0)->area(), count(Sq::all()), "\n";
$big = 0; for ($i = 0; $i < 50; $i++) { $big = ($big * 31 + $i) % 1000003; if ($big & 1) { $big ^= 0x55; } } echo $big, "\n";
print(PHP_INT_MAX + 1); echo (int) '12abc' <=> 12, 7 <=> 7.0, 5 % -3, 2 ** 10, 1 << 3, ~5, !0, "10" == "1e1" ? 'eq' : 'ne', "\n";
