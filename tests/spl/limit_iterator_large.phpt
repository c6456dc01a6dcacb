--TEST--
LimitIterator: offset and limit whose sum is no integer
--FILE--
<?php
class It implements Iterator { public $i=0; 
 function current():mixed{return $this->i;} function key():mixed{return $this->i;} function next():void{$this->i++; echo "n";} function rewind():void{$this->i=0; echo "r";} function valid():bool{return $this->i<5;} }
function t($o,$l){ try { $x=new LimitIterator(new ArrayIterator([1,2,3,4]),$o,$l); foreach($x as $k=>$v) echo "$k=>$v "; echo "|"; $x=new LimitIterator(new It,$o,$l); foreach($x as $k=>$v) echo "$k=>$v "; echo $x->getPosition(),"\n";} catch (Throwable $e) { echo get_class($e),": ",$e->getMessage(),"\n";} }
t(2,PHP_INT_MAX); t(PHP_INT_MAX,PHP_INT_MAX); t(PHP_INT_MAX,1); t(PHP_INT_MAX,-1); t(PHP_INT_MAX-1,1); t(0,PHP_INT_MAX); t(1,PHP_INT_MAX);
$x=new LimitIterator(new ArrayIterator([1,2,3,4]),2,PHP_INT_MAX);
foreach([0,2,3,4,PHP_INT_MAX,PHP_INT_MIN,-1] as $p) try { var_dump($x->seek($p)); } catch (Throwable $e) { echo get_class($e),": ",$e->getMessage(),"\n";}
$x=new LimitIterator(new It,2,PHP_INT_MAX);
foreach([0,2,3,4,PHP_INT_MIN,-1] as $p) try { var_dump($x->seek($p)); } catch (Throwable $e) { echo get_class($e),": ",$e->getMessage(),"\n";}
?>
--EXPECT--
2=>3 3=>4 |rnn2=>2 n3=>3 n4=>4 n5
OutOfBoundsException: Seek position 9223372036854775807 is out of range
OutOfBoundsException: Seek position 9223372036854775807 is out of range
OutOfBoundsException: Seek position 9223372036854775807 is out of range
OutOfBoundsException: Seek position 9223372036854775806 is out of range
0=>1 1=>2 2=>3 3=>4 |r0=>0 n1=>1 n2=>2 n3=>3 n4=>4 n5
1=>2 2=>3 3=>4 |rn1=>1 n2=>2 n3=>3 n4=>4 n5
OutOfBoundsException: Cannot seek to 0 which is below the offset 2
int(2)
int(3)
OutOfBoundsException: Seek position 4 is out of range
OutOfBoundsException: Seek position 9223372036854775807 is out of range
OutOfBoundsException: Cannot seek to -9223372036854775808 which is below the offset 2
OutOfBoundsException: Cannot seek to -1 which is below the offset 2
OutOfBoundsException: Cannot seek to 0 which is below the offset 2
nnint(2)
nint(3)
nint(4)
OutOfBoundsException: Cannot seek to -9223372036854775808 which is below the offset 2
OutOfBoundsException: Cannot seek to -1 which is below the offset 2
