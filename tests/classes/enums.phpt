--TEST--
Enums
--FILE--
<?php
enum Suit: string
{
    case Hearts = 'H';
    case Spades = 'S';
    const Wild = self::Spades;
    public static function default(): self { return self::Hearts; }
    public function color(): string {
        return match ($this) { self::Hearts => 'Red', self::Spades => 'Black' };
    }
    public function label(): string { return ucfirst(strtolower($this->name)); }
}
enum Status implements JsonSerializable
{
    case On;
    case Off;
    function jsonSerialize(): mixed { return $this->name; }
    static function parse($s) { return constant("self::$s"); }
}
echo Suit::Hearts->value, Suit::from('S')->name, Suit::tryFrom('X')?->name ?? 'null', Suit::Wild->color(),
    Suit::default()->label(), Status::parse('Off')->name, "\n";
var_dump(Suit::cases(), Suit::Hearts === Suit::from('H'), Suit::Hearts instanceof UnitEnum,
    Suit::Hearts instanceof BackedEnum, Status::On instanceof BackedEnum, Status::On == Status::Off,
    Status::On < Status::Off);
var_dump(Suit::Hearts);
print_r(Status::On);
var_export([Suit::Spades, Status::Off]);
echo json_encode([Suit::Hearts, Status::On]), "\n";
foreach (['Suit::from("Z")', 'new Suit()', 'clone Status::On', '$e = Suit::Hearts; $e->value = 1',
    'Suit::Nope', 'Suit::from(5)', 'serialize(Status::On)', 'Suit::Hearts->nope'] as $code) {
    try {
        var_dump(eval("return $code;"));
    } catch (Throwable $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; }
}
enum Level: int { case Low = 1; case High = self::Low->value + 9; }
echo Level::High->value, Level::from('10')->name, "\n";
$map = new WeakMap;
$map[Status::On] = 'on';
echo $map[Status::On], count($map), "\n";
const E = Suit::Hearts;
echo E->name, "\n";
function d(Suit $s = Suit::Spades) { return $s->name; }
echo d(), "\n";
$fn = Suit::from(...);
echo $fn('H')->name, "\n";
var_dump(match (true) { Status::On instanceof Status => 'enum' }, (fn(Status $s) => $s->name)(Status::Off));
--EXPECTF--
HSpadesnullBlackHeartsOff
array(2) {
  [0]=>
  enum(Suit::Hearts)
  [1]=>
  enum(Suit::Spades)
}
bool(true)
bool(true)
bool(true)
bool(false)
bool(false)
bool(false)
enum(Suit::Hearts)
Status Enum
(
    [name] => On
)
array (
  0 => 
  \Suit::Spades,
  1 => 
  \Status::Off,
)["H","On"]
ValueError: "Z" is not a valid backing value for enum Suit
Error: Cannot instantiate enum Suit
Error: Trying to clone an uncloneable object of class Status
enum(Suit::Hearts)
Error: Undefined constant Suit::Nope
ValueError: "5" is not a valid backing value for enum Suit
string(16) "E:9:"Status:On";"

Warning: Undefined property: Suit::$nope in %senums.php(32) : eval()'d code on line 1
NULL
10High
on1
Hearts
Spades
Hearts
string(4) "enum"
string(3) "Off"
