--TEST--
Preloading: four threads use the same classes at once, each with its own static state
--SKIPIF--
<?php if (!class_exists('Async\ThreadPool')) die('skip threads'); ?>
--INI--
opcache.enable_cli=1
opcache.preload={PWD}/threads.inc
--FILE--
<?php
use Async\ThreadPool;
use function Async\await;

$pool = new ThreadPool(4);
$futures = [];
for ($task = 0; $task < 40; $task++) {
    $futures[] = $pool->submit(function (Order $order) {
        for ($i = 0; $i < 300; $i++) {
            $order->add(Priced::of($i % 7));
        }
        return [$order->total(), $order, Kind::from($order->name)];
    }, new Order('retail'));
}
$results = array_map(fn($future) => await($future), $futures);
var_dump(count(array_unique(array_column($results, 0))), $results[0][0]);
var_dump($results[39][1]::class, count($results[39][1]), $results[39][2] === Kind::Retail);
var_dump(Priced::$made, array_filter(get_declared_classes(), fn($class) => $class === 'Order') !== []);
?>
--EXPECT--
int(1)
int(897)
string(5) "Order"
int(300)
bool(true)
int(0)
bool(true)
