--TEST--
Exceptions in arguments of constructors and of calls in these
--FILE--
<?php
class A {
    function __construct(public $x) {
        if ($x === 2) {
            throw new Exception('constructor');
        }
    }
    function __destruct() {
        echo "~A{$this->x}\n";
    }
}
function same($x) { return $x; }
$functions = [
    fn($c) => new A($c ? same(throw new Exception('argument')) : 2),
    fn($c) => new A(new A(throw new Exception('inner'))),
    fn($c) => same(new A($c ? same(throw new Exception('deep')) : 3), same($c)),
    fn($c) => new A(same(new A($c ? throw new Exception('deeper') : 2))),
];
foreach ($functions as $function) {
    foreach ([true, false] as $c) {
        try {
            var_dump($function($c));
        } catch (Exception $e) {
            echo $e->getMessage(), "\n";
        }
    }
}
--EXPECT--
argument
constructor
inner
inner
deep
object(A)#6 (1) {
  ["x"]=>
  int(3)
}
~A3
deeper
constructor
