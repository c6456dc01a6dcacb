--TEST--
Matching regular expressions
--FILE--
<?php
var_dump(preg_match('/(\d+)-(?<name>\w+)(x)?/', 'abc 12-foo', $m), $m, preg_match('/a(b)?c/', 'ac', $m,
    PREG_UNMATCHED_AS_NULL), $m, preg_match('/b/', 'abc', $m, PREG_OFFSET_CAPTURE), $m,
    preg_match_all('/(\w)(\d)/', 'a1 b2 c3', $m), $m, preg_match_all('/(\w)(\d)/', 'a1 b2', $m,
    PREG_SET_ORDER), $m, preg_match_all('/x/', 'abc'), preg_match('/^c/', 'abc', $m, 0, 2),
    preg_match('/\Gc/', 'abc', $m, 0, 2), preg_match('~é~u', 'café'), preg_match('/./u', "\xff"),
    preg_last_error(), preg_last_error_msg(), preg_match('/(?:\D+|<\d+>)*[!?]/', 'foobar foobar foobar'),
    preg_last_error_msg());
foreach (['abc', '/abc', '/a/k', '/(/', '/[/', '', '/a\/', "/a/\0", '{a}i', '(a)', '<a>x', '/?/', '/a{2,1}/',
    '/(?<n>a)(?<n>b)/', "\\a\\", '9a9'] as $p) {
    echo str_pad(addcslashes($p, "\0"), 20), ' ';
    $r = @preg_match($p, 'abc');
    echo var_export($r, true), ' ', error_get_last()['message'] ?? '', "\n";
    error_clear_last();
}
--EXPECT--
int(1)
array(4) {
  [0]=>
  string(6) "12-foo"
  [1]=>
  string(2) "12"
  ["name"]=>
  string(3) "foo"
  [2]=>
  string(3) "foo"
}
int(1)
array(2) {
  [0]=>
  string(2) "ac"
  [1]=>
  NULL
}
int(1)
array(1) {
  [0]=>
  array(2) {
    [0]=>
    string(1) "b"
    [1]=>
    int(1)
  }
}
int(3)
array(3) {
  [0]=>
  array(3) {
    [0]=>
    string(2) "a1"
    [1]=>
    string(2) "b2"
    [2]=>
    string(2) "c3"
  }
  [1]=>
  array(3) {
    [0]=>
    string(1) "a"
    [1]=>
    string(1) "b"
    [2]=>
    string(1) "c"
  }
  [2]=>
  array(3) {
    [0]=>
    string(1) "1"
    [1]=>
    string(1) "2"
    [2]=>
    string(1) "3"
  }
}
int(2)
array(2) {
  [0]=>
  array(3) {
    [0]=>
    string(2) "a1"
    [1]=>
    string(1) "a"
    [2]=>
    string(1) "1"
  }
  [1]=>
  array(3) {
    [0]=>
    string(2) "b2"
    [1]=>
    string(1) "b"
    [2]=>
    string(1) "2"
  }
}
int(0)
int(0)
int(1)
int(1)
bool(false)
int(4)
string(56) "Malformed UTF-8 characters, possibly incorrectly encoded"
bool(false)
string(25) "Backtrack limit exhausted"
abc                  false preg_match(): Delimiter must not be alphanumeric, backslash, or NUL byte
/abc                 false preg_match(): No ending delimiter '/' found
/a/k                 false preg_match(): Unknown modifier 'k'
/(/                  false preg_match(): Compilation failed: missing closing parenthesis at offset 1
/[/                  false preg_match(): Compilation failed: missing terminating ] for character class at offset 1
                     false preg_match(): Empty regular expression
/a\/                 false preg_match(): No ending delimiter '/' found
/a/\000              false preg_match(): NUL byte is not a valid modifier
{a}i                 1 
(a)                  1 
<a>x                 1 
/?/                  false preg_match(): Compilation failed: quantifier does not follow a repeatable item at offset 0
/a{2,1}/             false preg_match(): Compilation failed: numbers out of order in {} quantifier at offset 5
/(?<n>a)(?<n>b)/     false preg_match(): Compilation failed: two named subpatterns have the same name (PCRE2_DUPNAMES not set) at offset 12
\a\                  false preg_match(): Delimiter must not be alphanumeric, backslash, or NUL byte
9a9                  false preg_match(): Delimiter must not be alphanumeric, backslash, or NUL byte
