--TEST--
readonly properties and classes
--FILE--
<?php
class P
{
    public function __construct(public readonly int $x, public readonly array $list = [1],
        protected readonly ?P $next = null) {
    }
    function withX($x) {
        $c = clone $this;
        try { $c->x = $x; } catch (Error $e) { echo $e->getMessage(), "\n"; }
        return new static($x);
    }
    readonly string $late;
    function init() { $this->late = 'a'; $this->late = 'b'; }
}
$p = new P(1); echo $p->x, $p->withX(5)->x, "\n";
foreach (['$p->x = 2', '$p->x++', '$p->list[] = 2', 'unset($p->x)', '$r = &$p->x', '$p->init()',
    '$p->late = "x"', 'echo (new P(1))->late', 'foreach ($p as $k => &$v) {}', '$p->next = null',
    'isset($p->late)'] as $code) {
    try {
        eval("$code;");
        echo "$code ok\n";
    } catch (Error $e) { echo $code, ': ', $e->getMessage(), "\n"; }
}
readonly class RO { public function __construct(public int $a, private string $b = 'b') {} }
$r = new RO(1);
try { $r->a = 2; } catch (Error $e) { echo $e->getMessage(), "\n"; }
try { $r->dyn = 2; } catch (Error $e) { echo $e->getMessage(), "\n"; }
var_dump($r);
class Cl
{
    function __construct(public readonly DateTimeInterface|stdClass $o) {}
    function __clone() { $this->o = clone $this->o; }
}
$c = new Cl(new stdClass);
$d = clone $c;
var_dump($c->o === $d->o);
--EXPECT--
1Cannot modify readonly property P::$x
5
$p->x = 2: Cannot modify readonly property P::$x
$p->x++: Cannot modify readonly property P::$x
$p->list[] = 2: Cannot indirectly modify readonly property P::$list
unset($p->x): Cannot unset readonly property P::$x
$r = &$p->x: Cannot indirectly modify readonly property P::$x
$p->init(): Cannot modify readonly property P::$late
$p->late = "x": Cannot modify readonly property P::$late
echo (new P(1))->late: Typed property P::$late must not be accessed before initialization
foreach ($p as $k => &$v) {}: Cannot acquire reference to readonly property P::$x
$p->next = null: Cannot access protected property P::$next
isset($p->late) ok
Cannot modify readonly property RO::$a
Cannot create dynamic property RO::$dyn
object(RO)#4 (2) {
  ["a"]=>
  int(1)
  ["b":"RO":private]=>
  string(1) "b"
}
bool(false)
