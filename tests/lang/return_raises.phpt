--TEST--
What a return raises is the caller's: no handler in the function sees it, whatever loops the return leaves
--FILE--
<?php
set_error_handler(function ($level, $message) { throw new Exception($message); });
function plain() { try { return $undefined; } catch (Exception $e) { echo "here\n"; } }
function loop($list) { foreach ($list as $v) { try { return $undefined; } catch (Exception $e) { echo "here\n"; } } }
function loops($list) {
    foreach ($list as $v) {
        try {
            foreach ($list as $w) { try { switch ($v . 'x') { case '1x': return $undefined; } } catch (Exception $e) { echo "here\n"; } }
        } catch (Exception $e) {
            echo "here\n";
        }
    }
}
function finally_($list) { foreach ($list as $v) { try { return $undefined; } finally { echo "finally\n"; } } }
function generator($list) { foreach ($list as $v) { try { yield $v; return $undefined; } catch (Exception $e) { echo "here\n"; } } }
$calls = [
    plain(...),
    fn() => loop([1, [2], 'three']),
    fn() => loop(new ArrayIterator([1, 2])),
    fn() => loops([1, 2]),
    fn() => finally_([1, 2]),
    fn() => iterator_to_array(generator([1, 2])),
];
foreach ($calls as $call) {
    try {
        var_dump($call());
    } catch (Exception $e) {
        echo 'caller: ', $e->getMessage(), "\n";
    }
}
function leaves($list) {
    foreach ($list as $v) {
        try {
            foreach ($list as $w) { try { if ($w === $v) { continue 2; } } catch (Exception $e) { echo "here\n"; } }
        } finally {
            echo $v, ' ';
        }
    }
    return "end\n";
}
echo leaves([1, 2, 3]);
?>
--EXPECT--
caller: Undefined variable $undefined
caller: Undefined variable $undefined
caller: Undefined variable $undefined
caller: Undefined variable $undefined
finally
caller: Undefined variable $undefined
caller: Undefined variable $undefined
1 2 3 end
