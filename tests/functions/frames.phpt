--TEST--
Functions that look at the frame of their caller
--FILE--
<?php
function f() { return [func_num_args(), func_get_args(), func_get_arg(1)]; }
echo json_encode(f(1, 'b', [3])), "\n";
function g() {
    foreach (['func_get_arg(1)', 'func_get_arg(-1)', 'array_map("func_get_arg", [0])', '("compact")("x")', '("extract")([])'] as $code) {
        try { eval("$code;"); } catch (Error $e) { echo $e->getMessage(), "\n"; }
    }
}
g(1);
foreach (['func_num_args()', 'func_get_args()', 'func_get_arg(0)'] as $code) {
    try { eval("$code;"); } catch (Error $e) { echo $e->getMessage(), "\n"; }
}
function h(&...$refs) { foreach ($refs as &$r) { $r++; } }
$list = [1, 2, 3];
h(...$list);
echo json_encode($list), "\n";
function t($x) { echo preg_replace('~/.*/~', '', (new Exception)->getTraceAsString()), "\n"; }
t(1.0); t("a\0\n"); t(0.1);
class K { const A = self::B; const B = K::C; }
try { K::A; } catch (Error $e) { echo preg_replace('~/.*/~', '', $e->getTraceAsString()), "\n"; }
--EXPECTF--
[3,[1,"b",[3]],"b"]
func_get_arg() cannot be called from the global scope
func_get_arg(): Argument #1 ($position) must be greater than or equal to 0
Cannot call func_get_arg() dynamically

Warning: compact(): Undefined variable $x in %sframes.php(6) : eval()'d code on line 1
func_num_args() must be called from a function context
func_get_args() cannot be called from the global scope
func_get_arg() cannot be called from the global scope
[2,3,4]
#0 frames.php(18): t(1.0)
#1 {main}
#0 frames.php(18): t('a\x00\n')
#1 {main}
#0 frames.php(18): t(0.1)
#1 {main}
#0 frames.php(20): [constant expression]()
#1 {main}
