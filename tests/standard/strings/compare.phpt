--TEST--
Comparing strings
--FILE--
<?php
var_dump(strcmp('a', 'b'), strcmp('b', 'a'), strcmp('abc', 'ab'), strcasecmp('HELLO', 'hello'),
    strncmp('abcd', 'abef', 2), strncasecmp('ABx', 'aby', 2), strnatcmp('img12', 'img10'),
    strnatcasecmp('IMG2', 'img10'), strcoll('a', 'b'), 'abc' <=> 'abd', 'Z' < 'a', '10' == '1e1',
    'abc' == 'ABC', strcmp('', 'a'), strnatcmp('1.5', '1.10'), strnatcmp('a 1', 'a  2'),
    version_compare('8.4.0', '8.3.12'), version_compare('1.0.0-alpha', '1.0.0', '<'), version_compare('5.2',
    '5.10', 'ge'), similar_text('', ''));
--EXPECT--
int(-1)
int(1)
int(1)
int(0)
int(0)
int(0)
int(1)
int(-1)
int(-1)
int(-1)
bool(true)
bool(true)
bool(false)
int(-1)
int(-1)
int(-1)
int(1)
bool(true)
bool(false)
int(0)
