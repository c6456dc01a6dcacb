<?php
use Async\ThreadPool;
use function Async\spawn;
use function Async\await;
spawn(function() {
    $pool = new ThreadPool(2);
    $future = $pool->submit(fn() => 42);
    echo await($future) . "\n";
    $pool->close();
    echo "Done\n";
});
