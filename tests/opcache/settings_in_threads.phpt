--TEST--
Threads that start later see the settings and the cache of the process, and say nothing about it
--SKIPIF--
<?php if (!function_exists('Async\spawn_thread')) die('skip threads'); ?>
--INI--
opcache.enable_cli=1
opcache.file_update_protection=0
opcache.memory_consumption=16
opcache.interned_strings_buffer=4
opcache.max_accelerated_files=300
opcache.jit=tracing
opcache.jit_buffer_size=2M
--FILE--
<?php
use function Async\{await, spawn_thread};

$look = function () {
    $directives = opcache_get_configuration()['directives'];
    $status = opcache_get_status();
    return [
        $directives['opcache.memory_consumption'],
        $directives['opcache.interned_strings_buffer'],
        $directives['opcache.jit'],
        ini_get('opcache.jit_buffer_size'),
        $status['opcache_statistics']['max_cached_keys'],
        $status['jit']['enabled'],
        $status['jit']['buffer_size'],
        ini_set('opcache.memory_consumption', '64'),
    ];
};
$own = $look();
echo json_encode($own), "\n";
$threads = [];
for ($n = 0; $n < 6; $n++) {
    $threads[] = spawn_thread($look);
}
foreach ($threads as $thread) {
    var_dump(await($thread) === $own);
}
// What one thread switches off for itself stays on for others.
$off = await(spawn_thread(function () {
    ini_set('opcache.enable', '0');
    return ini_get('opcache.enable');
}));
var_dump($off, ini_get('opcache.enable'), await(spawn_thread(fn() => ini_get('opcache.enable'))));
?>
--EXPECT--
[16777216,4,"tracing","2M",463,true,2097152,false]
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
string(1) "0"
string(1) "1"
string(1) "1"
