--TEST--
A function that looks at its caller's variables is called by a constant name, but not by one that is cast
--FILE--
<?php
function attempt($f) {
    try {
        $f();
    } catch (Error $e) {
        echo $e->getMessage(), "\n";
    }
}
attempt(function () { $n = 1; for ($i = 0; $i < 3; $i++) { 'extract'(['n' => $n + 1]); } var_dump($n); });
attempt(function () { ('ex' . 'tract')(['n' => 2]); var_dump($n); });
attempt(function () { ('\extract')(['n' => 3]); var_dump($n); });
attempt(function () { ((string) 'extract')(['n' => 4]); });
attempt(function () { ((string) 'compact')('n'); });
attempt(function () { ((string) 'func_get_args')(); });
attempt(function () { $f = 'func_num_args'; $f(); });
var_dump(((string) 'strtoupper')('a'));
--EXPECT--
int(4)
int(2)
int(3)
Cannot call extract() dynamically
Cannot call compact() dynamically
Cannot call func_get_args() dynamically
Cannot call func_num_args() dynamically
string(1) "A"
