--TEST--
Properties in compiled code: typed, readonly, of other classes, magic, unset
--FILE--
<?php
class P { public int $n = 0; public $x = 1.5; private array $a = [1,2,3]; public ?P $next = null; public readonly int $ro;
  function __construct() { $this->ro = 5; }
  function run($k) { for ($i = 0; $i < $k; $i++) { $this->n += $i; $this->n++; $this->x = $this->x * 1.01; $s = $this->a[$i % 3]; $this->n += $s + $this->ro; } return [$this->n, round($this->x, 6)]; }
  function bad() { for ($i = 0; $i < 3; $i++) { try { $this->n = $i == 2 ? "abc" : "$i"; } catch (TypeError $e) { echo $e->getMessage(), "\n"; } } return $this->n; }
  function ro() { for ($i = 0; $i < 3; $i++) { try { $this->ro = $i; } catch (Error $e) { echo $e->getMessage(), "\n"; } } }
}
$p = new P; print_r($p->run(100)); echo $p->bad(), "\n"; $p->ro();
function walk($p) { $c = 0; for ($i = 0; $i < 50; $i++) { $p->x = $i; $c += $p->x; $q = $p->next; if ($q !== null) $c++; } return $c; }
echo walk($p), "\n"; $p->next = new P; echo walk($p), "\n";
class Q { public $x = 7; public $next = null; } echo walk(new Q), "\n";
class M { private $d = []; function __get($n) { return 3; } function __set($n, $v) { $this->d[$n] = $v; } public $next = null; } echo walk(new M), "\n";
unset($p->x); try { echo walk($p), "\n"; } catch (Error $e) { echo $e->getMessage(); }
--EXPECTF--
Array
(
    [0] => 5749
    [1] => 4.057221
)
Cannot assign string to property P::$n of type int
1
Cannot modify readonly property P::$ro
Cannot modify readonly property P::$ro
Cannot modify readonly property P::$ro
1225
1275
1225
150
1275
