--TEST--
Arrays whose last key is the largest one
--FILE--
<?php
$full = [PHP_INT_MAX => 1];
foreach ([
    fn() => array_merge_recursive(['a' => $full], ['a' => 2]),
    fn() => array_merge_recursive(['a' => $full], ['a' => [2]]),
    fn() => array_merge_recursive(['a' => $full], ['a' => null]),
    fn() => array_merge($full, [2]),
    fn() => array_merge_recursive($full, [2]),
    fn() => array_column([['k' => PHP_INT_MAX, 'v' => 1], ['v' => 2], ['k' => null, 'v' => 3]], 'v', 'k'),
    fn() => array_pad($full, 3, 0),
    fn() => array_push($full, 2),
] as $call) {
    try {
        echo json_encode($call()), "\n";
    } catch (Error $e) {
        echo $e->getMessage(), "\n";
    }
}
?>
--EXPECT--
Cannot add element to the array as the next element is already occupied
Cannot add element to the array as the next element is already occupied
Cannot add element to the array as the next element is already occupied
[1,2]
[1,2]
{"9223372036854775807":1,"":3}
[1,0,0]
Cannot add element to the array as the next element is already occupied
