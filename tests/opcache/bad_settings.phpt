--TEST--
Settings of OPcache that are refused when a script sets them
--INI--
opcache.enable=1
opcache.enable_cli=1
opcache.jit=tracing
opcache.jit_buffer_size=16M
--FILE--
<?php
$tries = [
    'enable' => ['1', '0', 'on'],
    'revalidate_freq' => ['abc', '5'],
    'jit_hot_side_exit' => ['300', '-1', '12'],
    'jit_hot_loop' => ['5'],
    'jit_max_loop_unrolls' => ['0', 'x', '11', '10'],
    'jit_max_recursive_returns' => ['5', '4'],
    'jit_max_trace_length' => ['3', '1025', '1024'],
    'jit_debug' => ['16', '1'],
    'jit' => ['off', '1254', 'nonsense', 'tracing'],
    'memory_consumption' => ['64'],
];
foreach ($tries as $name => $values) {
    foreach ($values as $value) {
        echo "$name=$value: ";
        var_dump(ini_set("opcache.$name", $value));
    }
    var_dump(ini_get("opcache.$name"));
}
?>
--EXPECTF--
enable=1: 
Warning: Zend OPcache can't be temporary enabled (it may be only disabled till the end of request) in %sbad_settings.php on line 17
bool(false)
enable=0: string(1) "1"
enable=on: 
Warning: Zend OPcache can't be temporary enabled (it may be only disabled till the end of request) in %sbad_settings.php on line 17
bool(false)
string(1) "0"
revalidate_freq=abc: 
Warning: Invalid "opcache.revalidate_freq" setting. Invalid quantity "abc": no valid leading digits, interpreting as "0" for backwards compatibility in %sbad_settings.php on line 17
string(1) "0"
revalidate_freq=5: string(3) "abc"
string(1) "5"
jit_hot_side_exit=300: 
Warning: Invalid "opcache.jit_hot_side_exit" setting; using default value instead. Should be between 0 and 255 in %sbad_settings.php on line 17
bool(false)
jit_hot_side_exit=-1: 
Warning: Invalid "opcache.jit_hot_side_exit" setting; using default value instead. Should be between 0 and 255 in %sbad_settings.php on line 17
bool(false)
jit_hot_side_exit=12: string(1) "1"
string(2) "12"
jit_hot_loop=5: bool(false)
string(1) "1"
jit_max_loop_unrolls=0: 
Warning: Invalid "opcache.jit_max_loop_unrolls" setting. Should be between 1 and 10 in %sbad_settings.php on line 17
bool(false)
jit_max_loop_unrolls=x: 
Warning: Invalid "opcache.jit_max_loop_unrolls" setting. Invalid quantity "x": no valid leading digits, interpreting as "0" for backwards compatibility in %sbad_settings.php on line 17

Warning: Invalid "opcache.jit_max_loop_unrolls" setting. Should be between 1 and 10 in %sbad_settings.php on line 17
bool(false)
jit_max_loop_unrolls=11: 
Warning: Invalid "opcache.jit_max_loop_unrolls" setting. Should be between 1 and 10 in %sbad_settings.php on line 17
bool(false)
jit_max_loop_unrolls=10: 
Warning: Invalid "opcache.jit_max_loop_unrolls" setting. Should be between 1 and 10 in %sbad_settings.php on line 17
bool(false)
string(1) "8"
jit_max_recursive_returns=5: 
Warning: Invalid "opcache.jit_max_recursive_returns" setting. Should be between 0 and 4 in %sbad_settings.php on line 17
bool(false)
jit_max_recursive_returns=4: 
Warning: Invalid "opcache.jit_max_recursive_returns" setting. Should be between 0 and 4 in %sbad_settings.php on line 17
bool(false)
string(1) "2"
jit_max_trace_length=3: 
Warning: Invalid "opcache.jit_max_trace_length" setting. Should be between 4 and 1024 in %sbad_settings.php on line 17
bool(false)
jit_max_trace_length=1025: 
Warning: Invalid "opcache.jit_max_trace_length" setting. Should be between 4 and 1024 in %sbad_settings.php on line 17
bool(false)
jit_max_trace_length=1024: string(4) "1024"
string(4) "1024"
jit_debug=16: 
Warning: Some opcache.jit_debug bits cannot be changed after startup in %sbad_settings.php on line 17
bool(false)
jit_debug=1: string(1) "0"
string(1) "1"
jit=off: string(7) "tracing"
jit=1254: string(3) "off"
jit=nonsense: 
Warning: Invalid "opcache.jit" setting. Should be "disable", "on", "off", "tracing", "function" or 4-digit number in %sbad_settings.php on line 17
bool(false)
jit=tracing: 
Warning: Cannot change opcache.jit setting at run-time (JIT is disabled) in %sbad_settings.php on line 17
bool(false)
string(4) "1254"
memory_consumption=64: bool(false)
string(3) "128"
