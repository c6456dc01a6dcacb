--TEST--
Offsets of odd types in isset(), empty() and behind ??
--FILE--
<?php
$arr=['a'=>['b'=>1]]; $str='str'; $nul=null; $int=5;
$cases = ['$arr[new stdClass] ?? "d"','$arr[new stdClass]["x"] ?? "d"','isset($arr[new stdClass]["x"])','empty($arr[new stdClass]["x"])','isset($arr[new stdClass])','$str[new stdClass] ?? "d"','$str[[]] ?? "d"','isset($str[new stdClass])','isset($str[new stdClass]["x"])','$str["x"] ?? "d"','$str["1"] ?? "d"','$str[1.7] ?? "d"','$str[null] ?? "d"','$str[true] ?? "d"','isset($str[1.7])','isset($str[[]][0])','$nul[new stdClass] ?? "d"','$int[[]] ?? "d"','$arr[[]] ?? "d"','$arr[STDIN] ?? "d"','isset($arr[STDIN])','$str[STDIN] ?? "d"','isset($str[STDIN])','isset($str["x"][0])','$str["1x"] ?? "d"', '$str["1.0"] ?? "d"', 'isset($str["1x"])','isset($arr["a"][[]])','$arr["a"][[]] ?? 1', '$arr["a"]["b"][[]] ?? 1', '($arr[[]] ?? null)?->x', 'isset($arr[[]]->x)', '$arr[[]]->x ?? 3', '$arr[fn()=>1][0][1] ?? 2', '$str[0][[]] ?? 2','$str[0][0][0] ?? 2'];
foreach ($cases as $c) { echo $c, "  => "; try { var_dump(eval("return $c;")); } catch (Error $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; } }
function z() { return $u[[]] ?? 'd'; } try { var_dump(z()); } catch (Error $e) { echo $e->getMessage(), "\n"; }
?>
--EXPECTF--
$arr[new stdClass] ?? "d"  => TypeError: Cannot access offset of type stdClass on array
$arr[new stdClass]["x"] ?? "d"  => TypeError: Cannot access offset of type stdClass on array
isset($arr[new stdClass]["x"])  => TypeError: Cannot access offset of type stdClass on array
empty($arr[new stdClass]["x"])  => TypeError: Cannot access offset of type stdClass on array
isset($arr[new stdClass])  => TypeError: Cannot access offset of type stdClass in isset or empty
$str[new stdClass] ?? "d"  => TypeError: Cannot access offset of type stdClass on string
$str[[]] ?? "d"  => TypeError: Cannot access offset of type array on string
isset($str[new stdClass])  => bool(false)
isset($str[new stdClass]["x"])  => TypeError: Cannot access offset of type stdClass on string
$str["x"] ?? "d"  => string(1) "d"
$str["1"] ?? "d"  => string(1) "t"
$str[1.7] ?? "d"  => string(1) "t"
$str[null] ?? "d"  => string(1) "s"
$str[true] ?? "d"  => string(1) "t"
isset($str[1.7])  => 
Deprecated: Implicit conversion from float 1.7 to int loses precision in %sodd_offsets.php(4) : eval()'d code on line 1
bool(true)
isset($str[[]][0])  => TypeError: Cannot access offset of type array on string
$nul[new stdClass] ?? "d"  => string(1) "d"
$int[[]] ?? "d"  => string(1) "d"
$arr[[]] ?? "d"  => TypeError: Cannot access offset of type array on array
$arr[STDIN] ?? "d"  => 
Warning: Resource ID#1 used as offset, casting to integer (1) in %sodd_offsets.php(4) : eval()'d code on line 1
string(1) "d"
isset($arr[STDIN])  => 
Warning: Resource ID#1 used as offset, casting to integer (1) in %sodd_offsets.php(4) : eval()'d code on line 1
bool(false)
$str[STDIN] ?? "d"  => TypeError: Cannot access offset of type resource on string
isset($str[STDIN])  => bool(false)
isset($str["x"][0])  => bool(false)
$str["1x"] ?? "d"  => 
Warning: Illegal string offset "1x" in %sodd_offsets.php(4) : eval()'d code on line 1
string(1) "t"
$str["1.0"] ?? "d"  => string(1) "d"
isset($str["1x"])  => bool(false)
isset($arr["a"][[]])  => TypeError: Cannot access offset of type array in isset or empty
$arr["a"][[]] ?? 1  => TypeError: Cannot access offset of type array on array
$arr["a"]["b"][[]] ?? 1  => int(1)
($arr[[]] ?? null)?->x  => TypeError: Cannot access offset of type array on array
isset($arr[[]]->x)  => TypeError: Cannot access offset of type array on array
$arr[[]]->x ?? 3  => TypeError: Cannot access offset of type array on array
$arr[fn()=>1][0][1] ?? 2  => TypeError: Cannot access offset of type Closure on array
$str[0][[]] ?? 2  => TypeError: Cannot access offset of type array on string
$str[0][0][0] ?? 2  => string(1) "s"
string(1) "d"
