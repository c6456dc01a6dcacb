--TEST--
Named arguments
--FILE--
<?php
function f(int $a, $b = 'B', $c = 'C', ...$rest) {
    return json_encode(func_get_args()) . json_encode([$a, $b, $c, $rest]);
}
echo f(a: 1), "\n", f(1, c: 'x'), "\n", f(c: 3, a: 1), "\n", f(1, 2, 3, 4, 5), "\n", f(1, extra: 'e'), "\n";
foreach (['f(b: 1)', 'f(1, a: 2)', 'f(1, 2, c: 3, b: 4)', 'strlen(str: "x")', 'strlen(string: "abc")',
    'f(a: 1, a: 2)', 'g(z: 1)', 'number_format(num: 1234.5, decimals: 2)',
    'number_format(1234.5, thousands_separator: " ")', 'json_encode(value: 1, foo: 2)'] as $code) {
    try {
        var_dump(eval("return $code;"));
    } catch (Error $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; }
}
function g($x = 1) { return $x; }
class C
{
    function __construct(public $x = 1, public $y = 2) {}
    function __call($n, $a) { return $n . json_encode($a); }
    static function __callStatic($n, $a) { return $n . json_encode($a); }
}
echo json_encode(new C(y: 5)), (new C)->foo(1, k: 2), C::bar(z: 3), "\n";
echo call_user_func('f', 1, c: 'q'), call_user_func_array('f', ['c' => 1, 'a' => 2]), "\n";
--EXPECT--
[1][1,"B","C",[]]
[1,"B","x"][1,"B","x",[]]
[1,"B",3][1,"B",3,[]]
[1,2,3,4,5][1,2,3,[4,5]]
[1][1,"B","C",{"extra":"e"}]
ArgumentCountError: f(): Argument #1 ($a) not passed
Error: Named parameter $a overwrites previous argument
Error: Named parameter $b overwrites previous argument
Error: Unknown named parameter $str
int(3)
Error: Named parameter $a overwrites previous argument
Error: Unknown named parameter $z
string(8) "1,234.50"
string(5) "1 235"
Error: Unknown named parameter $foo
{"x":1,"y":5}foo{"0":1,"k":2}bar{"z":3}
[1,"B","q"][1,"B","q",[]][2,"B",1][2,"B",1,[]]
