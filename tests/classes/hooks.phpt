--TEST--
Property hooks
--FILE--
<?php
class H
{
    private $store = 0;
    public int $double { get => $this->store * 2; set => $this->store = $value; }
    public string $name = 'n' {
        get { return strtoupper($this->name); }
        set(string|int $v) { $this->name = "<$v>"; }
    }
    public $virtual { get => 'computed'; }
    public array $log = [];
    public $only { set { $this->log[] = $value; } }
}
$h = new H;
$h->double = 5;
echo $h->double, $h->name, "\n";
$h->name = 'x';
echo $h->name, $h->virtual, "\n";
$h->name .= 'y';
echo $h->name, "\n";
$h->only = 1;
$h->only = 2;
echo json_encode($h->log), "\n";
$h->double++;
echo $h->double, "\n";
foreach (['$h->virtual = 1', 'echo $h->only', '$r = &$h->double', 'unset($h->name)', '$h->double = "abc"',
    'isset($h->virtual)'] as $code) {
    try {
        eval("$code;");
        echo "$code ok\n";
    } catch (Error $e) { echo $code, ': ', $e->getMessage(), "\n"; }
}
interface HasArea { public float $area { get; } }
abstract class Sh
{
    abstract public string $title { get; set; }
    public $base = 'b' { get => "[{$this->base}]"; }
}
class Sq extends Sh implements HasArea
{
    public string $title = 't';
    public function __construct(public float $s { set => $value < 0 ? throw new ValueError('negative') : $value; }) {
    }
    public float $area { get => $this->s ** 2; }
    public $base { get => 'child ' . parent::$base::get(); }
}
$s = new Sq(3);
echo $s->area, $s->title, $s->base, "\n";
try { $s->s = -1; } catch (ValueError $e) { echo $e->getMessage(), "\n"; }
foreach ($h as $k => $v) echo "$k=", json_encode($v), ' ';
echo json_encode($h), "\n";
var_dump($h);
var_dump(get_object_vars($h));
--EXPECTF--
10N
<X>computed
<<X>Y>
[1,2]
22
$h->virtual = 1: Property H::$virtual is read-only
echo $h->only: Property H::$only is write-only
$r = &$h->double: Indirect modification of H::$double is not allowed
unset($h->name): Cannot unset hooked property H::$name
$h->double = "abc": H::$double::set(): Argument #1 ($value) must be of type int, string given, called in %shooks.php(29) : eval()'d code on line 1
isset($h->virtual) ok
9tchild []
negative
double=22 name="<<X>Y>" virtual="computed" log=[1,2] {"double":22,"name":"<<X>Y>","virtual":"computed","log":[1,2]}
object(H)#1 (4) {
  ["store":"H":private]=>
  int(11)
  ["double"]=>
  int(11)
  ["name"]=>
  string(6) "<<X>y>"
  ["log"]=>
  array(2) {
    [0]=>
    int(1)
    [1]=>
    int(2)
  }
}
array(4) {
  ["double"]=>
  int(22)
  ["name"]=>
  string(6) "<<X>Y>"
  ["virtual"]=>
  string(8) "computed"
  ["log"]=>
  array(2) {
    [0]=>
    int(1)
    [1]=>
    int(2)
  }
}
