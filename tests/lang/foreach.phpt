--TEST--
foreach over arrays, by reference, with changes
--FILE--
<?php
$a = [1, 2, 3];
foreach ($a as $k => $v) { if ($k == 0) { $a[] = 4; unset($a[1]); } echo "$k=>$v "; }
echo count($a), "\n";
$a = [1, 2, 3];
foreach ($a as $k => &$v) { if ($k == 0) $a[] = 4; $v *= 10; echo "$k=>$v "; }
unset($v);
echo json_encode($a), "\n";
$a = ['a' => 1, 'b' => 2, 'c' => 3];
foreach ($a as $k => &$v) { if ($k == 'a') unset($a['b']); echo $k; }
unset($v);
echo "\n";
class P implements IteratorAggregate
{
    private $d = [5, 6];
    function getIterator(): Iterator { yield from $this->d; }
}
foreach (new P as $k => $v) echo "$k:$v "; echo "\n";
class Q
{
    public $x = 1;
    protected $y = 2;
    private $z = 3;
    public $w;
    function all() { foreach ($this as $k => $v) echo "$k "; echo "\n"; }
}
$q = new Q; $q->dyn = 5; foreach ($q as $k => $v) echo "$k "; $q->all();
foreach ($q as $k => &$v) $v = 9; echo json_encode($q), "\n";
foreach ([] as $x) echo 'never'; var_dump(isset($x));
foreach (null as $x) echo 'never';
foreach (5 as $x) echo 'never';
foreach ([[1, 2], [3, 4]] as list($m, $n)) echo $m + $n, ' ';
$arr = [3, 4]; foreach ($arr as $i => $arr2[$i]); echo json_encode($arr2), "\n";
--EXPECTF--
0=>1 1=>2 2=>3 3
0=>10 1=>20 2=>30 3=>40 [10,20,30,40]
ac
0:5 1:6 

Deprecated: Creation of dynamic property Q::$dyn is deprecated in %sforeach.php on line 27
x w dyn x y z w dyn 
{"x":9,"w":9,"dyn":9}
bool(false)

Warning: foreach() argument must be of type array|object, null given in %sforeach.php on line 30

Warning: foreach() argument must be of type array|object, int given in %sforeach.php on line 31
3 7 
Warning: Undefined variable $i in %sforeach.php on line 33
{"":3,"0":4}
