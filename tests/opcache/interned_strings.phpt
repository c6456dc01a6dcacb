--TEST--
opcache_get_status() tells of the strings that scripts share
--INI--
opcache.enable_cli=1
opcache.file_update_protection=0
opcache.interned_strings_buffer=4
--FILE--
<?php
function usage(): array {
    return opcache_get_status(false)['interned_strings_usage'];
}
function store(string $name, int ...$numbers): string {
    $file = __DIR__ . "/interned_strings_$name.inc";
    $texts = array_map(fn($number) => "a text with the number $number", $numbers);
    file_put_contents($file, '<?php return ' . var_export($texts, true) . ';');
    opcache_compile_file($file);
    return $file;
}

$before = usage();
$look = fn() => usage()['number_of_strings'] - $before['number_of_strings'];
var_dump($before['buffer_size'], $before['used_memory'] + $before['free_memory'] === $before['buffer_size']);
$one = store('one', 1, 2);
echo $look(), " are both texts and the path\n";
$two = store('two', 2, 3);
echo $look(), " with another text and another path\n";
opcache_invalidate($one, true);
echo $look(), " while this request might execute the first script\n";
echo implode(', ', include $two), "\n";
opcache_invalidate($two, true);
unlink($one);
unlink($two);
?>
--EXPECT--
int(4194304)
bool(true)
3 are both texts and the path
5 with another text and another path
5 while this request might execute the first script
a text with the number 2, a text with the number 3
