--TEST--
Destructors, autoloaders and handlers that load scripts in the middle of loading one; errors of compilation in between
--INI--
opcache.enable_cli=1
opcache.file_update_protection=0
opcache.jit=tracing
opcache.jit_buffer_size=2M
opcache.jit_hot_loop=1
opcache.jit_hot_func=1
--FILE--
<?php
$folder = __DIR__ . '/code_that_runs_while_scripts_load';
@mkdir($folder);
file_put_contents("$folder/broken.php", '<?php function f( {');
file_put_contents("$folder/fatal.php", '<?php $x = [1, 2][2]; return (function () { return new class { function __destruct() { echo include __DIR__ . "/leaf.php"; } }; })() && throw new Exception("thrown");');
file_put_contents("$folder/leaf.php", '<?php $s = 0; for ($i = 0; $i < 50; $i++) { $s += $i; } return "leaf $s\n";');
file_put_contents("$folder/a.php", '<?php echo include __DIR__ . "/b.php"; class A extends FromAutoload {} return "a\n";');
file_put_contents("$folder/b.php", '<?php try { include __DIR__ . "/broken.php"; } catch (ParseError $e) { echo $e->getMessage(), "\n"; } return "b\n";');
file_put_contents("$folder/FromAutoload.php", '<?php class FromAutoload { function __construct() { echo include __DIR__ . "/leaf.php"; } }');
spl_autoload_register(function ($class) use ($folder) {
    echo "loading $class: ", include "$folder/leaf.php";
    require "$folder/$class.php";
});
set_error_handler(function ($level, $text) use ($folder) {
    echo "$text: ", include "$folder/leaf.php";
    return true;
});
for ($round = 0; $round < 2; $round++) {
    try {
        include "$folder/fatal.php";
    } catch (Exception $e) {
        echo $e->getMessage(), "\n";
    }
    unset($e);
    opcache_invalidate("$folder/leaf.php", true);
}
echo include "$folder/a.php";
new A;
var_dump(opcache_is_script_cached("$folder/leaf.php"), opcache_is_script_cached("$folder/broken.php"));
?>
--CLEAN--
<?php
array_map('unlink', glob(__DIR__ . '/code_that_runs_while_scripts_load/*.php'));
rmdir(__DIR__ . '/code_that_runs_while_scripts_load');
?>
--EXPECT--
Undefined array key 2: leaf 1225
leaf 1225
thrown
Undefined array key 2: leaf 1225
leaf 1225
thrown
syntax error, unexpected token "{", expecting variable
b
loading FromAutoload: leaf 1225
a
leaf 1225
bool(true)
bool(false)
