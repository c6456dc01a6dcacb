--TEST--
json_decode
--FILE--
<?php
foreach (['1', '-0', '1.0', '1e2', '"x"', 'true', 'null', '[]', '{}', '[1,[2]]',
    '{"a":{"b":[1]},"":0,"0":"z"}', ' [ 1 , 2 ] ', '12345678901234567890', '"\u00e9\ud83d\ude00\n\/"', '',
    '{', '[1,]', '{"a":1,}', "'x'", 'nul', '01', '[1}', '"\ud800"', "\"a\x01\"", '"\x"', '{"a" 1}', '1 2',
    "\xff", '{a:1}', 'NaN', '"unterminated', '-', '1.', '.5', '+1', '[[[[[1]]]]]', 'TRUE',
    '{"a":1,"a":2}'] as $j) {
    $v = json_decode($j, true);
    echo str_pad(addcslashes($j, "\0..\37\177..\377"), 30), ' ',
        json_last_error() ? json_last_error_msg() : var_export($v, true), "\n";
}
var_dump(json_decode('{"a":{"b":1},"c":[{}]}'), json_decode('[[1]]', true, 1), json_last_error_msg(),
    json_decode('12345678901234567890', false, 512, JSON_BIGINT_AS_STRING), json_decode('{"x":1}', false, 512,
    JSON_OBJECT_AS_ARRAY));
try {
    json_decode('{', flags: JSON_THROW_ON_ERROR);
} catch (JsonException $e) { echo $e->getMessage(), $e->getCode(), "\n"; }
var_dump(json_validate('[1]'), json_validate('[1'), json_decode('{"\u0000a":1}'), json_last_error_msg(),
    json_decode('{"123":1}', true));
try { json_decode('[]', true, 0); } catch (ValueError $e) { echo $e->getMessage(), "\n"; }
--EXPECT--
1                              1
-0                             0
1.0                            1.0
1e2                            100.0
"x"                            'x'
true                           true
null                           NULL
[]                             array (
)
{}                             array (
)
[1,[2]]                        array (
  0 => 1,
  1 => 
  array (
    0 => 2,
  ),
)
{"a":{"b":[1]},"":0,"0":"z"}   array (
  'a' => 
  array (
    'b' => 
    array (
      0 => 1,
    ),
  ),
  '' => 0,
  0 => 'z',
)
 [ 1 , 2 ]                     array (
  0 => 1,
  1 => 2,
)
12345678901234567890           1.2345678901234567E+19
"\u00e9\ud83d\ude00\n\/"       'é😀
/'
                               Syntax error
{                              Syntax error
[1,]                           Syntax error
{"a":1,}                       Syntax error
'x'                            Syntax error
nul                            Syntax error
01                             Syntax error
[1}                            State mismatch (invalid or malformed JSON)
"\ud800"                       Single unpaired UTF-16 surrogate in unicode escape
"a\001"                        Control character error, possibly incorrectly encoded
"\x"                           Syntax error
{"a" 1}                        Syntax error
1 2                            Syntax error
\377                           Malformed UTF-8 characters, possibly incorrectly encoded
{a:1}                          Syntax error
NaN                            Syntax error
"unterminated                  Control character error, possibly incorrectly encoded
-                              Syntax error
1.                             Syntax error
.5                             Syntax error
+1                             Syntax error
[[[[[1]]]]]                    array (
  0 => 
  array (
    0 => 
    array (
      0 => 
      array (
        0 => 
        array (
          0 => 1,
        ),
      ),
    ),
  ),
)
TRUE                           Syntax error
{"a":1,"a":2}                  array (
  'a' => 2,
)
object(stdClass)#2 (2) {
  ["a"]=>
  object(stdClass)#1 (1) {
    ["b"]=>
    int(1)
  }
  ["c"]=>
  array(1) {
    [0]=>
    object(stdClass)#3 (0) {
    }
  }
}
NULL
string(28) "Maximum stack depth exceeded"
string(20) "12345678901234567890"
object(stdClass)#4 (1) {
  ["x"]=>
  int(1)
}
Syntax error4
bool(true)
bool(false)
NULL
string(36) "The decoded property name is invalid"
array(1) {
  [123]=>
  int(1)
}
json_decode(): Argument #3 ($depth) must be greater than 0
