--TEST--
Replacing and splitting with regular expressions
--FILE--
<?php
var_dump(preg_replace('/(\w+) (\w+)/', '$2 ${1}x \0', 'hello world'), preg_replace(['/a/', '/b/'], ['b', 'c'],
    'ab'), preg_replace('/x/', 'y', ['k' => 'xx', 'z']), preg_replace('/a/', 'b', 'aaa', 2, $n), $n,
    preg_replace_callback('/\d+/', fn($m) => $m[0] * 2, 'a1 b22', -1, $c), $c,
    preg_replace_callback_array(['/a/' => fn($m) => 'b', '/b/' => fn($m) => 'c'], 'aabb'),
    preg_replace('/e/u', 'E', 'été'), preg_filter('/\d/', '#', ['a', '1', 'b2']), preg_split('/[\s,]+/',
    "a, b  c,d"), preg_split('//', 'abc', -1, PREG_SPLIT_NO_EMPTY), preg_split('/(-)/', 'a-b-c', 2,
    PREG_SPLIT_DELIM_CAPTURE), preg_split('/ /', 'a b', -1, PREG_SPLIT_OFFSET_CAPTURE),
    preg_quote('Hello.World?[]{}()*+^$|\\/#-', '/'), preg_grep('/^a/', ['apple', 'k' => 'banana', 'avocado']),
    preg_grep('/^a/', ['apple', 'b'], PREG_GREP_INVERT), preg_replace('/(?<year>\d{4})-(\d\d)/', '$2/$1',
    '2024-05'), preg_replace('/\s+/', ' ', " a \n\t b "), preg_replace('/(a)(b)?/', '[$2|$1]', 'ac'),
    preg_replace('/^/m', '> ', "l1\nl2"), preg_replace('/A/i', 'x', 'aA'), preg_replace('/a.c/s', 'x',
    "a\nc"), preg_replace('/a b # comment/x', 'x', 'ab'), preg_replace('/a+?/', 'x', 'aaa'),
    preg_replace('/a+/U', 'x', 'aaa'), preg_replace('/b$/D', 'x', "b\n"), preg_match('/(?i)HELLO(?-i)w/',
    'hellow'), preg_replace_callback('/(?<w>\w)/', fn(array $m) => strtoupper($m['w']), 'ab'));
--EXPECT--
string(24) "world hellox hello world"
string(2) "cc"
array(2) {
  ["k"]=>
  string(2) "yy"
  [0]=>
  string(1) "z"
}
string(3) "bba"
int(2)
string(6) "a2 b44"
int(2)
string(4) "cccc"
string(5) "été"
array(2) {
  [1]=>
  string(1) "#"
  [2]=>
  string(2) "b#"
}
array(4) {
  [0]=>
  string(1) "a"
  [1]=>
  string(1) "b"
  [2]=>
  string(1) "c"
  [3]=>
  string(1) "d"
}
array(3) {
  [0]=>
  string(1) "a"
  [1]=>
  string(1) "b"
  [2]=>
  string(1) "c"
}
array(3) {
  [0]=>
  string(1) "a"
  [1]=>
  string(1) "-"
  [2]=>
  string(3) "b-c"
}
array(2) {
  [0]=>
  array(2) {
    [0]=>
    string(1) "a"
    [1]=>
    int(0)
  }
  [1]=>
  array(2) {
    [0]=>
    string(1) "b"
    [1]=>
    int(2)
  }
}
string(44) "Hello\.World\?\[\]\{\}\(\)\*\+\^\$\|\\\/\#\-"
array(2) {
  [0]=>
  string(5) "apple"
  [1]=>
  string(7) "avocado"
}
array(1) {
  [1]=>
  string(1) "b"
}
string(7) "05/2024"
string(5) " a b "
string(5) "[|a]c"
string(9) "> l1
> l2"
string(2) "xx"
string(1) "x"
string(1) "x"
string(3) "xxx"
string(3) "xxx"
string(2) "b
"
int(1)
string(2) "AB"
