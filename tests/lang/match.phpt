--TEST--
match
--FILE--
<?php
function m($x) {
    return match (true) { $x < 0 => 'negative', $x === 0, $x === 0.0 => 'zero', default => 'positive' };
}
echo m(-1), m(0), m(5), "\n";
echo match (3) { 1, 2 => 'low', 3, 4, => 'mid' }, "\n";
foreach ([5, 'str', 1.5, null, true, [1], new stdClass, str_repeat('long', 20)] as $v) {
    try { echo match ($v) { 'nope' => 1 }; } catch (\UnhandledMatchError $e) { echo $e->getMessage(), "\n"; }
}
echo match ("1") { 1 => 'int', '1' => 'string' }, "\n";
$r = match (1) { default => match (2) { 2 => 'nested' } }; echo $r, "\n";
try {
    match (1) { 1 => throw new Exception('thrown in match') };
} catch (Exception $e) { echo $e->getMessage(), "\n"; }
function side($n) { echo "[$n]"; return $n; }
echo match (2) { side(1) => 'a', side(2) => 'b', side(3) => 'c' }, "\n";
--EXPECT--
negativezeropositive
mid
Unhandled match case 5
Unhandled match case 'str'
Unhandled match case 1.5
Unhandled match case NULL
Unhandled match case true
Unhandled match case of type array
Unhandled match case of type stdClass
Unhandled match case 'longlonglonglon...'
string
nested
thrown in match
[1][2]b
