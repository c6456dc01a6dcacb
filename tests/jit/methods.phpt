--TEST--
Methods in compiled code: inlined, of other classes, throwing, called among the arguments of native functions
--FILE--
<?php
class Vec {
    public function __construct(public float $x, public float $y) {}
    public function dot(Vec $o): float { return $this->x * $o->x + $this->y * $o->y; }
    public function x() { return $this->x; }
    public function twice() { return $this->x() + $this->x(); }
    public function set($x) { $this->x = $x; return $this; }
    public function fail($i) { if ($i == 70) { throw new LogicException("fail $i of " . $this->x()); } return $i; }
    public function trace($i) { return $i == 75 ? (new Exception)->getTraceAsString() : ""; }
    public function __destruct() { echo "gone ", $this->y, "\n"; }
}
class Tree {
    public $left, $right, $value = 1;
    public function sum() { $s = $this->value; if ($this->left) { $s += $this->left->sum(); } if ($this->right) { $s += $this->right->sum(); } return $s; }
    public function down($n) { return $n == 0 ? $this->value : $this->down($n - 1) + 1; }
}
class Other { private $x = 3; public function x() { return $this->x; } public function twice() { return -1; } }
class Magic { public function __call($name, $args) { return "$name!"; } }
abstract class Shape { abstract public function area(); public function double() { return 2 * $this->area(); } }
class Square extends Shape { public $s = 3; public function area() { return $this->s * $this->s; } }
class Circle extends Shape { public $r = 2; public function area() { return 3 * $this->r * $this->r; } }

function run($v, $w) {
    $s = 0;
    for ($i = 0; $i < 80; $i++) {
        $s += $v->dot($w) + $v->twice() + max($v->x(), $w->x(), $i) + abs($v->dot($v));
    }
    return $s;
}
$v = new Vec(1.0, 2.0);
$w = new Vec(3.0, 4.0);
var_dump(run($v, $w), run($w, $v));
function poly($o) { $s = 0; for ($i = 0; $i < 80; $i++) { $s += $o->twice() + $o->x(); } return $s; }
var_dump(poly($v), poly(new Other), poly($w));
function magic($o) { $last = null; for ($i = 0; $i < 80; $i++) { $last = $o->x(); } return $last; }
var_dump(magic(new Other), magic(new Magic), magic($v));
function throwing($v) { for ($i = 0; $i < 80; $i++) { $last = $v->fail($i); } return $last; }
try {
    throwing($v);
} catch (LogicException $e) {
    echo $e->getMessage(), "\n", $e->getTraceAsString(), "\n";
}
function traced($v) { $t = ""; for ($i = 0; $i < 80; $i++) { $t .= $v->trace($i); } return $t; }
echo traced($v), "\n";
function chain($v) { for ($i = 0; $i < 80; $i++) { $v->set($i)->set($i + 0.5); } return $v->x; }
var_dump(chain($v));
function temporary() { $s = 0; for ($i = 0; $i < 3; $i++) { $s += (new Vec($i, $i))->x(); $o = new Vec(0, $i + 10); $o = null; } return $s; }
var_dump(temporary());
function tree($depth) { $t = new Tree; if ($depth > 0) { $t->left = tree($depth - 1); $t->right = tree($depth - 1); } return $t; }
var_dump(tree(8)->sum(), tree(0)->down(500));
function shapes($list) { $s = 0; foreach ($list as $shape) { $s += $shape->double(); } return $s; }
var_dump(shapes(array_fill(0, 90, new Square)), shapes([new Square, new Circle]), shapes(array_fill(0, 90, new Circle)));
function nullCall($v) { for ($i = 0; $i < 80; $i++) { if ($i == 78) { $v = null; } $x = $v->x(); } }
try {
    nullCall(new Other);
} catch (Error $e) {
    echo $e->getMessage(), "\n";
}
echo "end\n";
--EXPECTF--
float(4606)
float(6526)
float(240)
int(160)
float(720)
int(3)
string(2) "x!"
float(1)
fail 70 of 1
#0 %smethods.php(37): Vec->fail(70)
#1 %smethods.php(39): throwing(Object(Vec))
#2 {main}
#0 %smethods.php(43): Vec->trace(75)
#1 %smethods.php(44): traced(Object(Vec))
#2 {main}
float(79.5)
gone 0
gone 10
gone 1
gone 11
gone 2
gone 12
float(3)
int(511)
int(501)
int(1620)
int(42)
int(2160)
Call to a member function x() on null
end
gone 4
gone 2
