--TEST--
Lazy objects
--FILE--
<?php
#[AllowDynamicProperties]
class P
{
    public int $a = 1;
    public ?string $b;
    public $c = [];
    function __construct(int $a = 7) { echo "[make]"; $this->a = $a; $this->b = 'b'; }
    function __destruct() { echo "[gone $this->a]"; }
}
$r = new ReflectionClass('P');
$ghost = fn() => $r->newLazyGhost(function ($o) { echo "[init]"; $o->__construct(5); });
$proxy = fn() => $r->newLazyProxy(function ($o) { echo "[factory]"; return new P(6); });
foreach (['ghost' => $ghost, 'proxy' => $proxy] as $kind => $make) {
    echo "$kind\n";
    $o = $make();
    var_dump($o, $r->isUninitializedLazyObject($o));
    echo $o->a, "\n";
    var_dump($o, $r->isUninitializedLazyObject($o));
    foreach ([fn($o) => isset($o->b), fn($o) => $o->c[] = 1, fn($o) => $o->dynamic = 1, fn($o) => (array) $o,
        fn($o) => json_encode($o), fn($o) => clone $o, fn($o) => $o == $o, fn($o) => serialize($o),
        function ($o) { unset($o->b); }, function ($o) { foreach ($o as $k => $v) { echo $k; } }] as $use) {
        $use($make());
        echo "\n";
    }
}
$o = $r->newLazyGhost(fn() => throw new Exception('no'));
try { $o->a; } catch (Exception $e) { echo $e->getMessage(), "\n"; }
var_dump($r->isUninitializedLazyObject($o));
$r->getProperty('a')->setRawValueWithoutLazyInitialization($o, 3);
$r->getProperty('c')->skipLazyInitialization($o);
var_dump($o->a, $o->c, $r->isUninitializedLazyObject($o), $r->getProperty('b')->isLazy($o));
$r->markLazyObjectAsInitialized($o);
var_dump($o);
$r->resetAsLazyGhost($o, function ($o) { $o->a = 9; });
var_dump($o->a);
foreach ([fn() => $r->newLazyProxy(fn() => new stdClass)->a, fn() => $r->newLazyGhost(fn() => 1)->a,
    fn() => $r->newLazyGhost(fn() => 1, 99), fn() => (new ReflectionClass('ArrayObject'))->newLazyGhost(fn() => 1)] as $bad) {
    try { $bad(); } catch (Throwable $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; }
}
--EXPECT--
ghost
lazy ghost object(P)#5 (0) {
  ["a"]=>
  uninitialized(int)
  ["b"]=>
  uninitialized(?string)
}
bool(true)
[init][make]5
object(P)#5 (3) {
  ["a"]=>
  int(5)
  ["b"]=>
  string(1) "b"
  ["c"]=>
  array(0) {
  }
}
bool(false)
[init][make][gone 5]
[init][make][gone 5]
[init][make][gone 5]

[init][make][gone 5]
[init][make][gone 5][gone 5]

[init][make][gone 5]
[init][make][gone 5]
[init][make]abc[gone 5]
proxy
[gone 5]lazy proxy object(P)#12 (0) {
  ["a"]=>
  uninitialized(int)
  ["b"]=>
  uninitialized(?string)
}
bool(true)
[factory][make]6
lazy proxy object(P)#12 (1) {
  ["instance"]=>
  object(P)#5 (3) {
    ["a"]=>
    int(6)
    ["b"]=>
    string(1) "b"
    ["c"]=>
    array(0) {
    }
  }
}
bool(false)
[factory][make][gone 6]
[factory][make][gone 6]
[factory][make][gone 6]

[factory][make][gone 6]
[factory][make][gone 6][gone 6]

[factory][make][gone 6]
[factory][make][gone 6]
[factory][make]abc[gone 6]
[gone 6]no
bool(true)
int(3)
array(0) {
}
bool(true)
bool(true)
object(P)#4 (2) {
  ["a"]=>
  int(3)
  ["b"]=>
  uninitialized(?string)
  ["c"]=>
  array(0) {
  }
}
[gone 3]int(9)
TypeError: The real instance class stdClass is not compatible with the proxy class P. The proxy must be a instance of the same class as the real instance, or a sub-class with no additional properties, and no overrides of the __destructor or __clone methods.
TypeError: Lazy object initializer must return NULL or no value
ReflectionException: ReflectionClass::newLazyGhost(): Argument #2 ($options) contains invalid flags
Error: Cannot make instance of internal class lazy: ArrayObject is internal
[gone 9]
