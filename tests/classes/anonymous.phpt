--TEST--
Anonymous classes
--FILE--
<?php
function make($v) {
    return new class($v) extends ArrayObject implements JsonSerializable {
        private $extra;
        function __construct(public $v) { parent::__construct([1, 2]); }
        function jsonSerialize(): mixed { return ['v' => $this->v]; }
        const K = 'k';
    };
}
$a = make(1);
$b = make(2);
var_dump(get_class($a) === get_class($b), $a instanceof ArrayObject, count($a), $a::K);
echo json_encode([$a, $b]), strstr(get_class($a), "\0", true), "\n";
class Outer
{
    private $p = 'outer private';
    function inner() {
        return new class($this->p) extends Outer {
            function __construct(private $q) {}
            function get() { return $this->q; }
        };
    }
}
echo (new Outer)->inner()->get(), "\n";
$o = new class {
    public $x = 1;
    function __toString() { return __CLASS__ === self::class ? 'same' : 'different'; }
};
echo $o, "\n";
foreach ([1, 2] as $i) { $objs[] = new class { static $n = 0; }; $objs[$i - 1]::$n += $i; }
echo $objs[0]::$n, "\n";
echo (new readonly class(5) { function __construct(public int $z) {} })->z, "\n";
--EXPECT--
bool(true)
bool(true)
int(2)
string(1) "k"
[{"v":1},{"v":2}]ArrayObject@anonymous
outer private
same
3
5
