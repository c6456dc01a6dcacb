--TEST--
await_all and its relatives
--FILE--
<?php
use function Async\{spawn, delay, await_all, await_all_or_fail, await_any_or_fail, await_first_success, await_any_of};
$ok = fn(int $ms, $value) => spawn(function () use ($ms, $value) { delay($ms); return $value; });
$bad = fn(int $ms, $text) => spawn(function () use ($ms, $text) { delay($ms); throw new Exception($text); });
[$results, $errors] = await_all(['a' => $ok(20, 1), 'b' => $bad(1, 'no'), 'c' => $ok(1, 3)]);
echo json_encode($results), ' ', implode(',', array_map(fn($e) => $e->getMessage(), $errors)), "\n";
echo json_encode(await_all(['a' => $bad(1, 'no'), 'b' => $ok(1, 2)], fillNull: true)[0]), "\n";
echo json_encode(await_all_or_fail([$ok(20, 1), $ok(1, 2)], preserveKeyOrder: true)), "\n";
try {
    await_all_or_fail([$ok(5, 1), $bad(1, 'fails')]);
} catch (Exception $e) {
    echo $e->getMessage(), "\n";
}
echo await_any_or_fail([$ok(200, 'slow'), $ok(1, 'fast')]), "\n";
[$first, $errors] = await_first_success([$bad(1, 'x'), $ok(10, 'good'), $ok(500, 'late')]);
echo $first, ' ', count($errors), "\n";
function makes($ok) { yield 'x' => $ok(1, 5); yield 'y' => $ok(2, 6); }
echo json_encode(await_all(makes($ok))[0]), "\n";
echo json_encode(await_any_of(1, [$ok(300, 1), $ok(1, 2)])[0]), "\n";
?>
--EXPECT--
{"a":1,"c":3} no
{"a":null,"b":2}
[1,2]
fails
fast
good 1
{"x":5,"y":6}
{"1":2}
