--TEST--
Inheritance, parent, abstract and final
--FILE--
<?php
abstract class Shape
{
    protected $name = 'shape';
    abstract function area(): float;
    function describe() { return static::class . " {$this->name} " . $this->area(); }
    static function make(...$a) { return new static(...$a); }
}
class Square extends Shape
{
    protected $name = 'square';
    function __construct(protected float $side) {}
    function area(): float { return $this->side ** 2; }
}
class Big extends Square
{
    function __construct($s) { parent::__construct($s * 10); }
    function area(): float { return parent::area() + 1; }
    final function f() {}
}
echo (new Square(2))->describe(), "\n", Big::make(1)->describe(), "\n", get_parent_class('Big'), ' ',
    implode(',', class_parents(new Big(1))), "\n";
try { new Shape; } catch (Error $e) { echo $e->getMessage(), "\n"; }
try { Shape::area(); } catch (Error $e) { echo $e->getMessage(), "\n"; }
var_dump(is_subclass_of('Big', 'Shape'), is_a('Big', 'Shape', true), method_exists('Big', 'area'),
    Big::make(2) instanceof Shape);
class P
{
    private $x = 'P';
    function getP() { return $this->x; }
    private function m() { return 'Pm'; }
    function callM() { return $this->m(); }
}
class Q extends P { public $x = 'Q'; function m() { return 'Qm'; } }
$q = new Q; echo $q->getP(), $q->x, $q->callM(), $q->m(), "\n"; var_dump($q);
--EXPECT--
Square square 4
Big square 101
Square Square,Shape
Cannot instantiate abstract class Shape
Cannot call abstract method Shape::area()
bool(true)
bool(true)
bool(true)
bool(true)
PQPmQm
object(Q)#1 (2) {
  ["x":"P":private]=>
  string(1) "P"
  ["x"]=>
  string(1) "Q"
}
