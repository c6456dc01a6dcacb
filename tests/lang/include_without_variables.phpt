--TEST--
A script without variables of its own finds the includer's by their names
--CLEAN--
<?php
@unlink(__DIR__ . '/include_without_variables.tmp.inc');
--FILE--
<?php
$file = __DIR__ . '/include_without_variables.tmp.inc';
function names() {
    $x = 1;
    eval('${"x"}++; ${"new" . "er"} = "made";');
    echo $x, ' ', $newer, "\n";
    eval('extract(["x" => 5]); echo json_encode(compact("x")), json_encode(get_defined_vars()), "\n";');
    eval('eval("\$x = 7;"); echo ${"x"}, "\n";');
    echo $x, "\n";
    eval('eval("unset(\$x);");');
    var_dump(isset($x));
    try {
        eval('eval("\$x = 9; throw new Exception;");');
    } catch (Exception) {
        echo $x, "\n";
    }
    eval('eval("\$latest = &\$x;");');
    $latest++;
    echo $x, "\n";
}
names();
function steps() {
    $x = 'first';
    yield $x;
    eval('${"x"} = "second";');
    yield $x;
    eval('eval("\$x = \'third\';");');
    yield $x;
}
echo implode(' ', iterator_to_array(steps(), false)), "\n";
$x = 'global';
eval('echo ${"x"}, " "; $GLOBALS["x"] = "changed"; echo ${"x"}, "\n";');
echo $x, "\n";
// So deep that looking for the includer must not take native stack.
class Depth { public static $levels = 0; }
file_put_contents($file, '<?php return ++Depth::$levels < 20000 ? include __FILE__ : ${"x"} . Depth::$levels;');
function deep($file) {
    $x = 'found at ';
    return include $file;
}
echo deep($file), "\n";
--EXPECT--
2 made
{"x":5}{"x":5,"newer":"made"}
7
7
bool(false)
9
10
first second third
global changed
changed
found at 20000
