<?php
// Compiles all PHP files of a folder into the opcode cache, and prints each one that went well: nanoseconds, bytes, name.
// Usage: compile.php FOLDER
$files = [];
$folder = new RecursiveDirectoryIterator($argv[1], FilesystemIterator::SKIP_DOTS);
foreach (new RecursiveIteratorIterator($folder) as $file) {
    if ($file->getExtension() === 'php' && $file->isReadable()) {
        $files[] = $file->getPathname();
    }
}
sort($files);
foreach ($files as $file) {
    $start = hrtime(true);
    // Two files of a folder may declare the same function, which a compiler may mind.
    $done = @opcache_compile_file($file);
    $time = hrtime(true) - $start;
    if ($done) {
        echo $time, ' ', filesize($file), ' ', $file, "\n";
    }
}
