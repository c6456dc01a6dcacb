--TEST--
Constants and static properties in compiled code
--FILE--
<?php
const WIDTH = 7;
define('RATIO', 2.5);
class Counter {
    public static $n = 0;
    public static int $typed = 0;
    public static ?float $maybe = null;
    public static $kind;
    const STEP = 3;
    public static function up($n) { for ($i = 0; $i < $n; $i++) { self::$n = self::$n + WIDTH; self::$typed = $i * 2; } return [self::$n, self::$typed]; }
    public static function read($n) { $s = 0; for ($i = 0; $i < $n; $i++) { $s += self::$typed + Counter::$n + self::STEP; } return $s; }
    public static function set($n, $value) { for ($i = 0; $i < $n; $i++) { self::$kind = $value; } return self::$kind; }
    public static function filled($n) { $s = ''; for ($i = 0; $i < $n; $i++) { $s .= (isset(self::$kind) ? 'y' : 'n') . (empty(self::$kind) ? 'e' : 'f'); } return $s; }
    public static function floats($n) { for ($i = 0; $i < $n; $i++) { self::$maybe = $i / 4; } return self::$maybe; }
}
class Child extends Counter {
    public static $n = 100;
    public static function both($n) { for ($i = 0; $i < $n; $i++) { self::$n = self::$n + 1; parent::$n = parent::$n + 2; } return [self::$n, parent::$n]; }
}
function area($n) { $s = 0; for ($i = 0; $i < $n; $i++) { $s += WIDTH * RATIO + M_PI * 0 + PHP_INT_SIZE; } return $s; }
function wrong($n) { for ($i = 0; $i < $n; $i++) { Counter::$typed = $i > 40 ? "x" : $i; } }
function unknown($n) { for ($i = 0; $i < $n; $i++) { if ($i > 40) echo NOT_THERE; } }
function missing($n) { for ($i = 0; $i < $n; $i++) { if ($i > 40) Counter::$nothing = 1; } }

for ($round = 0; $round < 3; $round++) {
    $out = [Counter::up(30), Counter::read(40), area(20), Child::both(25), Counter::floats(33)];
    foreach ([null, false, true, 0, 5, 0.0, "", "0", "text", [], [1]] as $value) {
        $out[] = [Counter::set(20, $value), md5(Counter::filled(20))];
    }
    echo json_encode($out), "\n";
}
$alias = &Counter::$n;
$alias = 5;
echo json_encode([Counter::up(20), Counter::read(3), $alias]), "\n";
unset($alias);
foreach (['wrong', 'unknown', 'missing'] as $function) {
    try {
        $function(60);
    } catch (Error $e) {
        echo get_class($e), ": ", $e->getMessage(), "\n";
    }
}
echo Counter::$typed, "\n";
--EXPECT--
[[210,58],10840,510,[125,260],8,[null,"d5b567646276d452de247877daf86110"],[false,"f3727a0d95039669e37887a1929ac322"],[true,"68ecb9048f6a4807ce224fec7e2f5210"],[0,"f3727a0d95039669e37887a1929ac322"],[5,"68ecb9048f6a4807ce224fec7e2f5210"],[0,"f3727a0d95039669e37887a1929ac322"],["","f3727a0d95039669e37887a1929ac322"],["0","f3727a0d95039669e37887a1929ac322"],["text","68ecb9048f6a4807ce224fec7e2f5210"],[[],"f3727a0d95039669e37887a1929ac322"],[[1],"68ecb9048f6a4807ce224fec7e2f5210"]]
[[470,58],21240,510,[150,520],8,[null,"d5b567646276d452de247877daf86110"],[false,"f3727a0d95039669e37887a1929ac322"],[true,"68ecb9048f6a4807ce224fec7e2f5210"],[0,"f3727a0d95039669e37887a1929ac322"],[5,"68ecb9048f6a4807ce224fec7e2f5210"],[0,"f3727a0d95039669e37887a1929ac322"],["","f3727a0d95039669e37887a1929ac322"],["0","f3727a0d95039669e37887a1929ac322"],["text","68ecb9048f6a4807ce224fec7e2f5210"],[[],"f3727a0d95039669e37887a1929ac322"],[[1],"68ecb9048f6a4807ce224fec7e2f5210"]]
[[730,58],31640,510,[175,780],8,[null,"d5b567646276d452de247877daf86110"],[false,"f3727a0d95039669e37887a1929ac322"],[true,"68ecb9048f6a4807ce224fec7e2f5210"],[0,"f3727a0d95039669e37887a1929ac322"],[5,"68ecb9048f6a4807ce224fec7e2f5210"],[0,"f3727a0d95039669e37887a1929ac322"],["","f3727a0d95039669e37887a1929ac322"],["0","f3727a0d95039669e37887a1929ac322"],["text","68ecb9048f6a4807ce224fec7e2f5210"],[[],"f3727a0d95039669e37887a1929ac322"],[[1],"68ecb9048f6a4807ce224fec7e2f5210"]]
[[145,38],558,145]
TypeError: Cannot assign string to property Counter::$typed of type int
Error: Undefined constant "NOT_THERE"
Error: Access to undeclared static property Counter::$nothing
40
