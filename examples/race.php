<?php
// Eight threads run hot loops and check every result, while scripts change on disk and the opcode cache is invalidated and
// reset at random. A wrong result makes the exit code 1. Takes about two seconds; the first argument changes that.
use Async\ThreadPool;
use function Async\await;

$seconds = (float) ($argv[1] ?? 2.0);
$folder = sys_get_temp_dir() . '/phalanx-race-' . getmypid();
mkdir($folder);

$work = function (int $worker, float $seconds, string $folder): array {
    $ints = function (int $n): int {
        $s = 0;
        for ($i = 0; $i < $n; $i++) {
            $s = ($s + $i * 3) & 0xffffff;
        }
        return $s;
    };
    $floats = function (int $n): float {
        $x = 0.5;
        for ($i = 0; $i < $n; $i++) {
            $x = $x * 1.5 + $i;
            if ($x > 1000.0) {
                $x /= 1024.0;
            }
        }
        return $x;
    };
    $strings = function (int $n): string {
        $s = '';
        for ($i = 0; $i < $n; $i++) {
            $s .= ($i & 1) ? "a$i" : 'b';
        }
        return md5($s) . strlen($s);
    };
    $arrays = function (int $n): int {
        $a = [];
        for ($i = 0; $i < $n; $i++) {
            $a[$i] = $i * 7 % 31;
        }
        $sum = 0;
        foreach ($a as $k => $v) {
            $sum += $k ^ $v;
        }
        $h = ['x' => 0, 'y' => 1];
        for ($i = 0; $i < $n; $i++) {
            $h['x'] += $h['y'];
            $h['y'] = $a[$i];
        }
        return $sum + $h['x'];
    };
    $wanted = [$ints(2000), $floats(1000), $strings(300), $arrays(300)];
    $shared = "$folder/shared.php";
    $own = "$folder/own$worker.php";
    mt_srand($worker + 1);
    $rounds = $includes = $invalidated = $resets = 0;
    $wrong = [];
    $end = hrtime(true) + (int) ($seconds * 1e9);
    for ($version = 1; hrtime(true) < $end; $version++) {
        $found = [$ints(2000), $floats(1000), $strings(300), $arrays(300)];
        if ($found !== $wanted) {
            $wrong[] = "worker $worker: " . json_encode($found) . ' instead of ' . json_encode($wanted);
        }
        $rounds++;
        // Everybody writes the shared script, whole or not at all; what it returns must fit what it says it is.
        $body = 'function(int $n): array { $s = 0; for ($i = 0; $i < $n; $i++) { $s += $i * ' . $version
            . '; } return [' . $version . ', $s]; }';
        $new = "$folder/new$worker";
        file_put_contents($new, "<?php return $body;");
        rename($new, mt_rand(0, 1) ? $shared : $own);
        foreach ([$shared, $own] as $file) {
            if (!file_exists($file)) {
                continue;
            }
            [$which, $sum] = (include $file)(100);
            $includes++;
            if ($sum !== 4950 * $which) {
                $wrong[] = "worker $worker: version $which gave $sum";
            }
        }
        $dice = mt_rand(0, 19);
        if ($dice < 4) {
            $invalidated += (int) opcache_invalidate($dice & 1 ? $shared : $own, $dice > 1);
        } elseif ($dice === 4) {
            $resets += (int) opcache_reset();
        }
    }
    return [$rounds, $includes, $invalidated, $resets, $wrong];
};

$pool = new ThreadPool(8);
$futures = [];
for ($worker = 0; $worker < 8; $worker++) {
    $futures[] = $pool->submit($work, $worker, $seconds, $folder);
}
$rounds = $includes = $invalidated = $resets = 0;
$wrong = [];
foreach ($futures as $future) {
    [$a, $b, $c, $d, $bad] = await($future);
    $rounds += $a;
    $includes += $b;
    $invalidated += $c;
    $resets += $d;
    $wrong = [...$wrong, ...$bad];
}
$pool->close();
foreach (scandir($folder) as $file) {
    if ($file[0] !== '.') {
        unlink("$folder/$file");
    }
}
rmdir($folder);
foreach (array_slice($wrong, 0, 10) as $text) {
    fwrite(STDERR, "$text\n");
}
printf(
    "8 threads, %d rounds, %d includes, %d invalidations, %d resets, %d wrong results\n",
    $rounds, $includes, $invalidated, $resets, count($wrong),
);
exit($wrong ? 1 : 0);
