--TEST--
Messages of runtime errors
--FILE--
<?php
abstract class Ab { abstract static function f(); }
interface If1 {}
trait Tr {}
class Pr
{
    private function __construct() {}
    private $p;
    protected static $ps;
    private const PC = 1;
}
function f(int ...$n) {}
foreach (['new Ab', 'new If1', 'new Tr', 'new Pr', 'Ab::f()', 'Pr::PC', 'Pr::$ps', '[] > 5 ? 1 : 2',
    '"abc"->x', '(new ArrayObject)->p->q', '$x = "str"; $x[] = 1', '$x = 5; $x[] = 1', '$x = null; $x->p = 1',
    '$x = 1; $x->p = 1', '$x = true; $x[0][1] = 2', '[1][[]]', '$x = []; $x[new stdClass] = 1',
    '$x = []; isset($x[[]])', 'f(1, "x")', 'static fn() => $this',
    'array_combine([1], [])', 'unserialize(1, 2)', '$x = "a"; $x->y()', 'iterator_to_array(5)',
    'new Exception([])', 'array_fill(0, -1, 0)', 'range(1, 2, 5)', 'str_repeat("a", -1)', '$GLOBALS["zz"]',
    '(clone new stdClass)->a', 'abs("x")', '1 + []', '"a" * 1', '[] + 1', '[] . "x"', 'new stdClass + 1',
    '-[]', '~[]', '!new stdClass', '~1.5', '~"a"'] as $code) {
    try {
        $r = @eval("return $code;");
        if ($r === false && error_get_last()) echo '';
        echo $code, ' => ', is_object($r) ? get_class($r) : json_encode($r), "\n";
    } catch (Throwable $e) { echo $code, ' => ', get_class($e), ': ', $e->getMessage(), "\n"; }
}
--EXPECTF--
new Ab => Error: Cannot instantiate abstract class Ab
new If1 => Error: Cannot instantiate interface If1
new Tr => Error: Cannot instantiate trait Tr
new Pr => Error: Call to private Pr::__construct() from global scope
Ab::f() => Error: Cannot call abstract method Ab::f()
Pr::PC => Error: Cannot access private constant Pr::PC
Pr::$ps => Error: Cannot access protected property Pr::$ps
[] > 5 ? 1 : 2 => 1
"abc"->x => null
(new ArrayObject)->p->q => null
$x = "str"; $x[] = 1 => "str"
$x = 5; $x[] = 1 => 5
$x = null; $x->p = 1 => null
$x = 1; $x->p = 1 => 1
$x = true; $x[0][1] = 2 => true
[1][[]] => TypeError: Cannot access offset of type array on array
$x = []; $x[new stdClass] = 1 => []
$x = []; isset($x[[]]) => []
f(1, "x") => TypeError: f(): Argument #2 must be of type int, string given, called in %serror_messages.php(22) : eval()'d code on line 1
static fn() => $this => Closure
array_combine([1], []) => ValueError: array_combine(): Argument #1 ($keys) and argument #2 ($values) must have the same number of elements
unserialize(1, 2) => TypeError: unserialize(): Argument #2 ($options) must be of type array, int given
$x = "a"; $x->y() => "a"
iterator_to_array(5) => TypeError: iterator_to_array(): Argument #1 ($iterator) must be of type Traversable|array, int given
new Exception([]) => TypeError: Exception::__construct(): Argument #1 ($message) must be of type string, array given
array_fill(0, -1, 0) => ValueError: array_fill(): Argument #2 ($count) must be greater than or equal to 0
range(1, 2, 5) => ValueError: range(): Argument #3 ($step) must be less than the range spanned by argument #1 ($start) and argument #2 ($end)
str_repeat("a", -1) => ValueError: str_repeat(): Argument #2 ($times) must be greater than or equal to 0
$GLOBALS["zz"] => null
(clone new stdClass)->a => null
abs("x") => TypeError: abs(): Argument #1 ($num) must be of type int|float, string given
1 + [] => TypeError: Unsupported operand types: int + array
"a" * 1 => TypeError: Unsupported operand types: string * int
[] + 1 => TypeError: Unsupported operand types: array + int
[] . "x" => "Arrayx"
new stdClass + 1 => TypeError: Unsupported operand types: stdClass + int
-[] => TypeError: Unsupported operand types: array * int
~[] => TypeError: Cannot perform bitwise not on array
!new stdClass => false
~1.5 => -2
~"a" =>
