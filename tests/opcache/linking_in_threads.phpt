--TEST--
Many threads link the same classes and autoload in the middle of it; each has its own statics
--SKIPIF--
<?php if (!function_exists('Async\spawn_thread')) die('skip threads'); ?>
--INI--
opcache.enable_cli=1
opcache.file_update_protection=0
--FILE--
<?php
use function Async\{await, spawn_thread};

$folder = __DIR__ . '/linking_in_threads';
@mkdir($folder);
file_put_contents("$folder/Base.php", '<?php abstract class Base implements Named { use Counted; abstract function f(): static; }');
file_put_contents("$folder/Named.php", '<?php interface Named { const NAME = "named"; function name(): string; }');
file_put_contents("$folder/Counted.php", '<?php trait Counted { public static int $count = 0; function name(): string { return static::class . ++self::$count; } }');
file_put_contents("$folder/Leaf.php", '<?php final class Leaf extends Base { function f(): static { return $this; } }');
file_put_contents("$folder/main.php", '<?php
    $anonymous = new class extends Base { public $inner = ["x" => Named::NAME]; function f(): static { return new static; } };
    $make = function () { $n = 1; return function () use (&$n) { static $calls = 0; return [$n++, ++$calls]; }; };
    $inner = $make();
    $inner();
    return [(new Leaf)->f()->name(), get_parent_class($anonymous), $anonymous->f()->inner, $anonymous->name() !== "", Leaf::$count, $inner()];');
$work = function () use ($folder) {
    $loaded = [];
    spl_autoload_register(function ($class) use ($folder, &$loaded) {
        $loaded[] = $class;
        require "$folder/$class.php";
    });
    $result = include "$folder/main.php";
    return json_encode([$result, $loaded]);
};
for ($wave = 0; $wave < 5; $wave++) {
    opcache_reset();
    $threads = [];
    for ($thread = 0; $thread < 6; $thread++) {
        $threads[] = spawn_thread($work);
    }
    foreach ($threads as $thread) {
        $results[] = await($thread);
    }
}
print_r(array_count_values($results));
?>
--CLEAN--
<?php
array_map('unlink', glob(__DIR__ . '/linking_in_threads/*.php'));
rmdir(__DIR__ . '/linking_in_threads');
?>
--EXPECT--
Array
(
    [[["Leaf1","Base",{"x":"named"},true,2,[2,2]],["Base","Counted","Named","Leaf"]]] => 30
)
