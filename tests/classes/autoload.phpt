--TEST--
Autoloading
--FILE--
<?php
spl_autoload_register(function ($c) {
    echo "[load $c]";
    if ($c === 'Auto') { class Auto { const X = 1; static function s() { return 's'; } } }
    if ($c === 'Iface') { interface Iface {} }
});
echo Auto::X, Auto::s(), "\n";
var_dump(class_exists('Missing'), class_exists('Missing', false), interface_exists('Iface'));
try { new Missing; } catch (Error $e) { echo $e->getMessage(), "\n"; }
try { Missing::x(); } catch (Error $e) { echo $e->getMessage(), "\n"; }
var_dump(is_callable('Missing::x'), null instanceof Missing, new stdClass instanceof Missing);
try {
    (function (Missing $x) {})(1);
} catch (TypeError $e) { echo preg_replace('~/.*/~', '', $e->getMessage()), "\n"; }
spl_autoload_register(function ($c) { throw new Exception("cannot load $c"); }, true, true);
try { new Another; } catch (Exception $e) { echo $e->getMessage(), "\n"; }
echo count(spl_autoload_functions()), "\n";
try { class_exists('X\Y'); } catch (Exception $e) { echo $e->getMessage(), "\n"; }
--EXPECTF--
[load Auto]1s
[load Missing][load Iface]bool(false)
bool(false)
bool(true)
[load Missing]Class "Missing" not found
[load Missing]Class "Missing" not found
[load Missing]bool(false)
bool(false)
bool(false)
{closure:autoload.php on line 13
cannot load Another
2
cannot load X\Y
