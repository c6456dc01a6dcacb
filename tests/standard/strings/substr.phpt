--TEST--
Parts of strings
--FILE--
<?php
var_dump(substr('abcdef', 1), substr('abcdef', -2), substr('abcdef', 1, -1), substr('abcdef', 10),
    substr('abcdef', 2, 0), substr('abc', -10, 2), substr('abc', 0, -5), substr('abc', 3));
var_dump(substr_replace('Hello', 'J', 0, 1), substr_replace('abc', 'X', -1, 0), substr_replace(['abc', 'def'],
    ['1', '2'], [0, 1], 2), substr_replace('abc', 'Z', 1), substr_compare('abcde', 'bc', 1, 2),
    substr_compare('abcde', 'BC', 1, 2, true));
var_dump(str_split('abcdefg', 3), chunk_split('abcd', 2, '|'), wordwrap('The quick brown fox', 10, "\n",
    true), wordwrap('A very long woooooooooooord.', 8, "\n", true), wordwrap('A very long woooooooooooord.',
    8, "\n", false), nl2br("a\nb\r\nc"), strrev('abc'), str_pad('5', 3, '0', STR_PAD_LEFT), str_pad('x', 6,
    'ab', STR_PAD_BOTH), str_pad('abc', 2), str_repeat('ab', 3), str_word_count("Hello World again"),
    str_word_count("Hello fri3nd", 1), str_word_count('a b', 2));
try { str_split('abc', 0); } catch (ValueError $e) { echo $e->getMessage(), "\n"; }
--EXPECT--
string(5) "bcdef"
string(2) "ef"
string(4) "bcde"
string(0) ""
string(0) ""
string(2) "ab"
string(0) ""
string(0) ""
string(5) "Jello"
string(4) "abXc"
array(2) {
  [0]=>
  string(2) "1c"
  [1]=>
  string(2) "d2"
}
string(2) "aZ"
int(0)
int(0)
array(3) {
  [0]=>
  string(3) "abc"
  [1]=>
  string(3) "def"
  [2]=>
  string(1) "g"
}
string(6) "ab|cd|"
string(19) "The quick
brown fox"
string(29) "A very
long
wooooooo
ooooord."
string(28) "A very
long
woooooooooooord."
string(18) "a<br />
b<br />
c"
string(3) "cba"
string(3) "005"
string(6) "abxaba"
string(3) "abc"
string(6) "ababab"
int(3)
array(3) {
  [0]=>
  string(5) "Hello"
  [1]=>
  string(3) "fri"
  [2]=>
  string(2) "nd"
}
array(2) {
  [0]=>
  string(1) "a"
  [2]=>
  string(1) "b"
}
str_split(): Argument #2 ($length) must be greater than 0
