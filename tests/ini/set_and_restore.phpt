--TEST--
Changing settings, what is refused, and restoring
--FILE--
<?php
var_dump(ini_set('precision', 'abc'), ini_get('precision'), ini_set('precision', '-1'), ini_set('precision', '-2'));
echo 0.1 + 0.2, "\n";
var_dump(ini_set('no.such', 1), ini_get('no.such'), ini_set('post_max_size', 1), ini_get('error_reporting'));
ini_restore('precision');
echo 0.1 + 0.2, "\n";
var_dump(ini_set('zend.assertions', -1), ini_set('disable_functions', 'x'));
var_dump(ini_set('max_execution_time', '5s'), ini_get('max_execution_time'));
var_dump(ini_set('error_reporting', 'E_ALL'), error_reporting(), ini_set('error_reporting', '8191'), error_reporting());
ini_restore('error_reporting');
var_dump(error_reporting() === E_ALL);
var_dump(ini_set('zend.exception_string_param_max_len', -5), ini_get('zend.exception_string_param_max_len'));
var_dump(ini_set('default_charset', "a\nb"), ini_set('include_path', ''), ini_get('include_path') !== '');
var_dump(@ini_set('memory_limit', '1'), ini_get('memory_limit'));
var_dump(ini_get_all('no such extension'));
--EXPECTF--
string(2) "14"
string(3) "abc"
string(3) "abc"
bool(false)
0.30000000000000004
bool(false)
bool(false)
bool(false)
string(5) "30719"
0.3

Warning: zend.assertions may be completely enabled or disabled only in php.ini in %sset_and_restore.php on line 7
bool(false)
bool(false)
string(1) "0"
string(2) "5s"
string(5) "30719"
int(0)
string(5) "E_ALL"
int(8191)
bool(true)
bool(false)
string(2) "15"
bool(false)
bool(false)
bool(true)
bool(false)
string(4) "128M"

Warning: ini_get_all(): Extension "no such extension" cannot be found in %sset_and_restore.php on line 15
bool(false)
