--TEST--
parse_ini_string: sections, lists, types, mistakes
--FILE--
<?php
const OWN = 'own';
$text = <<<'INI'
; a comment
plain = text with blanks
quoted = "a;b\"c"
single = 'raw ${HOME}'
constant = OWN
mixed = OWN "x" PHP_INT_SIZE
bits = 1|6
on = yes
off = none
nothing =
null = null
number = 12
float = 1.5
bare
list[] = 1
list[] = two
map[key] = value
map[5] = five
[section]
key = 1
1 = one
[other section]
key = 2
INI;
foreach ([INI_SCANNER_NORMAL, INI_SCANNER_RAW, INI_SCANNER_TYPED] as $mode) {
    echo json_encode(parse_ini_string($text, true, $mode), JSON_PRETTY_PRINT), "\n";
}
echo json_encode(parse_ini_string($text)), "\n";
var_dump(parse_ini_string("a = 1\nb = (\n"));
$file = __DIR__ . '/parse_ini.tmp';
file_put_contents($file, "x = 1\n[s]\ny = 2\n");
echo json_encode(parse_ini_file($file, true)), json_encode(parse_ini_file($file)), "\n";
unlink($file);
var_dump(@parse_ini_file($file));
foreach ([fn() => parse_ini_file(''), fn() => parse_ini_string('', false, 7)] as $bad) {
    try {
        $bad();
    } catch (ValueError $error) {
        echo $error->getMessage(), "\n";
    }
}
?>
--EXPECTF--
Warning: syntax error, unexpected BOOL_TRUE in Unknown on line 8
 in %sparse_ini.php on line 29
false

Warning: syntax error, unexpected BOOL_TRUE in Unknown on line 8
 in %sparse_ini.php on line 29
false

Warning: syntax error, unexpected BOOL_TRUE in Unknown on line 8
 in %sparse_ini.php on line 29
false

Warning: syntax error, unexpected BOOL_TRUE in Unknown on line 8
 in %sparse_ini.php on line 31
false

Warning: syntax error, unexpected END_OF_LINE in Unknown on line 3
 in %sparse_ini.php on line 32
bool(false)
{"x":"1","s":{"y":"2"}}{"x":"1","y":"2"}
bool(false)
parse_ini_file(): Argument #1 ($filename) must not be empty

Warning: Invalid scanner mode in %sparse_ini.php on line 38
