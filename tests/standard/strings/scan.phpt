--TEST--
sscanf and fscanf
--FILE--
<?php
echo json_encode([sscanf('age: 25 name: Bob', 'age: %d name: %s'), sscanf('12 apples', '%d %s %s'), sscanf('abc123', '%[a-c]%[^4]'),
    sscanf('ff 0x1F 017 -5', '%x %i %i %d'), sscanf('1.5e3x', '%f%c'), sscanf('abcdef', '%2s%n%*2s%s'), sscanf('', '%d'),
    sscanf('x', '%d'), sscanf('b a', '%2$s %1$s'), sscanf('50%', '%d%%')]), "\n";
echo sscanf('7 up', '%d %s', $n, $s), $n, $s, "\n";
foreach (['sscanf("a", "%q")', 'sscanf("a", "%s", $a, $b)', 'sscanf("a", "%s %s", $a)', 'sscanf("a", "%1\$s %s")'] as $code) {
    try { var_dump(eval("return $code;")); } catch (Error $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; }
}
$f = fopen('php://memory', 'w+');
fwrite($f, "a 1\nb 2\n");
rewind($f);
echo json_encode([fscanf($f, '%s %d'), fscanf($f, '%s %d', $x, $y), $x, $y, fscanf($f, '%s')]), "\n";
echo str_increment('Az'), str_increment('zZ9'), str_decrement('Ba'), str_decrement('100'), "\n";
foreach (['str_increment("")', 'str_increment("-")', 'str_decrement("0")', 'str_decrement("a")'] as $code) {
    try { var_dump(eval("return $code;")); } catch (Error $e) { echo $e->getMessage(), "\n"; }
}
--EXPECT--
[[25,"Bob"],[12,"apples",null],["abc","123"],[255,31,15,-5],[1500,"x"],["ab",2,"ef"],null,[null],["a","b"],[50]]
27up
ValueError: Bad scan conversion character "q"
ValueError: Variable is not assigned by any conversion specifiers
ValueError: Different numbers of variable names and field specifiers
ValueError: cannot mix "%" and "%n$" conversion specifiers
[["a",1],2,"b",2,false]
BaaaA0Az99
str_increment(): Argument #1 ($string) must not be empty
str_increment(): Argument #1 ($string) must be composed only of alphanumeric ASCII characters
str_decrement(): Argument #1 ($string) "0" is out of decrement range
str_decrement(): Argument #1 ($string) "a" is out of decrement range
