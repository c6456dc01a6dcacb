--TEST--
str_increment, str_decrement, str_shuffle
--FILE--
<?php
foreach (['a', 'z', 'Az', 'zZ9', '9', '10', '100', 'A0', 'b00', 'Zz', 'AAA'] as $text) {
    echo $text, ' ', str_increment($text), ' ';
    try {
        echo str_decrement($text), "\n";
    } catch (ValueError $error) {
        echo $error->getMessage(), "\n";
    }
}
foreach (['', '-', 'a b', '0', 'a', 'A', '00', 'aa'] as $text) {
    try {
        echo str_decrement($text), "\n";
    } catch (ValueError $error) {
        echo $error->getMessage(), "\n";
    }
}
try {
    str_increment('é');
} catch (ValueError $error) {
    echo $error->getMessage(), "\n";
}
$shuffled = str_shuffle('abcdef');
var_dump(strlen($shuffled), count_chars($shuffled, 3), str_shuffle(''));
?>
--EXPECT--
a b str_decrement(): Argument #1 ($string) "a" is out of decrement range
z aa y
Az Ba Ay
zZ9 aaA0 zZ8
9 10 8
10 11 9
100 101 99
A0 A1 9
b00 b01 a99
Zz AAa Zy
AAA AAB ZZ
str_decrement(): Argument #1 ($string) must not be empty
str_decrement(): Argument #1 ($string) must be composed only of alphanumeric ASCII characters
str_decrement(): Argument #1 ($string) must be composed only of alphanumeric ASCII characters
str_decrement(): Argument #1 ($string) "0" is out of decrement range
str_decrement(): Argument #1 ($string) "a" is out of decrement range
str_decrement(): Argument #1 ($string) "A" is out of decrement range
str_decrement(): Argument #1 ($string) "00" is out of decrement range
z
str_increment(): Argument #1 ($string) must be composed only of alphanumeric ASCII characters
int(6)
string(6) "abcdef"
string(0) ""
