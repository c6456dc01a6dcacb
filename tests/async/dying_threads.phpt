--TEST--
Threads that die of limits and fatal errors: their futures reject, others finish with right results
--SKIPIF--
<?php if (!function_exists('Async\spawn_thread')) die('skip threads');
--INI--
memory_limit=32M
display_errors=0
--FILE--
<?php
use function Async\{await, spawn, spawn_thread};

$cases = [
    'string' => function () {
        $s = 'x';
        while (true) {
            $s .= $s;
        }
    },
    'array' => function () {
        $list = [];
        while (true) {
            $list[] = [1];
        }
    },
    'one block' => fn() => str_repeat('x', 1 << 30),
    'overflow' => fn() => str_repeat('ab', PHP_INT_MAX),
    'recursion' => function () {
        $f = function ($n) use (&$f) { return $f($n + 1) + 1; };
        return $f(0);
    },
    'native recursion' => function () {
        ini_set('memory_limit', '2G');
        $f = function ($a, $b) use (&$f) {
            $list = [1, 2];
            usort($list, $f);
            return 0;
        };
        try {
            return $f(1, 2);
        } catch (Error $error) {
            return substr($error->getMessage(), 0, 18);
        }
    },
    'time' => function () {
        set_time_limit(1);
        while (true);
    },
    'undefined' => fn() => no_such_function(),
    'fatal' => fn() => eval('class A extends A {}'),
    'parse' => fn() => eval('foo('),
    'exit' => fn() => exit(3),
];
$work = function () {
    $sum = 0;
    for ($i = 0; $i < 20000; $i++) {
        $sum += strlen(str_repeat('x', $i % 10));
    }
    return $sum;
};
spawn(function () use ($cases, $work) {
    foreach ($cases as $name => $case) {
        $others = [spawn_thread($work), spawn_thread($work)];
        $dying = spawn_thread($case);
        try {
            $result = await($dying);
            echo "$name: $result\n";
        } catch (Throwable $error) {
            echo "$name: ", get_class($error), ': ', preg_replace('/\d{5,}/', 'N', $error->getMessage()), "\n";
        }
        foreach ($others as $other) {
            if (await($other) !== 90000) {
                echo "wrong\n";
            }
        }
    }
    echo "done\n";
});
?>
--EXPECT--
string: Async\ThreadTransferException: Allowed memory size of N bytes exhausted (tried to allocate N bytes)
array: Async\ThreadTransferException: Allowed memory size of N bytes exhausted (tried to allocate N bytes)
one block: Async\ThreadTransferException: Allowed memory size of N bytes exhausted (tried to allocate N bytes)
overflow: Async\ThreadTransferException: Possible integer overflow in memory allocation (2 * N + 32)
recursion: Async\ThreadTransferException: Allowed memory size of N bytes exhausted (tried to allocate N bytes)
native recursion: Maximum call stack
time: Async\ThreadTransferException: Maximum execution time of 1 second exceeded
undefined: Async\RemoteException: Call to undefined function no_such_function()
fatal: Async\RemoteException: Class "A" not found
parse: Async\RemoteException: Unclosed '('
exit: Async\ThreadTransferException: Thread was terminated by exit()
done
