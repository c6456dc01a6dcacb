--TEST--
Arguments, defaults and variadics
--FILE--
<?php
function d($a, $b = 5, $c = PHP_INT_SIZE . 'x', array $d = ['k' => 1], ?int $n = null, $e = new stdClass) {
    return func_num_args() . json_encode([$a, $b, $c, $d, $n, $e]) . json_encode(func_get_args());
}
echo d(1), "\n", d(1, 2, 3), "\n";
function v($first, ...$rest) { return count($rest) . json_encode(func_get_args()); }
echo v(1), v(1, 2, 3), "\n";
foreach (['d()', 'v()', 'strlen()', 'strlen(1, 2)', '(function ($a, $b) {})(1)', 'str_repeat("x")',
    '(fn(int $x) => 1)()'] as $code) {
    try {
        eval("$code;");
        echo "ok\n";
    } catch (Error $e) {
        echo get_class($e), ': ', preg_replace('~/\S+/~', '', $e->getMessage()), "\n";
    }
}
function modifies($x) { $x = 'changed'; return func_get_arg(0); }
echo modifies('orig'), "\n";
function cond() { if (true) { function inner() { return 'inner defined'; } } return inner(); }
echo cond(), "\n";
echo early(), "\n";
function early() { return 'hoisted'; }
function &ref(array &$a) { $a[] = 1; return $a; }
$arr = [];
ref($arr)[] = 2;
echo json_encode($arr), "\n";
function fact(int $n) { return $n <= 1 ? 1 : $n * fact($n - 1); }
echo fact(20), ' ', fact(21), "\n";
function opt(?string $s = null, string|int|null $u = 7) { var_dump($s, $u); }
opt();
opt(u: null);
--EXPECT--
1[1,5,"8x",{"k":1},null,{}][1]
3[1,2,3,{"k":1},null,{}][1,2,3]
0[1]2[1,2,3]
ArgumentCountError: Too few arguments to function d(), 0 passed in arguments.php(11) : eval()'d code on line 1 and at least 1 expected
ArgumentCountError: Too few arguments to function v(), 0 passed in arguments.php(11) : eval()'d code on line 1 and exactly 1 expected
ArgumentCountError: strlen() expects exactly 1 argument, 0 given
ArgumentCountError: strlen() expects exactly 1 argument, 2 given
ArgumentCountError: Too few arguments to function {closure:arguments.php(11) : eval()'d code:1}(), 1 passed in arguments.php(11) : eval()'d code on line 1 and exactly 2 expected
ArgumentCountError: str_repeat() expects exactly 2 arguments, 1 given
ArgumentCountError: Too few arguments to function {closure:arguments.php(11) : eval()'d code:1}(), 0 passed in arguments.php(11) : eval()'d code on line 1 and exactly 1 expected
changed
inner defined
hoisted
[1,2]
2432902008176640000 5.1090942171709E+19
NULL
int(7)
NULL
NULL
