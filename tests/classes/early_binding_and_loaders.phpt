--TEST--
A class whose checks need a class that has to be loaded is declared where it stands
--FILE--
<?php
echo "start\n";
spl_autoload_register(function ($class) {
    echo "load $class\n";
    if ($class === 'Impl') { class Impl implements I {} }
});
var_dump(class_exists('Known', false), class_exists('Loads', false));
interface I {}
class P { function f(): I {} }
class Known extends P { function f(): I {} }
class Loads extends P { function f(): Impl {} }
var_dump(class_exists('Loads', false));
class Fails extends P { function f(): Missing {} }
?>
--EXPECTF--
start
bool(true)
bool(false)
load Impl
bool(true)
load Missing

Fatal error: Could not check compatibility between Fails::f(): Missing and P::f(): I, because class Missing is not available in %searly_binding_and_loaders.php on line 13
