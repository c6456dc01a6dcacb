--TEST--
try, catch, finally
--FILE--
<?php
function f($x) {
    try {
        echo "try ";
        if ($x == 1) throw new InvalidArgumentException('one', 11);
        if ($x == 2) return 'returned';
        if ($x == 3) throw new Error('err');
        return 'end';
    } catch (InvalidArgumentException | TypeError $e) {
        echo 'caught ', get_class($e), $e->getCode(), ' ';
        return 'from catch';
    } finally { echo 'finally '; if ($x == 4) return 'overridden'; }
}
foreach ([0, 1, 2, 4] as $x) echo f($x), "\n";
try { f(3); } catch (Error $e) { echo get_class($e), $e->getMessage(), "\n"; }
function g() {
    foreach ([1, 2, 3] as $i) { try { if ($i == 2) continue; echo $i; } finally { echo 'f'; } }
    try {
        return 'a';
    } finally { try { throw new Exception('inner'); } catch (Exception) { echo '[no var]'; } }
}
echo g(), "\n";
function h() {
    try {
        try { throw new Exception('first'); } finally { throw new Exception('second'); }
    } catch (Exception $e) { return $e->getMessage() . '<-' . $e->getPrevious()->getMessage(); }
}
echo h(), "\n";
try {
    throw new class('anon') extends Exception {};
} catch (Exception $e) { echo $e->getMessage(), $e->getLine(), basename($e->getFile()), "\n"; }
$v = null;
try {
    $r = $v ?? throw new LogicException('expr');
} catch (LogicException $e) { echo $e->getMessage(), "\n"; }
for ($i = 0; $i < 3; $i++) { try { if ($i == 1) break; } finally { echo "loop$i "; } }
echo "\n";
function nested() { try { return k('a'); } finally { k('b'); } }
function k($x) { echo $x; return $x; }
echo nested(), "\n";
try { throw new stdClass; } catch (Error $e) { echo $e->getMessage(), "\n"; }
--EXPECT--
try finally end
try caught InvalidArgumentException11 finally from catch
try finally returned
try finally overridden
try finally Errorerr
1ff3f[no var]a
second<-first
anon30basics.php
expr
loop0 loop1 
aba
Cannot throw objects that do not implement Throwable
