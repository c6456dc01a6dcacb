<?php
namespace App\Model;

interface HasName { const KIND = 'named'; public function name(): string; }
trait Counts { private static int $count = 0; public static function made(): int { return self::$count; } protected function note(): void { self::$count++; } }
abstract class Base implements HasName, \Countable {
    public function count(): int { return 1; }
    use Counts { made as public howMany; }
    public readonly ?array $parts;
    protected array $items = ['a' => 1, 'b' => [2, 3], 4 => 'x'];
    public function __construct(protected string $label = self::KIND . '!', int|float|null $weight = null, \Stringable&\Countable ...$rest) {
        $this->parts = [$label, $weight];
        $this->note();
    }
    public function name(): string { return static::class . ':' . $this->label . ':' . $this->items['b'][1]; }
    public function __get(string $name): mixed { return $this->items[$name] ?? null; }
    public function __call(string $name, array $args) { return $name . \count($args); }
    abstract protected function weigh(int $by = \PHP_INT_SIZE): float;
}
#[\Attribute(\Attribute::TARGET_CLASS)]
final class Tag { public function __construct(public string $text = 'none', public array $more = []) {} }
#[Tag('first', more: ['k' => 1 + 2])]
class Thing extends Base {
    /** Documented. */
    public string $shown { get => strtoupper($this->label); set(string $value) { $this->label = trim($value); } }
    public function __toString(): string { return "{$this->name()} [{$this->shown}] " . $this->weigh(); }
    protected function weigh(int $by = 3): float { return $by * 1.5; }
    #[\Override] public function name(): string { return 'thing ' . parent::name(); }
}
enum Suit: string {
    case Hearts = 'H'; case Spades = 'S';
    const Wild = self::Spades;
    public static function first(): self { return self::Hearts; }
    public function color(): string { return match ($this) { self::Hearts => 'Red', self::Spades => 'Black' }; }
}
class Thing2 extends Thing implements \IteratorAggregate {
    public function count(): int { return \count($this->items); }
    public function getIterator(): \Iterator { yield from $this->items; }
}
$thing = new class(' hi ') extends Thing2 { public int $n = 5; protected function weigh(int $by = 3): float { return 0.5; } public function count(): int { return 9; } };
$thing->shown = '  new ';
echo get_parent_class($thing), ' ', $thing->anything(1, 2), ' ', $thing->b[0], ' ', count($thing), "\n";
foreach (new Thing2() as $key => $value) { echo $key, is_array($value) ? 'array' : $value, ' '; }
echo Suit::from('S')->color(), Suit::first()->name, Suit::Wild->value, Thing::howMany(), "\n";
$clone = clone $thing;
$clone->n += 2;
echo $clone->n, $thing->n, $thing?->n, isset($thing->n, $thing->zz) ? 'y' : 'n', $thing instanceof HasName ? 1 : 0, "\n";
try { $thing->parts = []; } catch (\Error $error) { echo get_class($error), $error->getLine(), "\n"; }
