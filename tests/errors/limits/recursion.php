<?php
class A implements ArrayAccess
{
    function __toString(): string { return "x$this"; }
    function __clone() { clone $this; }
    function offsetGet($offset): mixed { return $this[$offset]; }
    function offsetSet($offset, $value): void {}
    function offsetExists($offset): bool { return true; }
    function offsetUnset($offset): void {}
}
class B
{
    function __serialize(): array { return [new B]; }
}
function sorter($a, $b)
{
    $list = [1, 2];
    usort($list, 'sorter');
    return 0;
}
$cases = [
    '__toString' => fn() => (string) new A,
    'clone' => fn() => clone new A,
    'offsetGet' => fn() => (new A)[0],
    'usort' => fn() => sorter(1, 2),
    'serialize' => fn() => serialize(new B),
    'preg_replace_callback' => function () {
        $f = function () use (&$f) { return preg_replace_callback('/a/', $f, 'a'); };
        return $f();
    },
];
foreach ($cases as $name => $case) {
    try {
        $case();
        echo "$name ended\n";
    } catch (Error $error) {
        echo "$name: ", get_class($error), ': ', preg_replace('/\d+/', 'N', $error->getMessage()), "\n";
    }
    unset($error);
}
?>
