--TEST--
Searching in strings
--FILE--
<?php
var_dump(strpos('hello', 'l'), strpos('hello', 'l', -2), strpos('hello', 'z'), strrpos('hello', 'l'),
    strrpos('hello', 'l', -3), stripos('HeLLo', 'll'), strripos('HeLLoL', 'l'), strpos('abc', ''),
    strrpos('abc', ''));
var_dump(strstr('user@host', '@'), strstr('user@host', '@', true), stristr('HAYSTACK', 'st'), strrchr('a/b/c',
    '/'), strpbrk('This is', 'st'), substr_count('aaa', 'a'), substr_count('aaaa', 'aa'),
    substr_count('hello', 'l', 3), substr_count('hello', 'l', -3, 2));
var_dump(str_contains('abc', ''), str_starts_with('abc', 'ab'), str_ends_with('abc', 'bc'),
    strspn('42 apples', '0123456789'), strcspn('hello world', 'ow'), strspn('foo', 'o', 1, 2), strcspn('',
    'a'));
foreach (['strpos("abc", "b", 5)', 'strrpos("abc", "b", -5)', 'substr_count("abc", "")',
    'substr_count("abc", "a", 5)', 'strpbrk("a", "")'] as $code) {
    try { var_dump(eval("return $code;")); } catch (ValueError $e) { echo $e->getMessage(), "\n"; }
}
--EXPECT--
int(2)
int(3)
bool(false)
int(3)
int(2)
int(2)
int(5)
int(0)
int(3)
string(5) "@host"
string(4) "user"
string(5) "STACK"
string(2) "/c"
string(4) "s is"
int(3)
int(2)
int(1)
int(2)
bool(true)
bool(true)
bool(true)
int(2)
int(4)
int(2)
int(0)
strpos(): Argument #3 ($offset) must be contained in argument #1 ($haystack)
strrpos(): Argument #3 ($offset) must be contained in argument #1 ($haystack)
substr_count(): Argument #2 ($needle) must not be empty
substr_count(): Argument #3 ($offset) must be contained in argument #1 ($haystack)
strpbrk(): Argument #2 ($characters) must be a non-empty string
