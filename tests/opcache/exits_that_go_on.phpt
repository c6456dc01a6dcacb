--TEST--
A loop that is left at the same place thousands of times is not compiled again for ever
--INI--
opcache.enable_cli=1
opcache.jit=tracing
opcache.jit_buffer_size=4M
opcache.jit_hot_loop=2
opcache.jit_hot_side_exit=255
opcache.jit_blacklist_side_trace=255
--FILE--
<?php
function mixed($values) {
    $kinds = ['int' => 0, 'float' => 0, 'text' => 0];
    foreach ($values as $value) {
        $sum = $value + 1;
        if (is_int($sum)) { $kinds['int']++; } elseif (is_float($sum)) { $kinds['float']++; }
        if (is_string($value)) { $kinds['text']++; }
    }
    return $kinds;
}
$values = [];
for ($i = 0; $i < 600; $i++) {
    $values[] = [1, 2.5, "3", "4.5", true, null, PHP_INT_MAX, -1][$i % 8];
}
for ($round = 0; $round < 20; $round++) {
    $results[json_encode(mixed($values))] = true;
}
echo implode("\n", array_keys($results)), "\n";
$jit = opcache_get_status(false)['phalanx']['jit'] ?? ['recompiled' => 0];
var_dump($jit['recompiled'] < 100);
?>
--EXPECT--
{"int":375,"float":225,"text":150}
bool(true)
