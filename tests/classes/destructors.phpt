--TEST--
When destructors run
--FILE--
<?php
class D { function __construct(public $n) { echo "+$n "; } function __destruct() { echo "-{$this->n} "; } }
function f() { $x = new D('local'); echo 'body '; } f(); echo "\n";
$a = new D('a'); $a = new D('b'); echo "replaced\n"; $b = $a; unset($a); echo "still "; $b = null; echo "\n";
new D('temp');
echo "\n";
$arr = [new D('x'), new D('y')];
array_pop($arr);
echo "popped ";
$arr = [];
echo "\n";
function g() { try { $v = new D('exc'); throw new Exception; } finally { echo 'finally '; } }
try { g(); } catch (Exception $e) { echo 'caught '; }
unset($e);
echo "\n";
class R
{
    public $self;
    function __construct() { $this->self = $this; }
    function __destruct() { echo "cycle "; }
}
$r = new R;
unset($r);
echo gc_collect_cycles(), "\n";
class Res { static $saved; function __destruct() { self::$saved = $this; echo 'resurrected '; } }
$q = new Res;
$q = null;
var_dump(Res::$saved);
class Thrower { function __destruct() { throw new Exception('from destructor'); } }
try { $t = new Thrower; unset($t); } catch (Exception $e) { echo $e->getMessage(), "\n"; }
$end = new D('end1'); $end2 = new D('end2'); echo "script ends\n";
--EXPECT--
+local body -local 
+a +b -a replaced
still -b 
+temp -temp 
+x +y -y popped -x 
+exc finally -exc caught 
cycle 1
resurrected object(Res)#1 (0) {
}
from destructor
+end1 +end2 script ends
-end2 -end1
