--TEST--
Offsets of strings
--FILE--
<?php
$s = 'abcdef';
echo $s[0], $s[-1], $s["2"], "\n";
var_dump(isset($s[5]), isset($s[6]), isset($s[-6]), isset($s[-7]), isset($s['x']), isset($s['1']),
    isset($s['1.0']), isset($s[1][0]), $s[9] ?? 'none');
$s[1] = 'XYZ'; echo $s, "\n";
$s[8] = '!'; var_dump($s);
var_dump(@$s[100]);
var_dump($s[100]);
foreach (['"x"', '"1x"', '1.7', 'true', 'null', '[]'] as $offset) {
    try {
        var_dump(eval("return \$s[$offset];"));
    } catch (Error $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; }
}
foreach (['$s[] = "a"', '$s["foo"] = "a"', '$s[0] = ""', '$s[-20] = "a"', '$s[0][0] = "a"', 'unset($s[0])',
    '$r = &$s[0]', '$s[0] .= "x"', '$s[0]++'] as $code) {
    try {
        eval("$code;");
        echo "$code: ok $s\n";
    } catch (Error $e) { echo $code, ': ', $e->getMessage(), "\n"; }
}
--EXPECTF--
afc
bool(true)
bool(false)
bool(true)
bool(false)
bool(false)
bool(true)
bool(false)
bool(true)
string(4) "none"

Warning: Only the first byte will be assigned to the string offset in %sstring_offsets.php on line 6
aXcdef
string(9) "aXcdef  !"
string(0) ""

Warning: Uninitialized string offset 100 in %sstring_offsets.php on line 9
string(0) ""
TypeError: Cannot access offset of type string on string

Warning: Illegal string offset "1x" in %sstring_offsets.php(12) : eval()'d code on line 1
string(1) "X"

Warning: String offset cast occurred in %sstring_offsets.php(12) : eval()'d code on line 1
string(1) "X"

Warning: String offset cast occurred in %sstring_offsets.php(12) : eval()'d code on line 1
string(1) "X"

Warning: String offset cast occurred in %sstring_offsets.php(12) : eval()'d code on line 1
string(1) "a"
TypeError: Cannot access offset of type array on string
$s[] = "a": [] operator not supported for strings
$s["foo"] = "a": Cannot access offset of type string on string
$s[0] = "": Cannot assign an empty string to a string offset

Warning: Illegal string offset -20 in %sstring_offsets.php(18) : eval()'d code on line 1
$s[-20] = "a": ok aXcdef  !
$s[0][0] = "a": Cannot use string offset as an array
unset($s[0]): Cannot unset string offsets
$r = &$s[0]: Cannot create references to/from string offsets
$s[0] .= "x": Cannot use assign-op operators with string offsets
$s[0]++: Cannot increment/decrement string offsets
