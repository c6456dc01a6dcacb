--TEST--
What may cross between threads
--FILE--
<?php
use Async\ThreadPool;
use function Async\{spawn_thread, await};
$code = <<<'PHP'
class Node {
    public ?Node $next = null;
    public readonly int $id;
    private array $list = [1, 2];
    protected string $late;
    public function __construct(int $id) { $this->id = $id; }
    public function sum(): int { return array_sum($this->list) + $this->id; }
}
enum Suit: string { case Hearts = 'H'; case Spades = 'S'; }
PHP;
eval($code);
$boot = function () use ($code) { eval($code); };
$a = new Node(5);
$a->next = new Node(6);
$a->next->next = $a;
$result = await(spawn_thread(function () use ($a) {
    return [$a->next->next === $a, $a->sum(), $a];
}, bootloader: $boot));
var_dump($result[0], $result[1], $result[2]->next->next === $result[2]);
var_dump(await(spawn_thread(fn() => [Suit::Hearts, Suit::from('S')], bootloader: $boot)) === [Suit::Hearts, Suit::Spades]);
$n = 10;
$add = fn(int $x) => $x + $n;
var_dump(await(spawn_thread(fn() => $add(5))));
var_dump(await(spawn_thread(fn() => array_map(strtoupper(...), ['a', 'b']))));
$o = new stdClass;
$o->x = 1;
$bad = [
    'reference' => function () use (&$n) {},
    'dynamic' => function () use ($o) {},
    'resource' => (function () { $r = STDIN; return function () use ($r) {}; })(),
    'class' => function () { class Inside {} },
];
foreach ($bad as $what => $closure) {
    try {
        spawn_thread($closure);
        echo "$what crossed\n";
    } catch (Error $e) {
        echo "$what: ", explode('(', $e->getMessage())[0], "\n";
    }
}
try {
    await(spawn_thread(fn() => $a->id));
} catch (Async\RemoteException $e) {
    echo $e->getMessage(), "\n";
}
?>
--EXPECT--
bool(true)
int(8)
bool(true)
bool(true)
int(15)
array(2) {
  [0]=>
  string(1) "A"
  [1]=>
  string(1) "B"
}
reference: Cannot transfer a reference between threads
dynamic: Cannot transfer object with dynamic properties between threads
resource: Cannot transfer a resource between threads
class: Cannot transfer a closure that declares a class between threads 
Cannot load transferred object: class "Node" not found
