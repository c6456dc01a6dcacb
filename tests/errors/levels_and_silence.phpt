--TEST--
Levels of errors, @ and error_get_last
--FILE--
<?php
function lvl() { return error_reporting(); }
echo @lvl(), ' ', lvl(), "\n";
echo @$x;
var_dump(error_get_last()['message'], error_get_last()['type']);
error_clear_last();
var_dump(error_get_last());
@trigger_error('silenced', E_USER_WARNING);
function setter() { error_reporting(E_NOTICE); return 1; }
echo @setter(), ' ', error_reporting(), "\n";
error_reporting(E_ALL & ~E_WARNING);
echo $y;
trigger_error('notice');
error_reporting(E_ALL);
function h($no, $msg) { echo "[$no|$msg]\n"; return $no != E_NOTICE && $no != E_USER_NOTICE; }
var_dump(set_error_handler('h', E_WARNING | E_USER_NOTICE | E_DEPRECATED));
echo $undef;
trigger_error('n', E_USER_NOTICE);
trigger_error('w', E_USER_WARNING);
echo @$silenced;
var_dump(set_error_handler(fn($no, $msg) => print("second $msg\n")));
strlen(null);
restore_error_handler();
strlen(null);
restore_error_handler();
trigger_error('dep', E_USER_DEPRECATED);
set_error_handler(function ($no, $msg) { throw new ErrorException($msg, 0, $no); });
try { echo [] . ''; } catch (ErrorException $e) { echo get_class($e), ' ', $e->getMessage(), ' ', $e->getSeverity(), "\n"; }
set_error_handler(null);
try { trigger_error('bad level', 42); } catch (ValueError $e) { echo $e->getMessage(), "\n"; }
set_error_handler(function () { echo $inner; return true; });
echo $outer;
--EXPECTF--
4437 30719
string(21) "Undefined variable $x"
int(2)
NULL
1 8

Notice: notice in %slevels_and_silence.php on line 13
NULL
[2|Undefined variable $undef]
[1024|n]

Notice: n in %slevels_and_silence.php on line 18

Warning: w in %slevels_and_silence.php on line 19
[2|Undefined variable $silenced]
string(1) "h"
second strlen(): Passing null to parameter #1 ($string) of type string is deprecated
[8192|strlen(): Passing null to parameter #1 ($string) of type string is deprecated]

Deprecated: dep in %slevels_and_silence.php on line 26
ErrorException Array to string conversion 2
trigger_error(): Argument #2 ($error_level) must be one of E_USER_ERROR, E_USER_WARNING, E_USER_NOTICE, or E_USER_DEPRECATED

Warning: Undefined variable $inner in %slevels_and_silence.php on line 31
