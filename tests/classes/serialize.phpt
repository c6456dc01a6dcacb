--TEST--
Serializing objects
--FILE--
<?php
class S { public $a = 1; protected $b = [1]; private $c = 'x'; public $o; }
$s = new S;
$s->o = $s;
$str = serialize($s);
echo str_replace("\0", '~', $str), "\n";
$u = unserialize($str);
var_dump($u->o === $u, $u);
class Sl
{
    public $keep = 1;
    public $drop = 2;
    function __sleep() { return ['keep']; }
    function __wakeup() { echo "wakeup\n"; $this->drop = 'restored'; }
}
var_dump(unserialize(serialize(new Sl)));
class Ser
{
    private $d = [1, 2];
    function __serialize(): array { return ['d' => $this->d, 'x' => 1]; }
    function __unserialize(array $a): void { $this->d = array_reverse($a['d']); }
}
echo $t = serialize(new Ser), "\n";
var_dump(unserialize($t));
var_dump(unserialize('x:bogus'), unserialize('O:7:"Missing":1:{s:1:"a";i:1;}'), unserialize(serialize([1, 1.5,
    true, null, 'é', ['k' => 'v']])));
enum E: string { case A = 'a'; }
echo serialize([E::A, E::A]), "\n";
var_dump(unserialize(serialize(E::A)) === E::A, unserialize('E:3:"E:B";'));
$r = [1];
$r[1] = &$r[0];
echo serialize($r), "\n";
var_dump(unserialize(serialize(new S), ['allowed_classes' => false]) instanceof __PHP_Incomplete_Class);
try { serialize(fn() => 1); } catch (Exception $e) { echo $e->getMessage(), "\n"; }
--EXPECTF--
O:1:"S":4:{s:1:"a";i:1;s:4:"~*~b";a:1:{i:0;i:1;}s:4:"~S~c";s:1:"x";s:1:"o";r:1;}
bool(true)
object(S)#2 (4) {
  ["a"]=>
  int(1)
  ["b":protected]=>
  array(1) {
    [0]=>
    int(1)
  }
  ["c":"S":private]=>
  string(1) "x"
  ["o"]=>
  *RECURSION*
}
wakeup
object(Sl)#3 (2) {
  ["keep"]=>
  int(1)
  ["drop"]=>
  string(8) "restored"
}
O:3:"Ser":2:{s:1:"d";a:2:{i:0;i:1;i:1;i:2;}s:1:"x";i:1;}
object(Ser)#3 (1) {
  ["d":"Ser":private]=>
  array(2) {
    [0]=>
    int(2)
    [1]=>
    int(1)
  }
}

Warning: unserialize(): Error at offset 0 of 7 bytes in %sserialize.php on line 25
bool(false)
object(__PHP_Incomplete_Class)#3 (2) {
  ["__PHP_Incomplete_Class_Name"]=>
  string(7) "Missing"
  ["a"]=>
  int(1)
}
array(6) {
  [0]=>
  int(1)
  [1]=>
  float(1.5)
  [2]=>
  bool(true)
  [3]=>
  NULL
  [4]=>
  string(2) "é"
  [5]=>
  array(1) {
    ["k"]=>
    string(1) "v"
  }
}
a:2:{i:0;E:3:"E:A";i:1;r:2;}

Warning: unserialize(): Undefined constant E::B in %sserialize.php on line 29

Warning: unserialize(): Error at offset 10 of 10 bytes in %sserialize.php on line 29
bool(true)
bool(false)
a:2:{i:0;i:1;i:1;R:2;}
bool(true)
Serialization of 'Closure' is not allowed
