<?php
function finish($n) {
    foreach ([1, 2, 3] as $i => $v) {
        try {
            if ($n === $v) { return "r$v"; }
            if ($n === 10 + $v) { continue; }
            if ($n === 20) { throw new RuntimeException("t$v"); }
            if ($n === 30) { break; }
        } catch (RuntimeException $e) {
            echo $e->getMessage(), ' ';
            if ($v === 2) { return 'caught'; }
        } finally {
            echo "f$i ";
            try { if ($n === 40) { throw new LogicException('inner'); } } catch (LogicException) { echo 'l '; } finally { echo 'ff '; }
        }
    }
    return 'end';
}
foreach ([1, 2, 11, 20, 30, 40] as $n) { echo finish($n), "\n"; }
function switches($x) {
    switch ($x) { case 1: return 'one'; case 2: case 3: $r = 'few'; break; case 'a': $r = 'letter'; break; default: $r = 'other'; }
    $m = match (true) { $x === 3 => 'three', is_string($x) => "s$x", default => match ($x) { 1, 2 => 'low', 5 => 'five', default => 'any' } };
    return $r . $m;
}
foreach ([1, 2, 3, 'a', 'b', 5] as $x) { echo switches($x), ' '; }
function gen(int $n, &$log) { try { for ($i = 0; $i < $n; $i++) { $got = yield "k$i" => $i; if ($got) { $log[] = $got; } } return $n; } finally { $log[] = 'done'; } }
function outer(&$log) { $r = yield from gen(3, $log); yield $r; }
$log = [];
$g = outer($log);
foreach ($g as $k => $v) { echo $k, '=', $v, ' '; if ($v === 1) { $g->send('sent'); } }
echo implode(',', $log), "\n";
$a = ['x' => ['y' => [1, 2, 3]], 'z' => 'str'];
[$p, [, $q]] = [1, [2, 3]];
['x' => ['y' => [, $second]], 'z' => $z] = $a;
foreach ($a['x']['y'] as &$ref) { $ref *= 2; }
unset($ref);
$a['x']['y'][] = 7;
$a['n']['m'] ??= 'deep';
$a['x']['y'][0]++;
echo json_encode([$p, $q, $second, $z, $a]), "\n";
$i = 0;
while (true) { if (++$i > 5) { break; } if ($i % 2) { continue; } do { echo $i; } while ($i < 0); }
for ($i = 0, $s = ''; $i < 20; $i++) { $s .= $i <=> 10; if ($i === 15) { goto out; } }
out:
echo $s, @$undefined['q'], $a['none'] ?? 'dflt', "\n";
declare(ticks=1) { $t = 1; }
static $counter = 5 + 1;
echo ++$counter, (function () { static $n = 0; return ++$n; })(), "\n";
