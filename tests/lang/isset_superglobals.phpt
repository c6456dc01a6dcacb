--TEST--
isset() and empty() of superglobals look at the global scope wherever they stand
--FILE--
<?php
function in_function() {
    var_dump(isset($_SERVER), empty($_SERVER), isset($_GET), empty($_GET), isset($_GET['a']));
}

class C {
    static function method() {
        $_GET = ['a' => 1];
        var_dump(isset($_GET), empty($_GET), isset($_GET['a']), isset($_GET['b']));
    }
}

in_function();
C::method();
unset($_GET);
var_dump(isset($_GET), (fn() => isset($_GET))(), (fn() => empty($_GET))());
--EXPECT--
bool(true)
bool(false)
bool(true)
bool(true)
bool(false)
bool(true)
bool(false)
bool(true)
bool(false)
bool(false)
bool(false)
bool(true)
